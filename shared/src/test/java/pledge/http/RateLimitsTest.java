package pledge.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.TestMachine;
import pledge.policy.Table;
import pledge.store.Backend;
import pledge.store.Throttle.Limit;
import pledge.subject.Session;
import pledge.subject.Sessions;
import pledge.vault.Secrets;

final class RateLimitsTest {
  private static final Limit LIMIT = new Limit("test", 3, Duration.ofMinutes(1));

  private static final Backend BACKEND = TestMachine.backend();
  private final RateLimits limits = new RateLimits(BACKEND, TestMachine.clock());
  private final String who = Secrets.text(Secrets.random(9));

  @Test
  void saysHowMuchIsLeft() {
    assertThat(limits.limit(who, LIMIT, Response::noContent).headers())
        .containsEntry("ratelimit-policy", "\"test\";q=3;w=60")
        .containsEntry("ratelimit", "\"test\";r=2;t=20")
        .doesNotContainKey("retry-after");
  }

  @Test
  @DisplayName("abuse-and-incidents: too many requests are refused, and told when to come again")
  void refusesMoreThanItsQuota() {
    for (var i = 0; i < 3; i++) {
      assertThat(limits.limit(who, LIMIT, Response::noContent).status()).isEqualTo(204);
    }
    var refused = limits.limit(who, LIMIT, Response::noContent);

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers())
        .containsEntry("retry-after", "20")
        .containsEntry("ratelimit", "\"test\";r=0;t=20")
        .containsEntry("ratelimit-policy", "\"test\";q=3;w=60");
  }

  @Test
  void lowersNothingForAnotherCaller() {
    limits.limit(who, LIMIT, Response::noContent);

    assertThat(limits.limit(who + "2", LIMIT, Response::noContent).headers())
        .containsEntry("ratelimit", "\"test\";r=2;t=20");
  }

  @Test
  void saysHowMuchIsLeftWithAProblemAsWell() {
    var answer =
        limits.limit(
            who,
            LIMIT,
            () -> {
              throw new ProblemException(Problem.NOT_JSON);
            });

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.headers()).containsKey("ratelimit");
  }

  @Test
  void countsANetworkWhateverItsHeadersSay() {
    var address = "198.51.100." + (who.hashCode() & 0x7f);
    for (var i = 0; i < 3; i++) {
      limits.limit(request(address, Map.of()), LIMIT, request -> Response.noContent());
    }

    assertThat(
            limits
                .limit(
                    request(address, Map.of("x-forwarded-for", "192.0.2." + who)),
                    LIMIT,
                    request -> Response.noContent())
                .status())
        .isEqualTo(429);
  }

  @Test
  @DisplayName("encrypted-at-rest: a counter does not hold the address that it counts")
  void keepsNoAddress() {
    limits.limit(request("203.0.113.77", Map.of()), LIMIT, request -> Response.noContent());

    assertThat(TestMachine.scan(Table.ACTIVITY).toString()).doesNotContain("203.0.113.77");
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "::ffff:192.0.2.1, 192.0.2.1",
    "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::1",
    "2001:db8:1:2::, 2001:db8:1:2:ffff:ffff:ffff:ffff",
    "2001:0DB8:0001:0002::1, 2001:db8:1:2::"
  })
  void areOneNetwork(String one, String other) {
    assertThat(RateLimits.source(one)).isEqualTo(RateLimits.source(other));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.2",
    "2001:db8:1:2::1, 2001:db8:1:3::1",
    "::1, 127.0.0.1",
    "192.0.2.1, 2001:db8::1"
  })
  void areTwoNetworks(String one, String other) {
    assertThat(RateLimits.source(one)).isNotEqualTo(RateLimits.source(other));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "example.org", "1.2.3.4.5", "::g", "300.1.1.1"})
  void takesWhatIsNoAddressAsItIs(String text) {
    assertThat(RateLimits.source(text)).isEqualTo(text);
  }

  @Test
  void letsInWhoIsSignedIn() {
    var token = session();
    var answer =
        guard()
            .signedIn(
                request("192.0.2.1", Map.of(), "__Host-session=" + token),
                person -> Response.json(200, person.subject().value()));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers()).containsEntry("ratelimit-policy", "\"session\";q=1200;w=600");
  }

  @Test
  void asksWhoIsNotSignedInToSignIn() {
    var answer = guard().signedIn(request("192.0.2.2", Map.of()), person -> Response.noContent());

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers()).containsKey("www-authenticate");
    assertThat(answer.cookies()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
  void removesADeadCookie(String token) {
    var answer =
        guard()
            .signedIn(
                request("192.0.2.3", Map.of(), "__Host-session=" + token),
                person -> Response.noContent());

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.cookies()).containsExactly(Cookies.remove(Cookies.SESSION));
  }

  @Test
  void letsASessionMake1200RequestsAndNotOneMore() {
    var token = session();
    var cookie = "__Host-session=" + token;
    var guard = guard();
    // All but 100 of them at once, to save time.
    BACKEND
        .throttle()
        .take(
            Secrets.text(Secrets.sha256(token.getBytes(StandardCharsets.UTF_8))),
            new Limit("session", 1_200, Duration.ofMinutes(10)),
            1_100);
    var statuses = new TreeMap<Integer, Integer>();
    for (var i = 0; i < 105; i++) {
      var answer =
          guard.signedIn(request("192.0.2.1", Map.of(), cookie), person -> Response.noContent());
      statuses.merge(answer.status(), 1, Integer::sum);
    }

    assertThat(statuses).isEqualTo(Map.of(204, 100, 429, 5));
  }

  @Test
  void letsTheStrangersOfANetworkAsk300TimesAndSlowsNobodyElse() {
    var guard = guard();
    var answers =
        Stream.generate(() -> request("2001:db8:300::1", Map.of()))
            .map(request -> guard.signedIn(request, person -> Response.noContent()))
            .limit(305)
            .toList();

    assertThat(answers.stream().map(Response::status).limit(300)).containsOnly(401);
    assertThat(answers.stream().skip(300))
        .allSatisfy(
            refused -> {
              assertThat(refused.status()).isEqualTo(429);
              assertThat(refused.headers())
                  .containsEntry("ratelimit-policy", "\"strangers\";q=300;w=600")
                  .containsEntry("retry-after", "2");
            });
    var signedIn = request("2001:db8:300::1", Map.of(), "__Host-session=" + session());
    assertThat(guard.signedIn(signedIn, person -> Response.noContent()).status()).isEqualTo(204);
    var elsewhere = request("2001:db8:300:1::1", Map.of());
    assertThat(guard.signedIn(elsewhere, person -> Response.noContent()).status()).isEqualTo(401);
  }

  private SessionGuard guard() {
    return new SessionGuard(new Sessions(BACKEND.store(), TestMachine.clock()), limits);
  }

  private String session() {
    return new Sessions(BACKEND.store(), TestMachine.clock())
        .open(TestMachine.subject(BACKEND.vault()), new Session.Origin("192.0.2.1", "Test/1.0"))
        .text();
  }

  private static Request request(String address, Map<String, String> headers, String... cookies) {
    return new Request(
        "id",
        "GET /x",
        "GET",
        headers,
        List.of(cookies),
        Map.of(),
        address,
        Optional.empty(),
        new byte[0]);
  }
}
