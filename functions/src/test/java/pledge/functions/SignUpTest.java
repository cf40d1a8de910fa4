package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;
import static pledge.functions.Problems.pointers;
import static pledge.functions.Problems.retryAfter;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.policy.Category;
import pledge.policy.PolicyDocument;
import pledge.policy.Purpose;
import pledge.store.Backend;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.vault.Environment;

/** From a form to an account, over HTTP, on the whole machine. */
class SignUpTest {
  private static final Instant START = Instant.parse("2026-11-21T09:30:00Z");
  private static final PolicyDocument POLICY = PolicyDocument.ASSISTANT_PRIVACY;

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
    machine.dynamo().reset();
    machine.kms().reset();
    machine.kms().enable("VaultKey");
    machine.clock().advance(Duration.ofHours(2));
    ada = Person.of(machine, "ada" + people++ + "@example.org");
  }

  // ── What is asked for ──────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("collect-account: an empty form is told the five fields, and no other is asked for")
  void asksForFiveFields() {
    assertThat(pointers(signUp(Map.of())))
        .containsExactlyInAnyOrder("#/name", "#/email", "#/password", "#/adult", "#/policies");
  }

  @ParameterizedTest(name = "collect-account: {0} is refused")
  @ValueSource(strings = {"phone", "card", "birthday", "address", "subject", "Name", "a/b~c"})
  void refusesAFieldThatIsNotAskedForByItsName(String field) {
    var form = form();
    form.put(field, "1");

    assertThat(pointers(signUp(form)))
        .containsExactly("#/" + field.replace("~", "~0").replace("/", "~1"));
  }

  @ParameterizedTest(name = "adults-only: {0} is refused, and nothing of the form is kept")
  @ValueSource(strings = {"false", "null", "\"true\"", "1", "absent"})
  void refusesWhoDoesNotSayToBeAdult(String adult) {
    var form = Problems.write(form());
    var before = items();

    var answer =
        ada.send(
            "POST",
            "/signup",
            adult.equals("absent")
                ? form.replace("\"adult\":true,", "")
                : form.replace("\"adult\":true", "\"adult\":" + adult));

    assertThat(pointers(answer)).containsExactly("#/adult");
    assertThat(items()).isEqualTo(before);
    machine.settle();
    assertThat(machine.mailbox().to(ada.email)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password1234",
        "qwertyuiop12",
        "123456789012",
        "aaaaaaaaaaaaaaaa",
        "iloveyouiloveyou",
        "passwordpasswordpasswordpasswordpasswordpasswordpassword",
        "Ada Lovelace",
        "x7#Kq9!vT2p"
      })
  void refusesAPasswordThatIsShortOrEasyToGuess(String password) {
    assertThat(pointers(signUp(formWith("password", password)))).containsExactly("#/password");
  }

  @Test
  void refusesAPasswordMadeOfTheAddress() {
    var ownAddress = formWith("password", "lady.lovelace@example.org");
    ownAddress.put("email", "lady.lovelace@example.org");

    assertThat(pointers(signUp(ownAddress))).containsExactly("#/password");
  }

  @Test
  void takesAPasswordOfAnyCharactersUpTo128CodePoints() {
    assertThat(signUp(formWith("password", "🦩 zwölf 青鷺 dawn")).statusCode()).isEqualTo(202);
    assertThat(signUp(formWith("password", "x7#Kq9!vT2pZ")).statusCode()).isEqualTo(202);
    var longest =
        IntStream.range(0, 128)
            .mapToObj(i -> Character.toString(0x1F300 + i * 2))
            .collect(Collectors.joining());
    assertThat(signUp(formWith("password", longest)).statusCode()).isEqualTo(202);
    assertThat(pointers(signUp(formWith("password", longest + "x")))).containsExactly("#/password");
  }

  @Test
  void measuresALongPasswordOfPunctuationWithinTheFunctionsTime() {
    var password = "4@8({[<369|!1/|\\0$5+7%2".repeat(6).substring(0, 128);

    assertThat(signUp(formWith("password", password)).statusCode()).isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ada",
        "@example.org",
        "a@b",
        "a b@example.org",
        "a@example.org\\r\\nBcc: b@x.org"
      })
  void refusesWhatMailCannotBeSentTo(String email) {
    assertThat(pointers(signUp(formWith("email", email)))).containsExactly("#/email");
  }

  @ParameterizedTest
  @ValueSource(strings = {"assistant-privacy=1999-01-01", "no-such-policy=2026-11-21", "="})
  void refusesAPolicyThatIsNotTheOneInForce(String accepted) {
    var pair = accepted.split("=", 2);

    assertThat(pointers(signUp(formWith("policies", Map.of(pair[0], pair[1])))))
        .containsExactly("#/policies");
  }

  // ── Statuses ───────────────────────────────────────────────────────────────────────────────

  @Test
  void answers202ToASignUpAnd204ToItsConfirmation() {
    assertThat(ada.signUp().statusCode()).isEqualTo(202);
    assertThat(ada.confirm().statusCode()).isEqualTo(204);
    assertThat(ada.signIn().statusCode()).isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "\"text\"",
        "{\"name\":}",
        "{\"name\":\"\\ud\"}",
        "{\"name\":1e999999999999}",
        "{\"name\":-}",
        "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}"
      })
  void answers400WhereTheBodyIsNoJsonObject(String body) {
    assertProblem(ada.send("POST", "/signup", body), 400, "malformed-json");
    assertProblem(ada.send("POST", "/signup/confirmation", body), 400, "malformed-json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AAAA", "not-a-token", "../../etc/passwd"})
  void answers400ToALinkThatIsNone(String token) {
    assertProblem(ada.confirm(token), 400, "link-did-not-work");
  }

  @Test
  void answers400ToALinkWithAnotherSecret() {
    ada.signUp();
    var token = ada.mailedToken().orElseThrow();
    var last = token.endsWith("A") ? "B" : "A";

    assertProblem(
        ada.confirm(token.substring(0, token.length() - 1) + last), 400, "link-did-not-work");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/signup", "/signup/confirmation"})
  void answers403ToAPageOfAnotherSite(String path) {
    for (var header :
        List.of(
            Map.entry("origin", "https://evil.example"),
            Map.entry("origin", "null"),
            Map.entry("origin", machine.api() + ".evil.example"),
            Map.entry("sec-fetch-site", "cross-site"),
            Map.entry("sec-fetch-site", "same-site"))) {
      var answer =
          ada.send(
              "POST",
              path,
              BodyPublishers.ofString(Problems.write(form())),
              Map.of(
                  header.getKey(),
                  header.getValue(),
                  "content-type",
                  "application/json",
                  "x-forwarded-host",
                  "evil.example"));

      assertProblem(answer, 403, "other-origin");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/signup", "/signup/confirmation"})
  void answers413ToABodyOfMoreThan16KiB(String path) {
    var form = form();
    form.put("token", "x".repeat(16 * 1024));

    assertProblem(ada.send("POST", path, Problems.write(form)), 413, "too-large");
  }

  @ParameterizedTest
  @CsvSource({
    "/signup, text/plain",
    "/signup, application/x-www-form-urlencoded",
    "/signup, application/jsonp",
    "/signup/confirmation, text/plain",
    "/signup/confirmation, multipart/form-data"
  })
  void answers415ToABodyThatIsNotJson(String path, String type) {
    var answer =
        ada.send(
            "POST",
            path,
            BodyPublishers.ofString(Problems.write(form())),
            Map.of("content-type", type));

    assertProblem(answer, 415, "not-json");
  }

  @Test
  void answers422ToAConfirmationWithoutATokenOrWithMore() {
    assertThat(pointers(ada.send("POST", "/signup/confirmation", "{}")))
        .containsExactly("#/token", "#/password");
    var more = "{\"token\":\"x\",\"password\":\"y\",\"subject\":\"z\"}";
    assertThat(pointers(ada.send("POST", "/signup/confirmation", more)))
        .containsExactly("#/subject");
  }

  @Test
  void answers429ToMoreSignUpsFromOneNetworkThanItsBucketHolds() {
    var elsewhere = ada.at("127.0.1.1");
    for (var i = 0; i < 20; i++) {
      assertThat(elsewhere.send("POST", "/signup", "{}").statusCode()).isEqualTo(422);
    }

    assertThat(retryAfter(elsewhere.send("POST", "/signup", "{}"))).isBetween(1L, 30L);
    assertThat(ada.at("127.0.1.2").send("POST", "/signup", "{}").statusCode()).isEqualTo(422);
  }

  @Test
  void answers429ToMoreConfirmationsFromOneNetworkThanItsBucketHolds() {
    var elsewhere = ada.at("127.0.1.3");
    for (var i = 0; i < 30; i++) {
      assertThat(elsewhere.confirm("x").statusCode()).isEqualTo(400);
    }

    var answer = elsewhere.confirm("x");

    assertThat(retryAfter(answer)).isBetween(1L, 20L);
    assertThat(answer.headers().firstValue("ratelimit").orElseThrow())
        .startsWith("\"confirmation\";r=0;t=");
    assertThat(answer.headers().firstValue("ratelimit-policy"))
        .contains("\"confirmation\";q=30;w=600");
  }

  @Test
  void aClaimedForwardedAddressOpensNoOtherBucket() {
    var elsewhere = ada.at("127.0.1.4");
    for (var i = 0; i < 20; i++) {
      elsewhere.send(
          "POST",
          "/signup",
          BodyPublishers.ofString("{}"),
          Map.of("x-forwarded-for", "9.9.9." + i));
    }

    assertThat(
            elsewhere
                .send(
                    "POST",
                    "/signup",
                    BodyPublishers.ofString("{}"),
                    Map.of("x-forwarded-for", "9.9.9.99"))
                .statusCode())
        .isEqualTo(429);
  }

  @Test
  void anAddressGetsAtMostFiveMailsAnHourFromANetworkHoweverItIsSpelled() {
    var local = "mallory" + people++;
    var spellings =
        List.of(local, local.toUpperCase(java.util.Locale.ROOT), "M" + local.substring(1));
    for (var i = 0; i < 5; i++) {
      assertThat(signUpAt("127.0.2.1", spellings.get(i % 3) + "@Example.org").statusCode())
          .isEqualTo(202);
    }

    for (var spelling : spellings) {
      assertThat(retryAfter(signUpAt("127.0.2.1", spelling + "@example.ORG")))
          .isBetween(1L, 12 * 60L);
    }
    assertThat(signUpAt("127.0.2.2", local + "@example.org").statusCode())
        .as("its owner, elsewhere")
        .isEqualTo(202);
  }

  private static HttpResponse<String> signUpAt(String network, String email) {
    return Person.of(machine, email).at(network).signUp();
  }

  @Test
  void anAddressGetsAtMostTwentyMailsAnHourWhoeverAsks() {
    var local = "mallory" + people++;
    for (var i = 0; i < 20; i++) {
      assertThat(signUpAt("127.0.2." + (10 + i), local + "@example.org").statusCode())
          .isEqualTo(202);
    }

    assertThat(retryAfter(signUpAt("127.0.2.9", local + "@example.org"))).isBetween(1L, 180L);
    machine.clock().advance(Duration.ofHours(1));
    assertThat(Person.of(machine, local + "@example.org").signUp().statusCode()).isEqualTo(202);
  }

  @Test
  void answers503WhereKmsRefusesAndNothingIsHalfWritten() {
    var before = items();
    machine.kms().disable("VaultKey");
    machine.clock().advance(Duration.ofMinutes(6));

    var answer = ada.signUp();

    assertProblem(answer, 503, "unavailable");
    assertThat(answer.headers().firstValueAsLong("retry-after")).hasValue(1);
    assertThat(items()).isEqualTo(before);
    machine.kms().enable("VaultKey");
    assertThat(ada.signUp().statusCode()).isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ProvisionedThroughputExceededException",
        "InternalServerError",
        "RequestLimitExceeded"
      })
  void answers503WhereDynamoDbRefuses(String error) {
    ada.signUp();
    var token = ada.mailedToken().orElseThrow();

    machine.dynamo().failNext(1000, error);
    var signUp = ada.signUp();
    var confirmation = ada.confirm(token);
    machine.dynamo().reset();

    assertProblem(signUp, 503, "unavailable");
    assertProblem(confirmation, 503, "unavailable");
    assertThat(ada.confirm(token).statusCode()).isEqualTo(204);
  }

  @Test
  @DisplayName("a stranger's sign-up with my address opens no account with the stranger's password")
  void aLinkOpensAnAccountForThePasswordOfItsOwnSignUpOnly() {
    var eve = new Person(machine, "Eve", ada.email, "seven nanoseconds of copper");
    eve.signUp();
    var evesLink = ada.mailedToken().orElseThrow();

    // Ada opens the first mail, and does not know that it is not hers.
    var answer = ada.confirm(evesLink);

    assertProblem(answer, 422, "invalid-fields");
    assertThat(pointers(answer)).containsExactly("#/password");
    assertThat(eve.signIn().statusCode()).isEqualTo(401);
    ada.signUp();
    assertThat(ada.confirm().statusCode()).isEqualTo(204);
    assertThat(ada.signIn().statusCode()).isEqualTo(204);
    assertThat(eve.confirm(evesLink).statusCode()).isEqualTo(400);
    assertThat(eve.at("127.0.4.3").signIn().statusCode()).isEqualTo(401);
  }

  @Test
  void aMistypedPasswordLeavesTheLinkAsItWas() {
    ada.signUp();
    var token = ada.mailedToken().orElseThrow();

    assertThat(pointers(ada.confirm(token, "correct horse battery stable")))
        .containsExactly("#/password");
    assertThat(pointers(ada.confirm(token, "x".repeat(129)))).containsExactly("#/password");

    assertThat(ada.confirm(token).statusCode()).isEqualTo(204);
  }

  // ── What an answer gives away ──────────────────────────────────────────────────────────────

  @Test
  void answersAKnownAddressAsItDoesAnUnknownOneAfterTheSameWork() {
    ada.signUp();
    ada.confirm();
    machine.settle();
    machine.clock().advance(Duration.ofHours(2));
    warmUp();

    var toKnown = observe(ada::signUp);
    machine.clock().advance(Duration.ofHours(2));
    warmUp();
    var stranger = Person.of(machine, "eve" + people++ + "@example.org");
    var toUnknown = observe(stranger::signUp);

    assertThat(toKnown).isEqualTo(toUnknown);
    assertThat(toKnown.status()).isEqualTo(202);
  }

  @Test
  void doesNotTellWhetherSomebodyElseAskedForTheSameAddress() {
    ada.at("127.2.0.1").signUp();
    var stranger = Person.of(machine, "eve" + people++ + "@example.org");

    var toAsked = ada.at("127.2.0.2").signUp();
    var toUnasked = stranger.at("127.2.0.3").signUp();

    for (var header : List.of("ratelimit", "ratelimit-policy")) {
      assertThat(toAsked.headers().allValues(header))
          .isEqualTo(toUnasked.headers().allValues(header));
    }
  }

  @Test
  void mailsTheOwnerOfAKnownAddressThatThereIsAnAccountAndNoLinkToConfirm() {
    ada.signUp();
    ada.confirm();
    machine.mailbox().clear();

    ada.signUp();
    machine.settle();

    var mails = machine.mailbox().to(ada.email);
    assertThat(mails).hasSize(1);
    assertThat(mails.getFirst().subject()).isEqualTo("You have an account already");
    assertThat(mails.getFirst().text()).contains("account already").doesNotContain("/confirm");
    assertThat(mails.getFirst().html()).doesNotContain("/confirm");
    assertThat(ada.mailedToken()).isEmpty();
  }

  @Test
  void aSecondSignUpChangesNothingOfTheAccount() {
    ada.signUp();
    ada.confirm();

    var mallory = new Person(machine, "Mallory", ada.email, "seven nanoseconds of copper");
    mallory.signUp();
    machine.settle();

    assertThat(mallory.signIn().statusCode()).isEqualTo(401);
    assertThat(ada.at("127.0.3.1").signIn().statusCode()).isEqualTo(204);
  }

  @Test
  void everyAnswerCarriesTheHeadersThatProtectAndNoneThatTell() {
    for (var answer :
        List.of(
            ada.signUp(),
            ada.confirm("x"),
            ada.get("/session"),
            ada.get("/"),
            ada.get("/assets/page.js"),
            ada.send("POST", "/signup", "{"))) {
      var headers = answer.headers();
      assertThat(headers.firstValue("strict-transport-security"))
          .as("encrypted-in-transit: %s", answer.uri())
          .contains("max-age=63072000; includeSubDomains");
      assertThat(headers.firstValue("x-content-type-options")).contains("nosniff");
      assertThat(headers.firstValue("referrer-policy")).contains("no-referrer");
      assertThat(headers.firstValue("cache-control")).contains("no-store");
      assertThat(headers.firstValue("content-security-policy")).isPresent();
      assertThat(headers.firstValue("access-control-allow-origin")).isEmpty();
    }
  }

  // ── What is kept ───────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName(
      "policy-changes: what was accepted is kept with its version and the hash of its text")
  void keepsWhatWasAcceptedWithVersionAndHash() {
    ada.signUp();
    ada.confirm();

    var consents = consents(subjectOf(ada));

    assertThat(consents)
        .containsEntry("adult", "given=true version= hash=")
        .containsEntry(
            POLICY.id() + "#" + POLICY.version(),
            "given=true version=" + POLICY.version() + " hash=" + POLICY.sha256())
        .hasSize(2);
    assertThat(POLICY.sha256()).matches("[0-9a-f]{64}");
  }

  @Test
  @DisplayName("policy-changes: both policies are kept where both are accepted")
  void keepsBothPoliciesWhereBothAreAccepted() {
    var both =
        Stream.of(PolicyDocument.values())
            .collect(Collectors.toMap(PolicyDocument::id, PolicyDocument::version));
    assertThat(signUp(formWith("policies", both)).statusCode()).isEqualTo(202);
    ada.confirm();

    assertThat(consents(subjectOf(ada)).keySet())
        .containsExactlyInAnyOrder(
            "adult",
            "assistant-privacy#" + PolicyDocument.ASSISTANT_PRIVACY.version(),
            "platform-privacy#" + PolicyDocument.PLATFORM_PRIVACY.version());
  }

  @Test
  void anAccountHoldsWhatASignUpHeldAndTheSignUpIsGone() {
    ada.signUp();
    ada.confirm();
    machine.settle();

    assertThat(tables.kinds(machine, subjectOf(ada)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "ACCOUNT",
                1L,
                "CREDENTIAL",
                1L,
                "CONSENT#adult",
                1L,
                "CONSENT#" + POLICY.id() + "#" + POLICY.version(),
                1L,
                "OUTBOX#NOTICE",
                1L,
                // By which the test learned whose partition it is.
                "SESSION",
                1L));
  }

  @Test
  void theLinkWorksUntilOneSecondBefore24HoursAndSaysTheSameAgain() {
    ada.signUp();
    machine.settle();
    machine.clock().advance(Duration.ofHours(24).minusSeconds(1));

    assertThat(ada.confirm().statusCode()).isEqualTo(204);
    assertThat(ada.confirm().statusCode()).isEqualTo(204);
    machine.clock().advance(Duration.ofDays(400));
    assertThat(ada.signIn().statusCode()).isEqualTo(204);
  }

  @Test
  @DisplayName("a sign-up that nobody confirms is absent at 24 hours sharp, and then gone")
  void anUnconfirmedSignUpIsAbsentAt24HoursSharpAndThenGone() {
    try (var slow = Machine.start(QuickHashes.options().withClockAt(START).withoutExpiry());
        var raw = new RawTables(slow)) {
      var bob = Person.of(slow, "bob@example.org");
      bob.signUp();
      var token = bob.mailedToken().orElseThrow();
      slow.clock().advance(Duration.ofHours(24));

      assertThat(raw.all()).anyMatch(item -> item.sk().equals("SIGN_UP"));
      assertProblem(bob.confirm(token), 400, "link-did-not-work");
      assertThat(bob.signIn().statusCode()).isEqualTo(401);

      slow.clock().advance(Duration.ofHours(24));
      slow.expireNow();
      assertThat(raw.all())
          .as("only the key of the blind indexes, which is nobody's")
          .singleElement()
          .satisfies(item -> assertThat(item.pk()).isEqualTo("index"));
      assertProblem(bob.confirm(token), 400, "link-did-not-work");
      assertThat(bob.signUp().statusCode()).isEqualTo(202);
      assertThat(bob.confirm().statusCode()).isEqualTo(204);
    }
  }

  // ── At the same moment ─────────────────────────────────────────────────────────────────────

  @Test
  void twoSignUpsOfOneAddressAtTheSameMomentMakeOneAccount() {
    var second = new Person(machine, "Eve", ada.email, "seven nanoseconds of copper");
    assertThat(
            SignUpTest.<HttpResponse<String>>atOnce(List.of(ada::signUp, second::signUp)).stream()
                .map(HttpResponse::statusCode))
        .containsOnly(202);
    machine.settle();
    var tokens = mailedTokens(ada.email);
    assertThat(tokens).hasSize(2);

    var answers =
        atOnce(
            tokens.stream()
                .flatMap(
                    token ->
                        Stream.<Callable<HttpResponse<String>>>of(
                            () -> ada.elsewhere().confirm(token),
                            () -> second.elsewhere().confirm(token)))
                .toList());

    // Each link goes with one password, and the other of the two links comes too late; what comes
    // with the wrong password is told so, or after the account is there what the right one is told.
    assertThat(answers.stream().map(HttpResponse::statusCode))
        .contains(204, 400)
        .isSubsetOf(204, 400, 422);
    assertThat(
            Stream.of(ada.at("127.0.4.1").signIn(), second.at("127.0.4.2").signIn())
                .map(HttpResponse::statusCode))
        .containsExactlyInAnyOrder(204, 401);
  }

  @Test
  void oneLinkFollowedManyTimesAtOnceMakesOneAccountAndNoError() {
    ada.signUp();
    var token = ada.mailedToken().orElseThrow();

    var answers =
        atOnce(
            IntStream.range(0, 6)
                .<Callable<HttpResponse<String>>>mapToObj(i -> () -> ada.elsewhere().confirm(token))
                .toList());

    assertThat(answers.stream().map(HttpResponse::statusCode)).containsOnly(204);
    assertThat(ada.signIn().statusCode()).isEqualTo(204);
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  private Map<String, Object> form() {
    var form = new LinkedHashMap<String, Object>();
    form.put("name", ada.name);
    form.put("email", ada.email);
    form.put("password", ada.password);
    form.put("adult", true);
    form.put("policies", Map.of(POLICY.id(), POLICY.version()));
    return form;
  }

  private Map<String, Object> formWith(String field, Object value) {
    var form = form();
    form.put(field, value);
    return form;
  }

  private HttpResponse<String> signUp(Map<String, Object> form) {
    return ada.send("POST", "/signup", Problems.write(form));
  }

  /** All that stands in the tables, but for what counts requests. */
  private static List<String> items() {
    machine.settle();
    return tables.all().stream()
        .filter(item -> !item.sk().startsWith("THROTTLE#"))
        .map(RawTables.Item::toString)
        .sorted()
        .toList();
  }

  private record Observed(
      int status,
      String body,
      Map<String, List<String>> headers,
      List<String> operations,
      long kms) {}

  /** One answer, and what the sign-up function did for it; the notice function waits. */
  private static Observed observe(Callable<HttpResponse<String>> request) {
    machine.settle();
    machine.dynamo().reset();
    machine.kms().reset();
    try (var journal = Journal.of("pledge.signup")) {
      var answer = request.call();
      var headers = new HashMap<>(answer.headers().map());
      headers.remove("date");
      return new Observed(
          answer.statusCode(),
          answer.body(),
          headers,
          journal.entries().stream()
              .map(entry -> entry.operation() + " " + entry.tables())
              .toList(),
          journal.entries().stream().filter(entry -> entry.service().equals("KMS")).count());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The index key is in memory for five minutes. */
  private static void warmUp() {
    Person.of(machine, "nobody" + people++ + "@example.org").at("127.0.5.1").signUp();
    machine.settle();
  }

  private static List<String> mailedTokens(String email) {
    return machine.mailbox().to(email).stream()
        .map(mail -> mail.text().replaceFirst("(?s).*/confirm#([A-Za-z0-9_-]{64}).*", "$1"))
        .toList();
  }

  static <T> List<T> atOnce(List<Callable<T>> calls) {
    try (var threads = Executors.newFixedThreadPool(calls.size())) {
      return threads.invokeAll(calls).stream()
          .map(
              done -> {
                try {
                  return done.get();
                } catch (ExecutionException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              })
          .toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The subject that the newest session of that person belongs to. */
  private static String subjectOf(Person person) {
    var visitor = person.at("127.0.6.1");
    visitor.signIn();
    return Problems.json(visitor.get("/session")).path("subject").asText();
  }

  private static Map<String, String> consents(String subject) {
    UnaryOperator<Fields> same = fields -> fields;
    var kind = new Kind<>(Category.CONSENT, "CONSENT", 1, same, same);
    var store =
        Backend.of(new Environment(machine.environment("SignupFunction"), machine.clock())).store();
    return store.all(kind, subject, Purpose.ACCOUNT).stream()
        .collect(
            Collectors.toMap(
                found -> found.ref().id(),
                found ->
                    "given=%s version=%s hash=%s"
                        .formatted(
                            found.value().flag("given"),
                            found.value().text("version"),
                            found.value().text("hash"))));
  }
}
