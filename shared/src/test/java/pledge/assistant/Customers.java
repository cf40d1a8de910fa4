package pledge.assistant;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import pledge.TestMachine;
import pledge.billing.OpenTask;
import pledge.billing.OpenTask.What;
import pledge.billing.Subscription;
import pledge.billing.Subscription.Entitlement;
import pledge.local.Cloudflare;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.processor.AssistantHost;
import pledge.processor.AssistantHost.Program;
import pledge.processor.Payments.Status;
import pledge.processor.cloudflare.CloudflareHost;
import pledge.store.Store;
import pledge.vault.SubjectId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** People with a subscription, which is set as billing would set it, and their assistants. */
final class Customers {
  static final Program PROGRAM =
      new Program("export default {};", "module-1", "https://model.example.org");

  final Store store = TestMachine.backend().store();
  final Set<SubjectId> erased = ConcurrentHashMap.newKeySet();
  final Set<SubjectId> held = ConcurrentHashMap.newKeySet();
  private final HttpClient http = HttpClient.newHttpClient();

  static Cloudflare cloudflare() {
    return TestMachine.machine().cloudflare();
  }

  static CloudflareHost host() {
    return CloudflareHost.of(TestMachine.environment());
  }

  /** Somebody with a key, and nothing else. */
  static SubjectId somebody() {
    return TestMachine.subject(TestMachine.vault());
  }

  /** Somebody whose assistant runs. */
  SubjectId withAssistant() {
    var person = somebody();
    entitle(person, Entitlement.RUNNING);
    advance(person);
    return person;
  }

  /** Mirrors what Stripe says, and has somebody see to the assistant, in one transaction. */
  void entitle(SubjectId person, Entitlement entitlement) {
    var ref = Subscription.KIND.in(person.value());
    var found = store.get(ref, Purpose.BILLING);
    var transaction = store.transaction();
    var now = now();
    var mirror =
        new Subscription(
            "revision-" + now.toEpochMilli(),
            "pseudonym",
            Optional.of("cus_1"),
            Optional.of("sub_1"),
            Optional.of("plus"),
            Optional.of(entitlement == Entitlement.NONE ? Status.CANCELED : Status.ACTIVE),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            entitlement == Entitlement.SUSPENDED ? Optional.of(now) : Optional.empty());
    if (found.isPresent()) {
      transaction.replace(found.get(), mirror);
    } else {
      transaction.insert(ref, mirror);
    }
    OpenTask.put(transaction, store, What.ASSISTANT, person, now);
    assertThat(transaction.commit().written()).isTrue();
  }

  /** As of another instance of the function. */
  void advance(SubjectId person) {
    provisioning(host()).advance(item(person));
  }

  Provisioning provisioning(AssistantHost host) {
    return provisioning(host, PROGRAM);
  }

  Provisioning provisioning(AssistantHost host, Program program) {
    return new Provisioning(
        TestMachine.backend().store(),
        host,
        program,
        erased::contains,
        held::contains,
        TestMachine.clock());
  }

  /** Has somebody see to it, as every hour does. */
  void wake(SubjectId person) {
    OpenTask.of(store, What.ASSISTANT, person)
        .ifPresent(found -> OpenTask.wake(store, found, now()));
  }

  /** Whatever died: its turn is over. */
  static void lapse() {
    TestMachine.clock().advance(Provisioning.TURN);
  }

  static String item(SubjectId person) {
    return OpenTask.ref(What.ASSISTANT, person).sort();
  }

  boolean isOpen(SubjectId person) {
    return OpenTask.of(store, What.ASSISTANT, person).isPresent();
  }

  Optional<Assistant> assistant(SubjectId person) {
    return assistants().of(person);
  }

  Assistant running(SubjectId person) {
    var assistant = assistant(person).orElseThrow();
    assertThat(assistant.state()).isEqualTo(Assistant.State.RUNNING);
    assertThat(health(assistant)).contains("ok");
    assertThat(cloudflare().databases()).containsOnlyOnce(assistant.script());
    return assistant;
  }

  Assistants assistants() {
    return new Assistants(store, TestMachine.clock());
  }

  /** What lies at Cloudflare without anybody's record, script or database. */
  static List<String> leftOver() {
    var known =
        TestMachine.scan(Table.SUBJECTS).stream()
            .flatMap(item -> Optional.ofNullable(item.get("script")).stream())
            .map(AttributeValue::s)
            .toList();
    return Stream.concat(cloudflare().scripts().stream(), cloudflare().databases().stream())
        .filter(name -> !known.contains(name))
        .toList();
  }

  String health(Assistant assistant) {
    return ask("GET", assistant, "/health", "", "").body();
  }

  HttpResponse<String> chat(Assistant assistant, String token, String message) {
    return ask(
        "POST",
        assistant,
        "/chat",
        token,
        "{\"conversation\": \"c1\", \"message\": \"" + message + "\"}");
  }

  HttpResponse<String> ask(
      String method, Assistant assistant, String path, String token, String body) {
    var request =
        HttpRequest.newBuilder(URI.create(host().url(assistant.script()) + path))
            .header("content-type", "application/json")
            .header("authorization", "Bearer " + token)
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static Instant now() {
    return TestMachine.clock().instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
