package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;
import static pledge.functions.Problems.json;
import static pledge.functions.Problems.pointers;
import static pledge.functions.Problems.retryAfter;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.http.Cookies;
import pledge.local.Machine;
import pledge.vault.Token;

/** Signing in, staying signed in, signing out, over HTTP, on the whole machine. */
class SessionTest {
  private static final Instant START = Instant.parse("2026-11-21T09:30:00Z");

  private static Machine machine;
  private static RawTables tables;
  private static int people;

  private Person ada;

  @BeforeAll
  static void start() {
    machine = Machine.start(QuickHashes.options().withClockAt(START));
    tables = new RawTables(machine);
  }

  @AfterAll
  static void stop() {
    tables.close();
    machine.close();
  }

  @BeforeEach
  void meetSomebodyNewWhenEveryBucketIsFullAgain() {
    machine.clock().advance(Duration.ofHours(24));
    ada = withAccount();
  }

  private static Person withAccount() {
    var person = Person.of(machine, "ada" + people++ + "@example.org");
    person.signUp();
    person.confirm();
    machine.settle();
    machine.dynamo().reset();
    return person;
  }

  // ── Cookies ────────────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("essential-cookies: signing in sets the two essential cookies, held to this host")
  void setsTwoCookiesAndHoldsThemToThisHost() {
    var cookies = ada.signIn().headers().allValues("set-cookie");

    assertThat(cookies)
        .satisfiesExactlyInAnyOrder(
            cookie ->
                assertThat(cookie)
                    .matches(
                        "__Host-session=[A-Za-z0-9_-]{64}; Path=/; Secure; HttpOnly; SameSite=Lax;"
                            + " Max-Age=7776000"),
            cookie ->
                assertThat(cookie)
                    .matches(
                        "__Host-browser=[A-Za-z0-9._-]{1,100}; Path=/; Secure; HttpOnly;"
                            + " SameSite=Lax; Max-Age=7776000"));
  }

  @Test
  @DisplayName("essential-cookies: nobody but a person who signs in is given a cookie")
  void givesNobodyElseACookie() {
    for (var answer :
        List.of(
            ada.get("/"),
            ada.get("/confirm"),
            ada.get("/privacy/assistant-privacy"),
            ada.get("/session"),
            ada.signUp(),
            ada.signIn("another password altogether"))) {
      assertThat(answer.headers().allValues("set-cookie")).as("%s", answer.uri()).isEmpty();
    }
  }

  @Test
  @DisplayName("hashed-secrets: of a session's token only its hash is stored")
  void storesOnlyTheHashOfTheToken() {
    ada.signIn();
    var token = Token.parse(ada.cookie(Cookies.SESSION).orElseThrow()).orElseThrow();

    var stored =
        tables.of(machine, "SUBJECTS_TABLE").stream()
            .filter(item -> item.pk().equals(token.subject().value()))
            .filter(item -> item.sk().startsWith("SESSION#"))
            .toList();

    assertThat(stored)
        .singleElement()
        .satisfies(
            item -> {
              assertThat(item.binary("tokenHash")).isEqualTo(token.hash());
              assertThat(item.bytes())
                  .noneSatisfy(bytes -> assertThat(bytes).contains(token.secret()));
            });
  }

  // ── How long ───────────────────────────────────────────────────────────────────────────────

  @Test
  void endsFourteenDaysAfterItsLastUse() {
    ada.signIn();
    var copy = copyOf(ada);
    machine.clock().advance(Duration.ofDays(14).minusSeconds(1));
    assertThat(ada.get("/session").statusCode()).isEqualTo(200);

    machine.clock().advance(Duration.ofDays(14).minusSeconds(1));
    assertThat(copy.get("/session").statusCode()).isEqualTo(200);
    machine.clock().advance(Duration.ofDays(14));

    assertProblem(copy.get("/session"), 401, "not-signed-in");
  }

  @Test
  void endsAtFourteenDaysSharpAlsoWhereItIsNotYetDeleted() {
    try (var slow = Machine.start(QuickHashes.options().withClockAt(START).withoutExpiry());
        var raw = new RawTables(slow)) {
      var bob = Person.of(slow, "bob@example.org").withSession();
      var copy = bob.elsewhere();
      copy.setCookie(Cookies.SESSION, bob.cookie(Cookies.SESSION).orElseThrow());
      slow.clock().advance(Duration.ofDays(14));

      assertThat(copy.get("/session").statusCode()).isEqualTo(401);
      assertThat(raw.all()).anyMatch(item -> item.sk().startsWith("SESSION#"));
    }
  }

