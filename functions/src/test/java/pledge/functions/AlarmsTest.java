package pledge.functions;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.billing.OpenTask;
import pledge.functions.DeployedTemplate.Part;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.privacy.OpenRequest;
import pledge.records.Backstage;
import pledge.subject.TextMessage;
import pledge.vault.SubjectId;

/** An alarm that waits for a metric that nobody writes would be silent for ever. */
class AlarmsTest {
  private static final DeployedTemplate TEMPLATE = new DeployedTemplate();
  private static final JsonMapper JSON = new JsonMapper();

  /** An hour before the daily audit. */
  private static final Instant NIGHT = Instant.parse("2026-11-22T02:00:00Z");

  /**
   * What AWS measures by itself, by namespace: the metrics that we know of, the one dimension that
   * says of what, the type of that, and how the template says which.
   */
  private static final Map<String, Measured> BY_AWS =
      Map.of(
          "AWS/ApiGateway",
          new Measured(Set.of("5xx"), "ApiId", "AWS::Serverless::HttpApi", "!Ref %"),
          "AWS/Lambda",
          new Measured(
              Set.of("Errors", "IteratorAge"),
              "FunctionName",
              "AWS::Serverless::Function",
              "!Ref %"),
          "AWS/EventBridge/Pipes",
          new Measured(Set.of("ExecutionFailed"), "PipeName", "AWS::Pipes::Pipe", "!Ref %"),
          "AWS/SQS",
          new Measured(
              Set.of("ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"),
              "QueueName",
              "AWS::SQS::Queue",
              "!GetAtt %.QueueName"));

  private static final Set<Metric> EMITTED = new HashSet<>();

  private record Measured(Set<String> metrics, String dimension, String type, String reference) {
    Stream<String> references() {
      return TEMPLATE.ofType(type).stream()
          .map(resource -> reference.replace("%", resource.name()));
    }
  }

  /** As CloudWatch tells one from another: other dimensions are another metric. */
  private record Metric(String namespace, String name, Map<String, String> dimensions) {}

  static Stream<Part> alarms() {
    return TEMPLATE.ofType("AWS::CloudWatch::Alarm").stream();
  }

  static Stream<Part> alarmsOfOurs() {
    return alarms().filter(alarm -> !isOfAws(alarm));
  }

  static Stream<Part> alarmsOfAws() {
    return alarms().filter(AlarmsTest::isOfAws);
  }

  /**
   * The hours of a night in which a record's time is over, a processor is asked to delete its copy,
   * and a message cannot be followed.
   */
  @BeforeAll
  static void live() throws IOException {
    var printed = new ByteArrayOutputStream();
    var out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    var options = Options.inMemory().withClockAt(NIGHT).withFunctions(behindTheApi());
    try (var machine = Machine.start(options);
        var backstage = new Backstage(machine)) {
      var now = machine.clock().instant();
      backstage
          .store()
          .insert(
              TextMessage.KIND.in(backstage.subject().value(), "SM1"),
              new TextMessage("a code", "123456", "delivered", now),
              now.plus(Duration.ofHours(1)));
      var nobodys = OpenRequest.export(SubjectId.random(), now, now);
      backstage.store().insert(nobodys.ref("a-request"), nobodys, Instant.MAX);
      var task = new OpenTask(SubjectId.random(), OpenTask.What.ASSISTANT, now, now);
      backstage.store().insert(OpenTask.ref(task.what(), task.subject()), task, Instant.MAX);
      var malformed = DeployedTemplate.ROOT.resolve("events/billing-worker/malformed.json");
      machine.invoke("BillingWorkerFunction", Files.readAllBytes(malformed));
      machine.clock().advance(Duration.ofHours(2));
      machine.settle(Duration.ofMinutes(2));
    } finally {
      System.setOut(out);
      System.out.print(printed.toString(StandardCharsets.UTF_8));
    }
    for (var line : printed.toString(StandardCharsets.UTF_8).lines().toList()) {
      if (line.startsWith("{\"_aws\"")) {
        EMITTED.addAll(metrics(JSON.readTree(line)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("alarmsOfOurs")
  void anAlarmWaitsForAMetricThatAFunctionWrites(Part alarm) {
    assertThat(EMITTED).contains(metric(alarm));
  }

  @ParameterizedTest
  @MethodSource("alarmsOfAws")
  void anAlarmWaitsForAMetricThatAwsHasOfSomethingOfOurs(Part alarm) {
    var metric = metric(alarm);
    assertThat(BY_AWS).containsKey(metric.namespace());
    assertThat(BY_AWS.get(metric.namespace()))
        .isNotNull()
        .satisfies(
            measured -> {
              assertThat(measured.metrics()).contains(metric.name());
              assertThat(metric.dimensions()).containsOnlyKeys(measured.dimension());
              assertThat(measured.references()).containsAll(metric.dimensions().values());
            });
  }

  /** Of a function that no stream feeds, AWS has no such metric. */
  @Test
  void anAlarmForTheAgeOfRecordsIsForAFunctionThatReadsStreams() {
    var readers =
        TEMPLATE.functions().stream()
            .filter(function -> hasEvent(function, "DynamoDB"))
            .map(function -> "!Ref " + function.name())
            .toList();

    assertThat(alarmsOfAws().map(AlarmsTest::metric))
        .filteredOn(metric -> metric.name().equals("IteratorAge"))
        .isNotEmpty()
        .allSatisfy(metric -> assertThat(readers).containsAll(metric.dimensions().values()));
  }

  @ParameterizedTest
  @MethodSource("alarms")
  void anAlarmReachesSomebody(Part alarm) {
    assertThat(alarm.at("Properties", "AlarmActions").texts())
        .isNotEmpty()
        .isSubsetOf(
            TEMPLATE.ofType("AWS::SNS::Topic").stream()
                .map(topic -> "!Ref " + topic.name())
                .toList());
  }

  private static boolean isOfAws(Part alarm) {
    return metric(alarm).namespace().startsWith("AWS/");
  }

  private static Metric metric(Part alarm) {
    var properties = alarm.at("Properties");
    return new Metric(
        properties.at("Namespace").text(),
        properties.at("MetricName").text(),
        properties.at("Dimensions").all().stream()
            .collect(
                toMap(
                    dimension -> dimension.at("Name").text(),
                    dimension -> dimension.at("Value").text())));
  }

  /** What CloudWatch would take from a line in its embedded metric format. */
  private static Set<Metric> metrics(JsonNode line) {
    var metrics = new HashSet<Metric>();
    for (var directive : line.at("/_aws/CloudWatchMetrics")) {
      for (var dimensions : directive.path("Dimensions")) {
        var values =
            dimensions
                .valueStream()
                .collect(toMap(JsonNode::asText, name -> line.path(name.asText()).asText()));
        for (var metric : directive.path("Metrics")) {
          var name = metric.path("Name").asText();
          if (line.path(name).isNumber()) {
            metrics.add(new Metric(directive.path("Namespace").asText(), name, values));
          }
        }
      }
    }
    return metrics;
  }

  /** The functions that answer no request: clocks, queues and streams call them. */
  private static String[] behindTheApi() {
    return TEMPLATE.functions().stream()
        .filter(function -> !hasEvent(function, "HttpApi"))
        .map(Part::name)
        .toArray(String[]::new);
  }

  private static boolean hasEvent(Part function, String type) {
    return function.at("Properties", "Events").entries().stream()
        .anyMatch(event -> event.at("Type").text().equals(type));
  }
}
