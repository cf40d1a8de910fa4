package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import pledge.http.Cookies;
import pledge.local.Machine;
import pledge.local.Options;

/**
 * What each thing that a person does costs us: DynamoDB's read and write units, as it charges them,
 * and calls of KMS. A change of this table is a decision.
 */
class CostTest {
  private static final String CONTRACT =
      """
      what                          read units  write units  KMS calls
      sign-up, cold                        2.0         10.0          3
      sign-up, warm                        0.0          9.0          1
      confirmation, cold                   2.0         15.0          2
      confirmation, warm                   2.0         15.0          1
      sign-in, cold                        4.0          4.0          2
      sign-in, warm                        2.0          3.0          0
      another's sign-in, warm              3.0          4.0          1
      session check, cold                  1.0          1.0          0
      session check, warm                  1.0          0.0          0
      128 session checks, warm           128.0          2.0          0
      list of sessions, warm               2.0          1.0          0
      sign-out, warm                       1.0          4.0          0
      """;

  private final List<String> lines = new ArrayList<>();

  @Test
  void costsWhatTheContractSays() {
    lines.add("what                          read units  write units  KMS calls");
    try (var machine = Machine.start(Options.inMemory())) {
      var ada = Person.of(machine, "ada@example.org");
      var bob = Person.of(machine, "bob@example.org").at("127.0.13.1");
      measure("sign-up, cold", "pledge.signup", ada::signUp);
      measure("sign-up, warm", "pledge.signup", bob::signUp);
      var adasToken = ada.mailedToken().orElseThrow();
      var bobsToken = bob.mailedToken().orElseThrow();
      passKeysLifetime(machine);
      measure("confirmation, cold", "pledge.signup", () -> ada.confirm(adasToken));
      measure("confirmation, warm", "pledge.signup", () -> bob.confirm(bobsToken));
      passKeysLifetime(machine);
      measure("sign-in, cold", "pledge.session", ada::signIn);
      var again = ada.elsewhere();
      again.setCookie(Cookies.BROWSER, ada.cookie(Cookies.BROWSER).orElseThrow());
      measure("sign-in, warm", "pledge.session", again::signIn);
      measure("another's sign-in, warm", "pledge.session", bob::signIn);
      measure("session check, cold", "pledge.session", () -> ada.get("/session"));
      measure("session check, warm", "pledge.session", () -> ada.get("/session"));
      // What is fetched at a time has doubled to its most, and the last of it is used up.
      for (var i = 2; i < 8 + 16 + 32 + 64 + 128; i++) {
        ada.get("/session");
      }
      measure(
          "128 session checks, warm",
          "pledge.session",
          () -> {
            for (var i = 1; i < 128; i++) {
              ada.get("/session");
            }
            return ada.get("/session");
          });
      measure("list of sessions, warm", "pledge.session", () -> again.get("/sessions"));
      measure("sign-out, warm", "pledge.session", () -> ada.delete("/session"));
    }

    var measured = String.join("\n", lines) + "\n";
    System.out.println(measured);
    assertThat(measured).isEqualTo(CONTRACT);
  }

  private static void passKeysLifetime(Machine machine) {
    machine.settle();
    machine.clock().advance(Duration.ofHours(1));
    machine.settle();
  }

  private void measure(String what, String function, Callable<?> request) {
    try (var journal = Journal.of(function)) {
      request.call();
      lines.add(
          String.format(
              Locale.ROOT,
              "%-28s  %10.1f  %11.1f  %9d",
              what,
              journal.readUnits(),
              journal.writeUnits(),
              journal.kmsCalls()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