  @Test
  void endsNinetyDaysAfterTheSignInHoweverOftenItIsUsed() {
    ada.signIn();
    var end = machine.clock().instant().plus(Duration.ofDays(90));
    for (var day = 10; day < 90; day += 10) {
      machine.clock().advance(Duration.ofDays(10));
      assertThat(ada.get("/session").statusCode()).isEqualTo(200);
    }
    machine.clock().set(end.minusSeconds(1));
    var last = ada.get("/session");
    machine.clock().set(end);

    assertThat(json(last).path("endsAt").asText()).isEqualTo(end.toString());
    assertProblem(ada.get("/session"), 401, "not-signed-in");
  }

  @Test
  void aDeadCookieIsRemoved() {
    ada.setCookie(Cookies.SESSION, "A".repeat(64));

    var answer = ada.get("/session");

    assertProblem(answer, 401, "not-signed-in");
    assertThat(answer.headers().allValues("set-cookie"))
        .containsExactly("__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
  }

  // ── Lists, ends ────────────────────────────────────────────────────────────────────────────

  @Test
  void listsWhereAPersonIsSignedInNewestFirst() {
    ada.signIn();
    machine.clock().advance(Duration.ofMinutes(5));
    var phone = ada.at("127.0.7.1");
    phone.signIn();

    var sessions = json(phone.get("/sessions")).path("sessions");

    assertThat(sessions.findValuesAsText("address")).containsExactly("127.0.7.1", "127.0.0.1");
    assertThat(sessions.findValuesAsText("current")).containsExactly("true", "false");
    assertThat(sessions.findValuesAsText("userAgent")).containsOnly(Person.USER_AGENT);
    assertThat(sessions.findValuesAsText("id"))
        .doesNotContain(ada.cookie(Cookies.SESSION).orElseThrow())
        .hasSize(2);
  }

  @Test
  void endsAnotherSessionOfOnesOwnAtOnce() {
    ada.signIn();
    var phone = ada.elsewhere();
    phone.signIn();
    var id = json(phone.get("/session")).path("id").asText();

    assertThat(ada.delete("/sessions/" + id).statusCode()).isEqualTo(204);

    assertProblem(phone.get("/session"), 401, "not-signed-in");
    assertThat(ada.get("/session").statusCode()).isEqualTo(200);
    assertProblem(ada.delete("/sessions/" + id), 404, "not-found");
  }

  @Test
  void signingOutEndsTheSessionEverywhereAndRemovesItsCookie() {
    ada.signIn();
    var copy = copyOf(ada);

    var answer = ada.delete("/session");

    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().allValues("set-cookie"))
        .containsExactly("__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    assertProblem(copy.get("/session"), 401, "not-signed-in");
  }

  @Test
  @DisplayName("isolation: nobody ends, sees or takes over a session of another person's")
  void nobodyReachesAnothersSession() {
    var eve = withAccount();
    ada.signIn();
    eve.signIn();
    var adasId = json(ada.get("/session")).path("id").asText();

    assertProblem(eve.delete("/sessions/" + adasId), 404, "not-found");
    assertThat(json(eve.get("/sessions")).path("sessions").findValuesAsText("id"))
        .doesNotContain(adasId);
    assertThat(ada.get("/session").statusCode()).isEqualTo(200);
  }

  @Test
  @DisplayName("isolation: halves of two persons' tokens, in every combination, open nothing")
  void swappedHalvesOfTokensOpenNothing() {
    var eve = withAccount();
    ada.signIn();
    eve.signIn();
    var hers = Token.parse(ada.cookie(Cookies.SESSION).orElseThrow()).orElseThrow();
    var others = Token.parse(eve.cookie(Cookies.SESSION).orElseThrow()).orElseThrow();

    for (var forged :
        List.of(
            new Token(hers.subject(), others.secret()),
            new Token(others.subject(), hers.secret()),
            Token.random(hers.subject()))) {
      var mallory = ada.elsewhere();
      mallory.setCookie(Cookies.SESSION, forged.text());
      assertProblem(mallory.get("/session"), 401, "not-signed-in");
      mallory.setCookie(Cookies.SESSION, forged.text());
      assertProblem(mallory.get("/sessions"), 401, "not-signed-in");
      mallory.setCookie(Cookies.SESSION, forged.text());
      assertProblem(mallory.delete("/session"), 401, "not-signed-in");
    }
    assertThat(ada.get("/session").statusCode()).isEqualTo(200);
    assertThat(eve.get("/session").statusCode()).isEqualTo(200);
  }

  @Test
  @DisplayName("isolation: a session item copied into another's partition opens nothing")
  void aSessionCopiedIntoAnothersPartitionOpensNothing() {
    var eve = withAccount();
    ada.signIn();
    eve.signIn();
    var hers = Token.parse(ada.cookie(Cookies.SESSION).orElseThrow()).orElseThrow();
    var others = Token.parse(eve.cookie(Cookies.SESSION).orElseThrow()).orElseThrow();
    var stolen =
        tables.of(machine, "SUBJECTS_TABLE").stream()
            .filter(item -> item.pk().equals(hers.subject().value()))
            .filter(item -> item.sk().startsWith("SESSION#"))
            .findFirst()
            .orElseThrow();
    tables.put(stolen, others.subject().value());

    var list = eve.get("/sessions");

    assertThat(list.statusCode()).as("an alarm, not an answer").isEqualTo(500);
    assertThat(list.body()).doesNotContain("127.0.0.1", Person.USER_AGENT);
    tables.delete(stolen, others.subject().value());
    assertThat(eve.get("/sessions").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 22, 64, 2_000})
  void answers404ToAnIdThatIsNone(int length) {
    ada.signIn();

    assertProblem(ada.delete("/sessions/" + "x".repeat(length)), 404, "not-found");
  }

  // ── Statuses of a sign-in ──────────────────────────────────────────────────────────────────

  @Test
  void answers401AlikeToAWrongPasswordAndAnUnknownAddress() {
    var wrong = ada.signIn("another password altogether");
    var unknown = Person.of(machine, "nobody" + people++ + "@example.org").at("127.0.7.2").signIn();

    assertProblem(wrong, 401, "wrong-credentials");
    assertThat(unknown.body()).isEqualTo(wrong.body());
    assertThat(unknown.headers().firstValue("www-authenticate"))
        .isEqualTo(wrong.headers().firstValue("www-authenticate"));
  }

  @Test
  void doesTheSameWorkForAnUnknownAddressAsForAWrongPassword() {
    warmUp();

    var known = work(() -> ada.at("127.0.7.3").signIn("another password altogether"));
    var unknown =
        work(
            () ->
                Person.of(machine, "nobody" + people++ + "@example.org")
                    .at("127.0.7.4")
                    .signIn("another password altogether"));

    assertThat(unknown).isEqualTo(known).hasSizeGreaterThan(4);
  }

  @Test
  void answers422ToASignInThatIsNotWhole() {
    assertThat(pointers(ada.send("POST", "/session", "{}")))
        .containsExactlyInAnyOrder("#/email", "#/password");
    assertThat(
            pointers(
                ada.send(
                    "POST",
                    "/session",
                    "{\"email\":\"a@example.org\",\"password\":\"x\",\"remember\":true}")))
        .containsExactly("#/remember");
  }

  @ParameterizedTest
  @CsvSource({
    "origin, https://evil.example",
    "origin, null",
    "sec-fetch-site, cross-site",
    "sec-fetch-site, same-site"
  })
  void answers403ToAnotherSiteWhateverItClaimsToBeForwardedFrom(String header, String value) {
    ada.signIn();
    for (var request : List.of("POST /session", "DELETE /session", "DELETE /sessions/x")) {
      var methodAndPath = request.split(" ", -1);
      var answer =
          ada.send(
              methodAndPath[0],
              methodAndPath[1],
              BodyPublishers.ofString("{}"),
              Map.of(
                  header,
                  value,
                  "x-forwarded-host",
                  "evil.example",
                  "forwarded",
                  "host=evil.example"));
      assertProblem(answer, 403, "other-origin");
    }
    assertThat(ada.get("/session").statusCode()).isEqualTo(200);
  }

  @Test
  void takesOurOwnOriginWhateverHostIsClaimed() {
    var answer =
        ada.send(
            "POST",
            "/session",
            BodyPublishers.ofString(
                Problems.write(Map.of("email", ada.email, "password", ada.password))),
            Map.of(
                "content-type",
                "application/json",
                "origin",
                machine.api().toString(),
                "x-forwarded-host",
                "evil.example"));

    assertThat(answer.statusCode()).isEqualTo(204);
  }

  @Test
  void mailLinksBeginWithTheOneAddressWhateverHostIsClaimed() {
    var eve = Person.of(machine, "eve" + people++ + "@example.org");
    var form =
        Map.of(
            "name", eve.name,
            "email", eve.email,
            "password", eve.password,
            "adult", true,
            "policies",
                Map.of(
                    pledge.policy.PolicyDocument.ASSISTANT_PRIVACY.id(),
                    pledge.policy.PolicyDocument.ASSISTANT_PRIVACY.version()));
    eve.send(
        "POST",
        "/signup",
        BodyPublishers.ofString(Problems.write(form)),
        Map.of("content-type", "application/json", "x-forwarded-host", "evil.example"));
    machine.settle();

    assertThat(machine.mailbox().to(eve.email))
        .singleElement()
        .satisfies(
            mail -> {
              assertThat(mail.text()).contains(machine.api() + "/confirm#").doesNotContain("evil");
              assertThat(mail.html()).contains(machine.api() + "/confirm#").doesNotContain("evil");
            });
  }

  // ── Throttling ─────────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName(
      "abuse-and-incidents: each wrong attempt doubles the wait, up to a quarter of an hour")
  void eachWrongAttemptDoublesTheWait() {
    var mallory = ada.at("127.0.8.1");
    var waits = new ArrayList<Long>();
    assertThat(mallory.signIn("the first guess").statusCode()).isEqualTo(401);
    for (var attempt = 0; attempt < 16; attempt++) {
      assertThat(mallory.signIn("guess number " + attempt).statusCode()).isEqualTo(401);
      var wait = retryAfter(mallory.signIn("guess number " + attempt));
      waits.add(wait);
      machine.clock().advance(Duration.ofSeconds(wait));
    }

    assertThat(waits)
        .containsExactly(
            1L, 1L, 1L, 1L, 2L, 4L, 7L, 13L, 26L, 52L, 103L, 205L, 410L, 820L, 900L, 900L);
  }

