package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;
import static pledge.functions.Problems.json;
import static pledge.functions.Problems.pointers;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.assistant.Assistant;
import pledge.billing.OpenTask;
import pledge.billing.OpenTask.What;
import pledge.billing.Subscription;
import pledge.billing.Subscription.Entitlement;
import pledge.local.Machine;
import pledge.local.StripeCard;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.processor.Payments.Status;
import pledge.records.Backstage;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * People and their assistants, by HTTP, at a Cloudflare on this machine. What they subscribed to is
 * set as billing sets it, but for who pays and cancels.
 */
class AssistantTest {
  private static final String MARK = "a-mark-that-is-found-nowhere";

  /** As Stripe knows them, who never paid there. */
  private static final String PSEUDONYM = Secrets.text(Secrets.random(16));

  private final Machine machine =
      Machine.start(
          QuickHashes.options(
              "AssistantWorkerFunction",
              "BillingWorkerFunction",
              "ErasureFunction",
              "ExportFunction",
              "PrivacyClockFunction"));
  private final Backstage backstage = new Backstage(machine);
  private final HttpClient http = HttpClient.newHttpClient();
  private final Person ada = Person.of(machine, "ada@example.org");
  private SubjectId subject = SubjectId.random();

  @BeforeEach
  void live() {
    subject = signedUp(ada);
  }

  @AfterEach
  void nothingIsLeftOver() {
    var known =
        backstage.raw(Table.SUBJECTS).stream()
            .flatMap(item -> Optional.ofNullable(item.get("script")).stream())
            .map(AttributeValue::s)
            .toList();
    assertThat(machine.cloudflare().scripts()).isSubsetOf(known);
    assertThat(machine.cloudflare().databases()).isSubsetOf(known);
    http.close();
    backstage.close();
    machine.close();
  }

  @Test
  void isAbsentForWhoHasNotSubscribed() {
    var shown = ada.get("/assistant");

    assertThat(shown.statusCode()).isEqualTo(200);
    assertThat(shown.body()).isEqualTo("{\"state\":\"absent\"}");
    assertProblem(change("{\"revision\":\"AAECAwQFBgcICQoLDA0ODw\"}"), 404, "not-found");
  }

  @Test
  @DisplayName("cancel-deprovisions: an assistant from its beginning to its end")
  void fromItsBeginningToItsEnd() {
    entitle(subject, Entitlement.RUNNING);

    var running = shown(ada);
    assertThat(running.path("state").asText()).isEqualTo("running");
    assertThat(ask("GET", running.path("url").asText() + "/health", "").body()).contains("ok");
    assertThat(running.path("settings")).isEmpty();
    assertThat(ada.get("/assistant").body())
        .as("what opens it is shown to nobody")
        .doesNotContain(opened(subject).token(), opened(subject).secret());

    entitle(subject, Entitlement.SUSPENDED);
    assertThat(shown(ada).path("state").asText()).isEqualTo("suspended");
    assertThat(shown(ada).path("url")).isEqualTo(running.path("url"));

    entitle(subject, Entitlement.NONE);
    assertThat(shown(ada).path("state").asText()).isEqualTo("absent");
    assertThat(machine.cloudflare().scripts()).isEmpty();
    assertThat(machine.cloudflare().databases()).isEmpty();
  }

  @Test
  @DisplayName("cancel-deprovisions: who pays has an assistant, and who cancels has nothing of it")
  void beginsWithAPaymentAndEndsWithTheSubscription() {
    var checkout = ada.send("POST", "/billing/checkout", "{\"plan\": \"personal\"}");
    var page = URI.create(json(checkout).path("url").asText());
    assertThat(machine.stripe().pay(page, StripeCard.GOOD)).isPresent();
    machine.settle();

    assertThat(json(ada.get("/billing")).at("/subscription/plan").asText()).isEqualTo("personal");
    var running = shown(ada);
    assertThat(running.path("state").asText()).isEqualTo("running");
    chat(subject, "Remember this");
    var token = opened(subject).token();

    machine.stripe().cancel(machine.stripe().numbers("customer").getLast(), true);
    machine.settle();

    assertThat(ada.get("/assistant").body()).isEqualTo("{\"state\":\"absent\"}");
    assertThat(ask("POST", running.path("url").asText() + "/chat", token).statusCode())
        .isEqualTo(404);
    assertThat(machine.cloudflare().scripts()).isEmpty();
    assertThat(machine.cloudflare().databases()).isEmpty();
    assertThat(machine.queues()).allMatch(queue -> queue.depth() == 0);
  }

