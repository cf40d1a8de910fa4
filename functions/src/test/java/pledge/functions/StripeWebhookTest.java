package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.functions.RawTables.Item;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.local.StripeStandIn;

/**
 * What becomes of what Stripe tells: it is there once we say that it is, once, and in the queue.
 */
class StripeWebhookTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String SECRET = StripeStandIn.SECRETS.getFirst();
  private static int events;

  private static Machine machine;
  private static RawTables tables;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    machine = Machine.start(Options.inMemory().withFunctions("StripeWebhookFunction"));
    tables = new RawTables(machine);
  }

  @AfterAll
  static void stop() {
    tables.close();
    machine.close();
  }

  @BeforeEach
  void forget() {
    machine.dynamo().reset();
    machine.settle();
    machine.queue("StripeQueue").purge();
  }

  @Test
  void whatStripeSignedIsWrittenAndComesIntoTheQueue() {
    var id = number();

    assertThat(tell(body(id)).statusCode()).isEqualTo(204);

    assertThat(kept()).contains("stripe-event#" + id);
    machine.settle();
    assertThat(queued()).containsExactly("{\"event\":\"stripe-event#" + id + "\"}");
  }

  @Test
  @DisplayName("no-card-data: of what Stripe tells, its number is kept and nothing else")
  void nothingIsKeptButTheNumber() {
    var id = number();
    var marks = List.of("4242424242424242", "ada@example.org", "Lovelace");
    var body =
        body(id).replace("}", ", \"card\": \"" + String.join("\", \"x\": \"", marks) + "\"}");

    assertThat(tell(body).statusCode()).isEqualTo(204);

    machine.settle();
    var items =
        tables.of(machine, "ACTIVITY_TABLE").stream()
            .map(Item::attributes)
            .map(Object::toString)
            .toList();
    for (var mark : marks) {
      assertThat(items).noneMatch(item -> item.contains(mark));
      assertThat(queued()).noneMatch(message -> message.contains(mark));
    }
    assertThat(attributesOf(id))
        .containsExactlyInAnyOrder(
            "pk", "sk", "_v", "_at", "_bucket", "_write", "expiresAt", "processor", "receivedAt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/octet-stream", "application/x-www-form-urlencoded", ""})
  void whatTheGatewayEncodesIsCheckedAsItCame(String mediaType) {
    var id = number();

    assertThat(tell(body(id), mediaType).statusCode()).isEqualTo(204);

    assertThat(kept()).contains("stripe-event#" + id);
  }

  @Test
  void whatComesAgainIsAnsweredAlikeAndIsThereOnce() {
    var body = body(number());

    for (var time = 0; time < 5; time++) {
      assertThat(tell(body).statusCode()).isEqualTo(204);
      machine.clock().advance(Duration.ofHours(7));
    }

    machine.settle();
    assertThat(queued()).hasSize(1);
  }

  @Test
  void oneThousandAtOnceAreAllThereEachOnce() throws Exception {
    var numbers = IntStream.range(0, 250).mapToObj(_ -> number()).toList();
    var told =
        IntStream.range(0, 1_000)
            .mapToObj(i -> (Callable<Integer>) () -> invoke(body(numbers.get(i % 250))))
            .toList();
    try (var executor = Executors.newFixedThreadPool(32)) {
      for (var answer : executor.invokeAll(told)) {
        assertThat(answer.get()).isEqualTo(204);
      }
    }

    assertThat(kept()).containsAll(numbers.stream().map(id -> "stripe-event#" + id).toList());
    machine.settle();
    assertThat(queued())
        .containsExactlyInAnyOrderElementsOf(
            numbers.stream().map(id -> "{\"event\":\"stripe-event#" + id + "\"}").toList());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whereItDiesItIsToldAgainAndNothingIsLostOrDoubled(boolean before) {
    var id = number();
    if (before) {
      machine.dynamo().dieBeforeWrite(1);
    } else {
      machine.dynamo().dieAfterWrite(1);
    }

    assertThat(tell(body(id)).statusCode()).as("nothing was said to be there").isEqualTo(503);

    machine.dynamo().reset();
    assertThat(kept().contains("stripe-event#" + id)).isNotEqualTo(before);
    assertThat(tell(body(id)).statusCode()).isEqualTo(204);
    machine.settle();
    assertThat(queued()).hasSize(1);
  }

  @Test
  void whereTheAnswerToTheWriteIsLostItIsThereAllTheSame() {
    var id = number();
    machine.dynamo().cutAfterWrite(1);

    assertThat(tell(body(id)).statusCode()).isEqualTo(204);

    machine.settle();
    assertThat(queued()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ProvisionedThroughputExceededException", "InternalServerError"})
  void whereTheDatabaseDoesNotAnswerStripeIsToComeAgain(String failure) {
    var body = body(number());
    machine.dynamo().failNext(100, failure);

    var answer = tell(body);

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("retry-after")).isPresent();
    machine.dynamo().reset();
    assertThat(tell(body).statusCode()).isEqualTo(204);
  }

  @Test
  @DisplayName(
      "abuse-and-incidents: what is not signed is limited, and what Stripe signed never is")
  void whatIsNotSignedIsLimitedAndWhatStripeSignedIsNot() {
    var statuses = new HashSet<Integer>();
    for (var time = 0; time < 61; time++) {
      statuses.add(send("{}", "application/json", "t=1,v1=0").statusCode());
    }

    assertThat(statuses).containsExactlyInAnyOrder(400, 429);
    for (var time = 0; time < 100; time++) {
      assertThat(tell(body(number())).statusCode()).isEqualTo(204);
    }
  }

  @Test
  void whatIsNotSignedIsNotRead() {
    machine.dynamo().reset();

    assertThat(send("{\"id\": \"evt_1\"}", "application/json", "").statusCode()).isEqualTo(400);

    assertThat(machine.dynamo().operations())
        .containsOnlyOnce("UpdateItem")
        .doesNotContain("Query");
    assertThat(kept()).doesNotContain("stripe-event#evt_1");
  }

  /** What the stand-in sends is what Stripe sends, in its form and its signature. */
  @Test
  void whatTheStandInTellsArrives() throws IOException, InterruptedException {
    var stripe = machine.stripe();
    var made =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create(stripe.address() + "/v1/customers"))
                .header("authorization", "Bearer " + StripeStandIn.KEY)
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("metadata[pseudonym]=aPseudonym"))
                .build(),
            BodyHandlers.ofString());
    assertThat(made.statusCode()).isEqualTo(200);
    machine.settle();

    assertThat(stripe.events("customer.created"))
        .isNotEmpty()
        .allSatisfy(id -> assertThat(queued()).contains("{\"event\":\"stripe-event#" + id + "\"}"));
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  private static synchronized String number() {
    return "evt_1SUxA2bLkdIwHu7ixTest" + events++;
  }

  private static String body(String id) {
    return "{\n  \"id\": \""
        + id
        + "\",\n  \"object\": \"event\",\n  \"type\": \"invoice.paid\"\n}";
  }

  private static HttpResponse<String> tell(String body) {
    return tell(body, "application/json; charset=utf-8");
  }

  private static HttpResponse<String> tell(String body, String mediaType) {
    var now = machine.clock().instant().getEpochSecond();
    return send(body, mediaType, StripeSamples.header(body, SECRET, now));
  }

  private static HttpResponse<String> send(String body, String mediaType, String signature) {
    var request =
        HttpRequest.newBuilder(URI.create(machine.api() + "/webhooks/stripe"))
            .POST(BodyPublishers.ofString(body));
    if (!mediaType.isEmpty()) {
      request.header("content-type", mediaType);
    }
    if (!signature.isEmpty()) {
      request.header("stripe-signature", signature);
    }
    try {
      return CLIENT.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Past the gateway of this machine, which answers one by one. */
  private static int invoke(String body) throws IOException {
    var sample = DeployedTemplate.ROOT.resolve("events/stripe-webhook/invoice-paid-base64.json");
    var event = (ObjectNode) JSON.readTree(Files.readString(sample));
    event.put("body", Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8)));
    var now = machine.clock().instant().getEpochSecond();
    event.withObject("/headers").put("stripe-signature", StripeSamples.header(body, SECRET, now));
    JsonNode answer =
        JSON.readTree(machine.invoke("StripeWebhookFunction", JSON.writeValueAsBytes(event)));
    return answer.path("statusCode").asInt();
  }

  private static Set<String> kept() {
    var kept = new HashSet<String>();
    for (var item : tables.of(machine, "ACTIVITY_TABLE")) {
      kept.add(item.pk());
    }
    return kept;
  }

  private static Set<String> attributesOf(String id) {
    return tables.of(machine, "ACTIVITY_TABLE").stream()
        .filter(item -> item.pk().equals("stripe-event#" + id))
        .findFirst()
        .map(item -> item.attributes().keySet())
        .orElseThrow();
  }

  private static List<String> queued() {
    return machine.queue("StripeQueue").bodies();
  }
}