  @Test
  void theRightPasswordWaitsAsWellAndThenForgetsTheAttempts() {
    var phone = ada.at("127.0.8.2");
    for (var attempt = 0; attempt < 8; attempt++) {
      phone.signIn("wrong wrong wrong");
    }
    var wait = retryAfter(phone.signIn());
    machine.clock().advance(Duration.ofSeconds(wait));

    assertThat(phone.signIn().statusCode()).isEqualTo(204);
    assertThat(ada.at("127.0.8.2").signIn("wrong again, from anew").statusCode()).isEqualTo(401);
    assertThat(ada.at("127.0.8.2").signIn().statusCode()).isEqualTo(204);
  }

  @Test
  @DisplayName("abuse-and-incidents: strangers never lock a person out of a browser they use")
  void strangersNeverLockAPersonOutOfAKnownBrowser() {
    ada.signIn();
    ada.delete("/session");
    for (var stranger = 1; stranger <= 80; stranger++) {
      ada.at("127.0.9." + stranger).signIn("guess number " + stranger);
    }

    assertThat(ada.at("127.0.9.99").signIn().statusCode())
        .as("an unknown browser has to wait: guessing is bounded per account and provider")
        .isEqualTo(429);
    assertThat(ada.signIn().statusCode()).as("the known one has not").isEqualTo(204);
    assertThat(ada.at("127.1.9.99").signIn().statusCode())
        .as("nor has a new one in another provider's network")
        .isEqualTo(204);
    machine.clock().advance(Duration.ofMinutes(16));
    assertThat(ada.at("127.0.9.99").signIn().statusCode())
        .as("nor has anybody when the strangers are gone")
        .isEqualTo(204);
  }

