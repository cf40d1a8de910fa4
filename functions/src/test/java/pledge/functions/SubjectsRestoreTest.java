package pledge.functions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pledge.local.Machine;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.privacy.RecordKinds;
import pledge.records.Backstage;
import pledge.vault.Json;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;

/**
 * The script that puts back a copy of the table of subjects, run as its operator runs it. Lambda's
 * API, and the making of a copy, which DynamoDB Local does not know, are played here.
 */
class SubjectsRestoreTest {
  private static final String FUNCTION = "ErasureReplayFunction";
  private static final String COPY = "subjects-before";
  private static final String LAMBDA = "/2015-03-31/functions/" + FUNCTION;
  private static final long PATIENCE_SECONDS = 60;

  @TempDir private Path folder;

  private final Machine machine =
      Machine.start(QuickHashes.options("ErasureFunction", "PrivacyClockFunction", FUNCTION));
  private final Backstage backstage = new Backstage(machine);
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer aws;

  /** What the function answers before it is asked itself. */
  private final Queue<String> answers = new ArrayDeque<>();

  private final List<String> events = new ArrayList<>();
  private Instant at = Instant.EPOCH;
  private List<Map<String, AttributeValue>> then = List.of();

  /** What a program said, and how it ended. */
  private record Result(int status, String output) {}

  /** Without it the tests are skipped, unless {@code -Dpython.required=true}. */
  @BeforeAll
  static void findPython() throws IOException, InterruptedException {
    var found =
        new ProcessBuilder("/usr/bin/env", "python3", "-c", "import boto3").start().waitFor() == 0;
    var missing = "python3 or its boto3 is not installed: no copy of subjects was put back";
    if (Boolean.getBoolean("python.required")) {
      assertThat(found).as(missing).isTrue();
    }
    assumeTrue(found, missing);
  }

  @BeforeEach
  void serve() throws IOException {
    aws = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    aws.createContext("/", this::answer);
    aws.start();
  }

  @AfterEach
  void close() {
    aws.stop(0);
    client.close();
    backstage.close();
    machine.close();
  }

  @Test
  @DisplayName(
      "account-30d, erase-everywhere: a copy of before an erasure brings all back but who left")
  void bringsBackAllButWhoWasErased() throws Exception {
    var ada = Person.of(machine, "ada@example.org").withSession();
    var bob = Person.of(machine, "bob@example.org").at("127.0.31.1").withSession();
    var carl = Person.of(machine, "carl@example.org").at("127.0.31.2").withSession();
    var erased = subject(ada);
    var neighbour = subject(bob);
    var lost = subject(carl);
    var elsewhere = bob.elsewhere();
    elsewhere.signIn();
    at = machine.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    then = backstage.raw(Table.SUBJECTS).stream().map(item -> older(item, neighbour)).toList();
    assertThat(elsewhere.delete("/session").statusCode()).isEqualTo(204);
    eraseToTheReceipt(ada);
    var again = ada.at("127.0.31.3").withSession();
    var anew = subject(again);
    lose(lost);
    var theirs = List.of(traces(neighbour), traces(anew));
    machine.mailbox().clear();

    // It dies between the two halves.
    answers.add("");
    var died = restore("--at", at.toString(), FUNCTION, COPY);

    assertThat(died.output()).contains("rows put back: ", "failed, run this again");
    assertThat(died.status()).isEqualTo(1);
    var back = traces(erased).getOrDefault(Table.SUBJECTS, List.of());
    assertThat(back).hasSizeGreaterThan(3).noneMatch(item -> item.containsKey("expiresAt"));
    assertThat(isReadable(lost)).as("whose key is there").isTrue();
    assertThat(isReadable(erased)).as("whose key is gone").isFalse();

    assertRestored(restore(FUNCTION, COPY), 0, 1);
    assertRestored(restore(FUNCTION, COPY), back.size(), 1);

    assertThat(traces(erased).keySet()).containsExactly(Table.AUDIT);
    assertThat(traces(erased).get(Table.AUDIT)).as("the receipt and its row").hasSize(2);
    assertThat(List.of(traces(neighbour), traces(anew))).isEqualTo(theirs);
    machine.settle();
    assertThat(machine.mailbox().mails()).as("no message is sent again").isEmpty();
    assertThat(again.at("127.0.31.4").signIn().statusCode()).isEqualTo(204);
    assertThat(carl.at("127.0.31.5").signIn().statusCode()).isEqualTo(204);
    assertThat(carl.get("/session").statusCode()).as("a session is left out").isEqualTo(401);
    assertThat(elsewhere.get("/session").statusCode()).as("signed out since").isEqualTo(401);
  }

