package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import pledge.http.Cookies;
import pledge.local.Machine;
import pledge.local.Options;

/** What the README shows: sign up, confirm, sign in, see the session, sign out. */
class WholeLifeTest {
  private static Machine machine;

  @BeforeAll
  static void start() {
    machine = Machine.start(Options.inMemory());
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @Test
  void aPersonSignsUpConfirmsSignsInAndSignsOut() {
    var ada = Person.of(machine, "ada@example.org");

    assertThat(ada.signUp().statusCode()).isEqualTo(202);
    assertThat(ada.signIn().statusCode()).isEqualTo(401);
    assertThat(ada.confirm().statusCode()).isEqualTo(204);
    assertThat(ada.signIn().statusCode()).isEqualTo(204);
    assertThat(ada.get("/session").statusCode()).isEqualTo(200);
    assertThat(ada.get("/sessions").body()).contains(Person.USER_AGENT);
    assertThat(ada.delete("/session").statusCode()).isEqualTo(204);
    assertThat(ada.cookie(Cookies.SESSION)).isEmpty();
    assertThat(ada.get("/session").statusCode()).isEqualTo(401);
  }
}