  @Test
  @DisplayName("abuse-and-incidents: nor do strangers in the same network")
  void strangersInTheSameNetworkDoNotLockAPersonOutEither() {
    var known = ada.at("127.0.12.1");
    known.signIn();
    var stranger = ada.at("127.0.12.1");
    for (var i = 0; i < 80; i++) {
      stranger.send("POST", "/session", "{}");
    }

    assertThat(stranger.signIn().statusCode()).isEqualTo(429);
    assertThat(known.signIn().statusCode()).isEqualTo(204);
  }

  @Test
  void aMarkOfAnotherAccountsBrowserIsWorthNothing() {
    var eve = withAccount();
    eve.signIn();
    for (var stranger = 1; stranger <= 80; stranger++) {
      ada.at("127.0.10." + stranger).signIn("guess number " + stranger);
    }
    var mallory = ada.at("127.0.10.99");
    mallory.setCookie(Cookies.BROWSER, eve.cookie(Cookies.BROWSER).orElseThrow());

    assertThat(mallory.signIn().statusCode()).isEqualTo(429);
  }

  @Test
  void answers429ToMoreSignInsFromOneNetworkThanItsBucketHolds() {
    for (var i = 0; i < 60; i++) {
      ada.at("127.0.11.1").send("POST", "/session", "{}");
    }

    assertThat(retryAfter(ada.at("127.0.11.1").send("POST", "/session", "{}"))).isEqualTo(10);
  }