  @Test
  void asksUntilNobodyIsLeft() throws Exception {
    create();
    answers.add("{\"ErasedAgain\": 2, \"Finished\": false, \"Before\": \"7\"}");

    assertRestored(restore(FUNCTION, COPY), 0, 2);
    assertThat(events).containsExactly("{}", "{\"Before\": \"7\"}");
  }

  @Test
  void saysInOneLineWhatIsWrong() throws Exception {
    for (var arguments :
        List.of(
            List.of("--at", "2026-11-23T08:00:00", FUNCTION, COPY),
            List.of(FUNCTION, Table.SUBJECTS.resource()),
            List.of(FUNCTION, "no-such-table"),
            List.of("NoSuchFunction", COPY))) {
      var said = restore(arguments.toArray(String[]::new));

      assertThat(said.status()).isNotZero();
      assertThat(said.output().strip().lines().toList().getLast()).startsWith("restore: ");
      assertThat(said.output()).doesNotContain("Traceback");
    }
    assertThat(events).isEmpty();
    assertThat(restore("--help")).extracting(Result::status).isEqualTo(0);
  }

  private static void assertRestored(Result said, int rows, int people) {
    assertThat(said.output())
        .contains("rows put back: " + rows + "\n", "people erased again: " + people + "\n");
    assertThat(said.status()).isZero();
  }

  private void eraseToTheReceipt(Person person) {
    person.signIn();
    assertThat(person.send("POST", "/privacy/erasures", null).statusCode()).isEqualTo(202);
    machine.settle();
    for (var time : List.of(AtErasure.CHANGE_OF_MIND, Duration.ofHours(3), Duration.ofDays(8))) {
      for (var step : List.of(time, Duration.ofHours(1), Duration.ofHours(1))) {
        machine.clock().advance(step);
        machine.settle();
      }
    }
  }

  /** As somebody's row was before it was written the last time. */
  private static Map<String, AttributeValue> older(
      Map<String, AttributeValue> item, String person) {
    var older = new HashMap<>(item);
    if (AttributeValue.fromS(person).equals(item.get("pk"))) {
      older.put("_at", AttributeValue.fromN("1"));
    }
    return older;
  }

  /** By a mistake: all that is theirs in the table, and what leads there. */
  private void lose(String person) {
    traces(person).getOrDefault(Table.SUBJECTS, List.of()).stream()
        .map(item -> Objects.requireNonNull(item.get("pk")).s())
        .distinct()
        .forEach(partition -> backstage.delete(Table.SUBJECTS, partition));
    assertThat(traces(person)).doesNotContainKey(Table.SUBJECTS);
  }

  private boolean isReadable(String person) {
    var account =
        RecordKinds.ALL.stream()
            .filter(kind -> kind.category() == Category.ACCOUNT)
            .findFirst()
            .orElseThrow();
    return backstage.isReadable(account.in(person));
  }

  private Map<Table, List<Map<String, AttributeValue>>> traces(String person) {
    var traces = new EnumMap<Table, List<Map<String, AttributeValue>>>(Table.class);
    for (var table : Table.values()) {
      var found =
          backstage.raw(table).stream().filter(item -> item.toString().contains(person)).toList();
      if (!found.isEmpty()) {
        traces.put(table, found);
      }
    }
    return traces;
  }

  private static String subject(Person person) throws IOException {
    return new JsonMapper().readTree(person.get("/session").body()).path("subject").asText();
  }

  // ── The operator's machine, and AWS ────────────────────────────────────────────────────────

