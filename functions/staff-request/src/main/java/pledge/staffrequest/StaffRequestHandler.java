package pledge.staffrequest;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;
import pledge.http.HttpFunction;
import pledge.http.Problem;
import pledge.http.Request;
import pledge.http.Response;
import pledge.vault.Environment;

/**
 * {@code /staff/privacy-requests} and {@code /staff/minor-reports}: what people ask by mail, opened
 * by staff. No answer says whether an address has an account: staff look at nobody for that.
 */
public final class StaffRequestHandler implements RequestStreamHandler {
  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public StaffRequestHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public StaffRequestHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private StaffRequestHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::admit);
  }

  private Response admit(Request request) {
    return wiring.guard().admitted(request, caller -> route(request, caller));
  }

  private Response route(Request request, String caller) {
    return switch (request.route()) {
      case "POST /staff/privacy-requests" -> open(request);
      case "POST /staff/minor-reports" -> report(request, caller);
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  private Response open(Request request) {
    var form = MailedRequestForm.read(request, wiring.clock().instant());
    return wiring
        .limits()
        .limit(
            "mailed request " + form.email().canonical(),
            Limits.MAILED,
            () -> {
              wiring.requests().open(form.email(), form.kind(), form.receivedAt());
              return accepted(
                  "If the address has an account, a link was mailed there. Answer the person so:"
                      + " whoever gets no link has no account with that address.");
            });
  }

  private Response report(Request request, String caller) {
    var form = MinorReportForm.read(request);
    // What stands in the audit for whom IAM knows: always the same, and nobody's name.
    var staff = wiring.vault().blindIndex("staff", caller);
    return wiring
        .limits()
        .limit(
            "minor report " + caller,
            Limits.MINORS,
            () -> {
              wiring.minors().report(form.email(), form.source(), staff);
              return accepted(
                  "If the address has an account, it is erased at once when another member of staff"
                      + " reports it within 7 days, or has done so.");
            });
  }

  private static Response accepted(String message) {
    return Response.json(202, Map.of("message", message));
  }
}