  @Test
  void answers429ToMoreRequestsOfOneSessionThanItsBucketHolds() {
    ada.signIn();
    // A signed-in person's tokens are fetched many at a time.
    var statuses =
        IntStream.range(0, 1_201).mapToObj(i -> ada.get("/session").statusCode()).toList();

    assertThat(statuses.subList(0, 1_200)).containsOnly(200);
    assertThat(statuses.getLast()).isEqualTo(429);
  }

  @Test
  void manySignInsOfOneBrowserAtOnceAreNoErrorOfOurs() {
    ada.signIn();
    var calls =
        IntStream.range(0, 24)
            .<Callable<HttpResponse<String>>>mapToObj(i -> () -> copyOfBrowser(ada).signIn())
            .toList();

    assertThat(SignUpTest.atOnce(calls).stream().map(HttpResponse::statusCode))
        .contains(204)
        .allMatch(status -> status == 204 || status == 429);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void aCutConnectionAtAnyWriteOfASignInIsNoErrorOfOurs(int write) {
    machine.dynamo().reset();
    machine.dynamo().cutAfterWrite(write);

    assertThat(ada.signIn().statusCode()).isEqualTo(204);
    assertThat(ada.get("/session").statusCode()).isEqualTo(200);
    machine.dynamo().reset();
  }

  @Test
  void answers503WhereDynamoDbOrKmsRefuse() {
    ada.signIn();
    machine.dynamo().failNext(1_000, "ProvisionedThroughputExceededException");
    var check = ada.get("/session");
    var signIn = ada.elsewhere().signIn();
    machine.dynamo().reset();
    machine.clock().advance(Duration.ofMinutes(6));
    machine.kms().disable("VaultKey");
    var list = ada.get("/sessions");
    var stillSignedIn = ada.get("/session");
    machine.kms().enable("VaultKey");

    assertProblem(check, 503, "unavailable");
    assertProblem(signIn, 503, "unavailable");
    assertProblem(list, 503, "unavailable");
    assertThat(stillSignedIn.statusCode()).as("the check needs no key").isEqualTo(200);
    assertThat(ada.get("/sessions").statusCode()).isEqualTo(200);
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  private static Person copyOf(Person person) {
    var copy = person.elsewhere();
    copy.setCookie(Cookies.SESSION, person.cookie(Cookies.SESSION).orElseThrow());
    return copy;
  }

  private static Person copyOfBrowser(Person person) {
    var copy = person.elsewhere();
    copy.setCookie(Cookies.BROWSER, person.cookie(Cookies.BROWSER).orElseThrow());
    return copy;
  }

  private static void warmUp() {
    Person.of(machine, "nobody" + people++ + "@example.org").at("127.0.12.1").signIn();
    machine.settle();
  }

  private static List<String> work(Callable<HttpResponse<String>> request) {
    try (var journal = Journal.of("pledge.session")) {
      assertThat(request.call().statusCode()).isEqualTo(401);
      return journal.entries().stream()
          .map(
              entry ->
                  entry.service()
                      + " "
                      + entry.operation()
                      + " "
                      + new HashMap<>(entry.actions()).values())
          .toList();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
