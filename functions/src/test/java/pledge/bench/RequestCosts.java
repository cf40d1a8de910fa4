package pledge.bench;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import pledge.local.Machine;
import pledge.runtime.Events;
import pledge.session.SessionHandler;
import pledge.signup.SignupHandler;

/** What a warm function consumes. */
final class RequestCosts {
  private final Machine machine;
  private final People people;
  private final Report report;

  RequestCosts(Machine machine, People people, Report report) {
    this.machine = machine;
    this.people = people;
    this.report = report;
  }

  void run() {
    try (var meter = new CapacityMeter(machine.aws())) {
      var signup = new SignupHandler(meter.settings(machine, "SignupFunction"), machine.clock());
      var session = new SessionHandler(meter.settings(machine, "SessionFunction"), machine.clock());
      var confirmations = people.confirmations(2).iterator();
      var signIns = people.signIns(2).iterator();
      var cookie = people.cookies(1).getFirst();
      report.heading("One request costs", "reads", "writes", "KMS calls", "calls", "");
      cost("sign-up", meter, signup, people.signUp(), people.signUp());
      cost("confirmation", meter, signup, confirmations);
      cost("sign-in", meter, session, signIns);
      // Now and then one renews the lease of its session's rate limit with a write.
      var check = Events.get("/session", cookie);
      cost("session check", meter, session, check, check);
    }
  }

  private void cost(
      String what, CapacityMeter meter, RequestStreamHandler handler, byte[]... events) {
    cost(what, meter, handler, List.of(events).iterator());
  }

  /** The first event warms up, the second counts. */
  @SuppressWarnings("NullAway") // the handlers do not look at the context
  private void cost(
      String what, CapacityMeter meter, RequestStreamHandler handler, Iterator<byte[]> events) {
    try {
      var out = new ByteArrayOutputStream();
      handler.handleRequest(new ByteArrayInputStream(events.next()), out, null);
      meter.consumed();
      machine.kms().reset();
      out.reset();
      handler.handleRequest(new ByteArrayInputStream(events.next()), out, null);
      Start.checked(what, out.toString(StandardCharsets.UTF_8));
      var consumed = meter.consumed();
      report.row(
          what,
          consumed.readUnits(),
          consumed.writeUnits(),
          machine.kms().calls().size(),
          consumed.calls());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