  private Result restore(String... arguments) throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(DeployedTemplate.ROOT.resolve("functions/erasure-replay/restore").toString()));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true);
    var address = "http://127.0.0.1:" + aws.getAddress().getPort();
    var settings = process.environment();
    settings.keySet().removeIf(name -> name.startsWith("AWS_"));
    settings.putAll(
        Map.of(
            "AWS_ENDPOINT_URL_DYNAMODB", address,
            "AWS_ENDPOINT_URL_LAMBDA", address,
            "AWS_CONFIG_FILE", "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE", "/dev/null",
            "NO_PROXY", "127.0.0.1"));
    var ours = machine.environment(FUNCTION);
    for (var name : List.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")) {
      settings.put(name, ours.getOrDefault(name, ""));
    }
    // A file holds what it says: a full pipe would stop it.
    var output = Files.createTempFile(folder, "output", ".txt");
    var started = process.redirectOutput(output.toFile()).start();
    if (!started.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      started.destroyForcibly();
    }
    return new Result(started.waitFor(), Files.readString(output));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      var path = exchange.getRequestURI().getPath();
      if (path.equals(LAMBDA + "/configuration")) {
        var variables = machine.environment(FUNCTION);
        write(
            exchange,
            Json.MAPPER.toJson(
                Map.of(
                    "Handler",
                    variables.getOrDefault("_HANDLER", ""),
                    "Environment",
                    Map.of("Variables", variables))));
      } else if (path.equals(LAMBDA + "/invocations")) {
        events.add(asked);
        var answer = answers.poll();
        if (answer != null && answer.isEmpty()) {
          exchange.getResponseHeaders().add("X-Amz-Function-Error", "Unhandled");
          answer = "{\"errorType\": \"UnavailableException\", \"errorMessage\": \"DynamoDB\"}";
        }
        write(
            exchange,
            answer == null
                ? new String(machine.invoke(FUNCTION, asked.getBytes(UTF_8)), UTF_8)
                : answer);
      } else if (path.startsWith("/2015-03-31/")) {
        exchange.getResponseHeaders().add("X-Amzn-ErrorType", "ResourceNotFoundException");
        write(exchange, 404, "{\"Message\": \"Function not found\"}");
      } else {
        database(exchange, asked);
      }
    }
  }

  private void database(HttpExchange exchange, String asked) throws IOException {
    var headers = exchange.getRequestHeaders();
    var operation = String.valueOf(headers.getFirst("X-Amz-Target"));
    if (operation.endsWith(".RestoreTableToPointInTime")) {
      var said = new JsonMapper().readTree(asked);
      assertThat(said.path("SourceTableName").asText()).isEqualTo(Table.SUBJECTS.resource());
      assertThat(said.path("TargetTableName").asText()).isEqualTo(COPY);
      assertThat(said.path("RestoreDateTime").asLong()).isEqualTo(at.getEpochSecond());
      create();
      write(exchange, "{\"TableDescription\": {\"TableStatus\": \"CREATING\"}}");
      return;
    }
    if (operation.endsWith(".DescribeTable")) {
      write(exchange, "{\"Table\": {\"TableStatus\": \"ACTIVE\"}}");
      return;
    }
    var request = HttpRequest.newBuilder(machine.aws()).POST(BodyPublishers.ofString(asked));
    for (var name : List.of("Authorization", "Content-Type", "X-Amz-Date", "X-Amz-Target")) {
      request.header(name, Objects.requireNonNull(headers.getFirst(name)));
    }
    try {
      var answer = client.send(request.build(), BodyHandlers.ofString());
      write(exchange, answer.statusCode(), answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A copy of the table as it was then. */
  private void create() {
    var live =
        backstage
            .dynamo()
            .describeTable(request -> request.tableName(Table.SUBJECTS.resource()))
            .table();
    backstage
        .dynamo()
        .createTable(
            request ->
                request
                    .tableName(COPY)
                    .billingMode(BillingMode.PAY_PER_REQUEST)
                    .attributeDefinitions(live.attributeDefinitions())
                    .keySchema(live.keySchema()));
    then.forEach(item -> backstage.dynamo().putItem(put -> put.tableName(COPY).item(item)));
  }

  private static void write(HttpExchange exchange, String json) throws IOException {
    write(exchange, 200, json);
  }

  private static void write(HttpExchange exchange, int status, String json) throws IOException {
    var body = json.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