  @Test
  void showsThatItIsStillMadeThenThatItCannotBeAndThenThatItRuns() {
    machine.cloudflare().faults().die(1, false, () -> {});
    entitle(subject, Entitlement.RUNNING);
    assertThat(shown(ada).path("state").asText()).isEqualTo("provisioning");

    machine.clock().advance(Duration.ofDays(3));
    ada.signIn();
    assertThat(shown(ada).path("state").asText()).as("nobody tried").isEqualTo("provisioning");
    wake();
    assertThat(shown(ada).path("state").asText()).isEqualTo("failed");

    machine.cloudflare().faults().reset();
    machine.clock().advance(Duration.ofHours(1));
    wake();
    assertThat(shown(ada).path("state").asText()).isEqualTo("running");
  }

  @Test
  void uploadsTheModuleAsItStandsInTheFunction() throws IOException {
    entitle(subject, Entitlement.RUNNING);

    try (var module = getClass().getResourceAsStream("/pledge/assistantworker/worker.mjs")) {
      assertThat(module).isNotNull();
      assertThat(machine.cloudflare().module(assistant(subject).script()))
          .contains(new String(module.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  @DisplayName("encrypted-at-rest: settings are changed, carried to the assistant, and sealed")
  void changesItsSettings() {
    entitle(subject, Entitlement.RUNNING);

    var changed =
        change(
            """
            {"revision": "%s", "name": "Grace", "instructions": "%s", "language": "pt-BR", \
            "model": "standard"}\
            """
                .formatted(revision(), MARK));

    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(json(changed).at("/settings/name").asText()).isEqualTo("Grace");
    machine.settle();
    assertThat(machine.cloudflare().bindings(assistant(subject).script()).get("CONFIGURATION"))
        .contains("Grace", MARK, "pt-BR", "standard");
    assertThat(backstage.raw(Table.SUBJECTS).toString()).doesNotContain(MARK);
    assertThat(backstage.raw(Table.AUDIT).toString()).doesNotContain(MARK);

    change("{\"revision\": \"%s\", \"instructions\": \"\"}".formatted(revision()));
    machine.settle();
    assertThat(shown(ada).path("settings").toString())
        .isEqualTo("{\"name\":\"Grace\",\"language\":\"pt-BR\",\"model\":\"standard\"}");
  }

  @Test
  void refusesSettingsThatAreNotValid() {
    entitle(subject, Entitlement.RUNNING);

    assertThat(pointers(change("{}"))).containsExactly("#/revision");
    assertThat(
            pointers(
                change(
                    """
                    {"revision": "x", "name": "a\\nb", "instructions": 1, "language": "no language", \
                    "model": "../../x y", "token": "mine"}\
                    """)))
        .containsExactlyInAnyOrder(
            "#/revision", "#/name", "#/instructions", "#/language", "#/model", "#/token");
    for (var tooLong : Map.of("name", 61, "instructions", 4_001).entrySet()) {
      var body =
          "{\"revision\": \"%s\", \"%s\": \"%s\"}"
              .formatted(revision(), tooLong.getKey(), "x".repeat(tooLong.getValue()));
      assertThat(pointers(change(body))).containsExactly("#/" + tooLong.getKey());
    }
    var wide =
        "{\"revision\": \"%s\", \"instructions\": \"%s\"}".formatted(revision(), "ä".repeat(3_000));
    assertThat(pointers(change(wide))).containsExactly("#/instructions");
    var largest =
        "{\"revision\": \"%s\", \"instructions\": \"%s\"}".formatted(revision(), "ä".repeat(2_400));
    assertThat(change(largest).statusCode()).isEqualTo(200);
    assertProblem(change("{\"name\": \"" + "x".repeat(17_000) + "\"}"), 413, "too-large");
    assertProblem(change("no JSON"), 400, "malformed-json");
  }

  @Test
  void takesNamesOfModelsAndNoPaths() {
    entitle(subject, Entitlement.RUNNING);
    for (var path : List.of("a/../../b", "/a", "a//b", "a/", "../a", "x".repeat(65))) {
      var body = "{\"revision\": \"%s\", \"model\": \"%s\"}".formatted(revision(), path);
      assertThat(pointers(change(body))).as(path).containsExactly("#/model");
    }
    for (var name : List.of("standard", "@cf/meta/llama-3.1-8b-instruct", "x".repeat(64))) {
      var body = "{\"revision\": \"%s\", \"model\": \"%s\"}".formatted(revision(), name);
      assertThat(change(body).statusCode()).as(name).isEqualTo(200);
    }
  }

  @Test
  void whatChangesNothingLeavesTheRevision() {
    entitle(subject, Entitlement.RUNNING);
    var seen = revision();

    var changed = change("{\"revision\": \"%s\", \"name\": \"\"}".formatted(seen));

    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(json(changed).path("revision").asText()).isEqualTo(seen);
    assertThat(OpenTask.of(backstage.store(), What.ASSISTANT, subject)).isEmpty();
  }

  @Test
  @DisplayName("isolation: the token is shown to its person alone, and soon after a sign-in")
  void showsTheTokenThatItAnswersTo() {
    var bob = Person.of(machine, "bob@example.org").at("127.0.41.1");
    var other = signedUp(bob);
    assertProblem(ada.get("/assistant/token"), 404, "not-found");
    entitle(subject, Entitlement.RUNNING);
    assertProblem(bob.get("/assistant/token"), 404, "not-found");
    entitle(other, Entitlement.RUNNING);

    var token = token(ada);
    var theirs = token(bob);

    var url = shown(ada).path("url").asText();
    var said = "{\"conversation\": \"c1\", \"message\": \"Good morning\"}";
    assertThat(send("POST", url + "/chat", token, said).statusCode()).isEqualTo(200);
    assertThat(theirs).isNotEmpty().isNotEqualTo(token);
    assertThat(send("POST", url + "/chat", theirs, said).statusCode()).isEqualTo(401);
    assertProblem(ada.elsewhere().get("/assistant/token"), 401, "not-signed-in");
    machine.clock().advance(Duration.ofMinutes(10));
    assertProblem(ada.get("/assistant/token"), 403, "sign-in-again");
  }

  @Test
  void losesNoUpdate() {
    entitle(subject, Entitlement.RUNNING);
    var seen = revision();
    change("{\"revision\": \"%s\", \"name\": \"Grace\"}".formatted(seen));

    assertProblem(
        change("{\"revision\": \"%s\", \"name\": \"Alan\"}".formatted(seen)),
        409,
        "changed-meanwhile");

    assertThat(shown(ada).at("/settings/name").asText()).isEqualTo("Grace");
  }

  @Test
  void cannotBeChangedWhileItIsBeingDeleted() {
    entitle(subject, Entitlement.RUNNING);
    var seen = revision();
    machine.cloudflare().faults().die(1, false, () -> {});
    entitle(subject, Entitlement.NONE);

    assertThat(shown(ada).path("state").asText()).isEqualTo("deprovisioning");
    assertProblem(
        change("{\"revision\": \"%s\", \"name\": \"Alan\"}".formatted(seen)),
        409,
        "assistant-ends");
    assertThat(machine.queue("AssistantDeadLetters").depth()).isEqualTo(1);

    machine.cloudflare().faults().reset();
    machine.clock().advance(Duration.ofHours(1));
    wake();
    assertThat(shown(ada).path("state").asText()).isEqualTo("absent");
  }

  @Test
  @DisplayName("abuse-and-incidents: settings can be changed thirty times an hour")
  void isChangedThirtyTimesAnHour() {
    entitle(subject, Entitlement.RUNNING);
    for (var time = 0; time < 30; time++) {
      assertThat(change("{\"revision\": \"%s\"}".formatted(revision())).statusCode())
          .isEqualTo(200);
    }
    assertProblem(change("{\"revision\": \"%s\"}".formatted(revision())), 429, "too-many-requests");
  }

  @Test
  @DisplayName("isolation: everybody sees and changes their own assistant, and speaks to it alone")
  void isTheirOwn() {
    var bob = Person.of(machine, "bob@example.org").at("127.0.41.1");
    var other = signedUp(bob);
    entitle(subject, Entitlement.RUNNING);
    entitle(other, Entitlement.RUNNING);
    var mine = shown(ada);
    var theirs = shown(bob);

    assertThat(theirs.path("url")).isNotEqualTo(mine.path("url"));
    assertProblem(
        change("{\"revision\": \"%s\"}".formatted(theirs.path("revision").asText())),
        409,
        "changed-meanwhile");
    change("{\"revision\": \"%s\", \"name\": \"Grace\"}".formatted(revision()));
    machine.settle();
    assertThat(shown(bob).path("settings")).isEmpty();
    for (var path : new String[] {"/export", "/wipe", "/chat"}) {
      var method = path.equals("/export") ? "GET" : "POST";
      for (var token : new String[] {opened(other).token(), opened(subject).secret(), ""}) {
        assertThat(ask(method, mine.path("url").asText() + path, token).statusCode())
            .isEqualTo(401);
      }
      assertThat(
              ask(method, theirs.path("url").asText() + path, opened(subject).token()).statusCode())
          .isEqualTo(401);
    }
    entitle(subject, Entitlement.NONE);
    assertThat(shown(bob).path("state").asText()).isEqualTo("running");
    assertProblem(ada.elsewhere().get("/assistant"), 401, "not-signed-in");
  }

  @Test
  @DisplayName("right-access: the copy holds the conversations, and what the assistant is told")
  void isInTheCopy() {
    entitle(subject, Entitlement.RUNNING);
    change("{\"revision\": \"%s\", \"instructions\": \"Be kind\"}".formatted(revision()));
    machine.settle();
    chat(subject, "Remember this");
    var token = opened(subject).token();
    ada.send("POST", "/privacy/exports", null);
    machine.settle();

    var parts = json(ada.get("/privacy/requests")).at("/requests/0/copy/parts");
    assertThat(parts).hasSize(1);
    var zip = PersonalZip.of(ada.download(parts.get(0).asText()).body());

    zip.assertValid();
    assertThat(zip.files())
        .anySatisfy(
            (name, text) -> {
              assertThat(name).endsWith("conversations.ndjson");
              assertThat(text).contains("Remember this", "\"role\":\"assistant\"");
            });
    assertThat(zip.files().toString()).contains("Be kind").doesNotContain(token);
  }

  @Test
  @DisplayName(
      "erase-everywhere: the assistant goes with its person, and the receipt says what its backups keep")
  void goesWithItsPerson() {
    entitle(subject, Entitlement.RUNNING);
    chat(subject, "Remember this");
    var id = json(ada.send("POST", "/privacy/erasures", null)).path("id").asText();
    machine.settle();
    assertThat(shown(ada).path("state").asText())
        .as("it can be taken back still")
        .isEqualTo("running");
    assertProblem(change("{\"revision\": \"%s\"}".formatted(revision())), 403, "leaving");

    pass(AtErasure.CHANGE_OF_MIND);
    pass(Duration.ofHours(4));
    assertThat(machine.cloudflare().scripts()).isEmpty();
    assertThat(machine.cloudflare().databases()).isEmpty();
    pass(Duration.ofDays(8));
    pass(Duration.ofHours(4));

    var receipt = ada.get("/privacy/receipts/" + id);
    assertThat(receipt.statusCode()).isEqualTo(200);
    assertThat(receipt.body())
        .contains(
            "\"processor\":\"Cloudflare\"",
            "backups of its storage, encrypted with a secret that is deleted");
    assertThat(backstage.raw(Table.SUBJECTS).toString()).doesNotContain(subject.value());
  }

  @Test
  @DisplayName("legal-hold: a held assistant is as gone as any for all, and its storage is kept")
  void answersNobodyWhileItIsHeld() {
    var bob = Person.of(machine, "bob@example.org").at("127.0.41.1");
    entitle(signedUp(bob), Entitlement.RUNNING);
    entitle(subject, Entitlement.RUNNING);
    chat(subject, "Remember this");
    var url = shown(ada).path("url").asText();
    var token = opened(subject).token();
    var urlOfBob = shown(bob).path("url").asText();
    var tokenOfBob = token(bob);
    var script = assistant(subject).script();
    var holds = new Holds(machine, backstage);
    var hold = holds.confirmed(subject, Duration.ofDays(60), true, Category.ASSISTANT);
    ada.send("POST", "/privacy/erasures", null);
    bob.send("POST", "/privacy/erasures", null);

    pass(AtErasure.CHANGE_OF_MIND);
    pass(Duration.ofHours(4));

    var routes = Map.of("/health", "GET", "/export", "GET", "/chat", "POST", "/wipe", "POST");
    routes.forEach(
        (path, method) -> {
          var answer = ask(method, url + path, token);
          var gone = ask(method, urlOfBob + path, tokenOfBob);
          assertThat(answer.statusCode()).as(path).isEqualTo(gone.statusCode()).isEqualTo(404);
          assertThat(answer.body()).as(path).isEqualTo(gone.body());
        });
    assertThat(machine.cloudflare().scripts()).isEmpty();
    assertThat(machine.cloudflare().databases()).containsExactly(script);
    assertThat(opened(subject).secret()).isNotEmpty();

    holds.end(hold);
    pass(Duration.ofHours(4));
    assertThat(machine.cloudflare().databases()).isEmpty();
    assertThat(backstage.store().get(Assistant.ref(subject), Purpose.ASSISTANT)).isEmpty();
  }

  @Test
  @DisplayName(
      "erase-everywhere: what billing still says while a person goes makes no new assistant")
  void isNotMadeAgainForWhoIsErased() {
    entitle(subject, Entitlement.RUNNING);
    ada.send("POST", "/privacy/erasures", null);
    pass(AtErasure.CHANGE_OF_MIND);
    pass(Duration.ofHours(4));

    var transaction = backstage.store().transaction();
    OpenTask.put(
        transaction, backstage.store(), What.ASSISTANT, subject, machine.clock().instant());
    transaction.commit();
    machine.settle();

    assertThat(machine.cloudflare().scripts()).isEmpty();
    assertThat(OpenTask.all(backstage.store(), What.ASSISTANT)).isEmpty();
  }

  @Test
  void goesOnWithGoodMessagesBesideABadOne() {
    entitle(subject, Entitlement.RUNNING);
    var good = "{\"item\":\"ASSISTANT#" + subject + "\"}";
    var answer =
        new String(
            machine.invoke(
                "AssistantWorkerFunction",
                Problems.write(
                        Map.of(
                            "Records",
                            List.of(
                                Map.of("messageId", "bad", "body", "{\"item\":\"COPY#x\"}"),
                                Map.of("messageId", "worse", "body", "no JSON " + MARK),
                                Map.of("messageId", "good", "body", good))))
                    .getBytes(StandardCharsets.UTF_8)),
            StandardCharsets.UTF_8);

    assertThat(answer).contains("\"bad\"", "\"worse\"").doesNotContain("\"good\"");
  }

  private SubjectId signedUp(Person person) {
    person.withSession();
    return new SubjectId(json(person.get("/session")).path("subject").asText());
  }

  /** As billing does, and the worker does what follows. */
  private void entitle(SubjectId person, Entitlement entitlement) {
    entitleUnseen(person, entitlement);
    machine.settle();
  }

  private void entitleUnseen(SubjectId person, Entitlement entitlement) {
    var store = backstage.store();
    var now = machine.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    var ref = Subscription.KIND.in(person.value());
    var mirror =
        new Subscription(
            "a revision",
            PSEUDONYM,
            Optional.empty(),
            Optional.empty(),
            Optional.of("plus"),
            Optional.of(entitlement == Entitlement.NONE ? Status.CANCELED : Status.ACTIVE),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            entitlement == Entitlement.SUSPENDED ? Optional.of(now) : Optional.empty());
    var transaction = store.transaction();
    store
        .get(ref, Purpose.BILLING)
        .ifPresentOrElse(
            found -> transaction.replace(found, mirror), () -> transaction.insert(ref, mirror));
    OpenTask.put(transaction, store, What.ASSISTANT, person, now);
    assertThat(transaction.commit().written()).isTrue();
  }

  /** As the clock of billing does, and the worker does what follows. */
  private void wake() {
    OpenTask.wake(
        backstage.store(),
        OpenTask.of(backstage.store(), What.ASSISTANT, subject).orElseThrow(),
        machine.clock().instant());
    machine.settle();
  }

  private Assistant assistant(SubjectId person) {
    return backstage.store().get(Assistant.ref(person), Purpose.ASSISTANT).orElseThrow().value();
  }

  private Assistant.Inside opened(SubjectId person) {
    return assistant(person).opened();
  }

  private JsonNode shown(Person person) {
    return json(person.get("/assistant"));
  }

  private static String token(Person person) {
    return json(person.get("/assistant/token")).path("token").asText();
  }

  private String revision() {
    return shown(ada).path("revision").asText();
  }

  private HttpResponse<String> change(String body) {
    return ada.send("PATCH", "/assistant", body);
  }

  private void chat(SubjectId person, String message) {
    var url = machine.environment("AssistantFunction").getOrDefault("ASSISTANT_URL", "");
    var answer =
        send(
            "POST",
            url.replace("{script}", assistant(person).script()) + "/chat",
            opened(person).token(),
            "{\"conversation\": \"c1\", \"message\": \"" + message + "\"}");
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> ask(String method, String url, String token) {
    return send(method, url, token, "{}");
  }

  private HttpResponse<String> send(String method, String url, String token, String body) {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .header("content-type", "application/json")
            .header("authorization", "Bearer " + token)
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void pass(Duration time) {
    machine.clock().advance(time);
    machine.settle();
    machine.clock().advance(Duration.ofHours(1));
    machine.settle();
  }
}
