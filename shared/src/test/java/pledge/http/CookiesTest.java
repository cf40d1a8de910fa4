package pledge.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class CookiesTest {
  @Test
  @DisplayName("essential-cookies: a cookie goes to our host only, over TLS only, to no script")
  void areSetWithEveryRestriction() {
    assertThat(attributes(Cookies.set(Cookies.SESSION, "value", Duration.ofDays(90))))
        .containsExactlyInAnyOrder(
            "__Host-session=value",
            "Path=/",
            "Secure",
            "HttpOnly",
            "SameSite=Lax",
            "Max-Age=7776000");
  }

  @Test
  void areRemovedAsTheyWereSet() {
    assertThat(attributes(Cookies.remove(Cookies.SESSION)))
        .containsExactlyInAnyOrder(
            "__Host-session=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=0");
  }

  @Test
  @DisplayName("essential-cookies: no cookie can be set from elsewhere")
  void areOfOurHostByTheirNames() {
    assertThat(List.of(Cookies.SESSION, Cookies.BROWSER))
        .allSatisfy(name -> assertThat(name).startsWith("__Host-"));
    assertThat(Cookies.set(Cookies.BROWSER, "x", Duration.ofDays(1))).doesNotContain("Domain");
  }

  private static List<String> attributes(String line) {
    return List.of(line.split("; ", -1));
  }
}
