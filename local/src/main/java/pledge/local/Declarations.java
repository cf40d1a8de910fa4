package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a template declares of the things that this machine can stand up. */
final class Declarations {
  private final Template template;

  Declarations(Template template) {
    this.template = template;
  }

  List<TableDefinition> tables() {
    return all("AWS::DynamoDB::Table", TableDefinition::new);
  }

  List<KeyDefinition> keys() {
    return all(
        "AWS::KMS::Key",
        (id, key) ->
            new KeyDefinition(
                id,
                key.path("KeySpec").asText("SYMMETRIC_DEFAULT"),
                key.path("Description").asText()));
  }

  /**
   * Names that keys go by, such as {@code alias/vault}, with the logical id of the key each stands
   * for.
   */
  Map<String, String> keyAliases() {
    var keys = new LinkedHashMap<String, String>();
    template.resources("AWS::KMS::Key").keySet().forEach(id -> keys.put(Names.keyId(id), id));
    var aliases = new LinkedHashMap<String, String>();
    template
        .resources("AWS::KMS::Alias")
        .values()
        .forEach(
            alias -> {
              var target = template.resolve(alias.path("TargetKeyId")).asText();
              var id = keys.get(target.substring(target.lastIndexOf('/') + 1));
              if (id != null) {
                aliases.put(template.resolve(alias.path("AliasName")).asText(), id);
              }
            });
    return aliases;
  }

  List<QueueDefinition> queues() {
    return all(
        "AWS::SQS::Queue",
        (id, queue) -> {
          var redrive = queue.path("RedrivePolicy");
          var target = redrive.path("deadLetterTargetArn");
          return new QueueDefinition(
              id,
              Duration.ofSeconds(queue.path("VisibilityTimeout").asLong(30)),
              target.isTextual() ? Optional.of(Names.logicalId(target.asText())) : Optional.empty(),
              redrive.path("maxReceiveCount").asInt(Integer.MAX_VALUE));
        });
  }

  /** Of a bucket's lifecycle, the rule that is for all that is in it. */
  List<BucketDefinition> buckets() {
    return all(
        "AWS::S3::Bucket",
        (id, bucket) -> {
          var rule = bucket.path("LifecycleConfiguration").path("Rules").path(0);
          return new BucketDefinition(
              id,
              rule.path("Status").asText().equals("Enabled") && rule.has("ExpirationInDays")
                  ? Optional.of(rule.path("ExpirationInDays").asInt())
                  : Optional.empty());
        });
  }

  List<PipeDefinition> pipes() {
    return all(
        "AWS::Pipes::Pipe",
        (id, pipe) -> {
          var source = pipe.path("Source").asText();
          var target = pipe.path("Target").asText();
          if (!source.contains(":dynamodb:")) {
            throw unknownWay(id);
          }
          return new PipeDefinition(
              id,
              Names.logicalId(source),
              StreamSettings.ofPipe(pipe.path("SourceParameters")),
              destinations(id, target),
              pipe.path("TargetParameters").path("InputTemplate").asText());
        });
  }

  /** A queue; or an event bus, with the queues that its rules lead to. */
  private List<PipeDefinition.Destination> destinations(String pipe, String target) {
    if (target.contains(":sqs:")) {
      return List.of(new PipeDefinition.Destination(Names.logicalId(target), Optional.empty()));
    }
    var found = new ArrayList<PipeDefinition.Destination>();
    for (var written : template.resources("AWS::Events::Rule").values()) {
      var rule = template.resolve(written);
      if (!rule.path("EventBusName")
          .asText()
          .equals(target.substring(target.lastIndexOf('/') + 1))) {
        continue;
      }
      var pattern = EventPattern.parse(Json.text(rule.path("EventPattern")));
      for (var end : rule.path("Targets")) {
        if (!end.path("Arn").asText().contains(":sqs:")
            || !end.path("InputPath").asText().equals("$.detail")) {
          throw unknownWay(pipe);
        }
        found.add(
            new PipeDefinition.Destination(
                Names.logicalId(end.path("Arn").asText()), Optional.of(pattern)));
      }
    }
    if (found.isEmpty()) {
      throw unknownWay(pipe);
    }
    return found;
  }

  private static MachineException unknownWay(String pipe) {
    return new MachineException(
        "The pipe "
            + pipe
            + " does not lead from a table's stream to a queue, or over an event bus to some: the"
            + " local machine knows no other.");
  }

  List<FunctionDefinition> functions() {
    var globals = template.functionGlobals();
    var functions = new ArrayList<FunctionDefinition>();
    template
        .resources("AWS::Serverless::Function")
        .forEach(
            (id, written) ->
                functions.add(
                    new FunctionDefinition(
                        id,
                        written.path("Handler").asText(globals.path("Handler").asText()),
                        timeout(written, globals),
                        written.path("MemorySize").asInt(globals.path("MemorySize").asInt(128)),
                        variables(globals, written),
                        events(id, written.path("Events")))));
    return functions;
  }

  /** The roles of functions, by the function: SAM's own, or the one that it names. */
  Map<String, RoleDefinition> roles() {
    var named = template.resources("AWS::IAM::Role");
    var roles = new LinkedHashMap<String, RoleDefinition>();
    template
        .resources("AWS::Serverless::Function")
        .forEach(
            (id, written) -> {
              var name = written.path("Role").path("Fn::GetAtt").path(0).asText(id + "Role");
              var policies = named.containsKey(name) ? named.get(name) : written;
              roles.put(id, new RoleDefinition(Names.roleArn(name), aboutKeys(policies)));
            });
    return roles;
  }

  private List<JsonNode> aboutKeys(JsonNode policies) {
    var statements = new ArrayList<JsonNode>();
    for (var policy : policies.path("Policies")) {
      var document = policy.has("PolicyDocument") ? policy.path("PolicyDocument") : policy;
      for (var statement : document.path("Statement")) {
        if (statement.path("Action").toString().contains("\"kms:")) {
          statements.add(template.resolve(statement));
        }
      }
    }
    return statements;
  }

  private static Duration timeout(JsonNode written, JsonNode globals) {
    var standard = EventSource.DEFAULT_TIMEOUT.toSeconds();
    return Duration.ofSeconds(
        written.path("Timeout").asLong(globals.path("Timeout").asLong(standard)));
  }

  private Map<String, String> variables(JsonNode globals, JsonNode written) {
    var variables = new LinkedHashMap<String, String>();
    for (var level : List.of(globals, written)) {
      template
          .resolve(level.path("Environment").path("Variables"))
          .properties()
          .forEach(variable -> variables.put(variable.getKey(), variable.getValue().asText()));
    }
    return variables;
  }

  private List<EventSource> events(String function, JsonNode events) {
    var sources = new ArrayList<EventSource>();
    events
        .properties()
        .forEach(
            event -> {
              if (isEnabled(event.getValue().path("Properties"))) {
                sources.add(event(function, event.getKey(), event.getValue()));
              }
            });
    return sources;
  }

  /** Streams, queues and schedules can be switched off, each in its own words. */
  private boolean isEnabled(JsonNode event) {
    return template.resolve(event.path("Enabled")).asBoolean(true)
        && !template.resolve(event.path("State")).asText().equals("DISABLED");
  }

  private EventSource event(String function, String name, JsonNode event) {
    var properties = template.resolve(event.path("Properties"));
    var type = event.path("Type").asText();
    return switch (type) {
      case "HttpApi" ->
          new EventSource.Http(
              properties.path("Method").asText("ANY"),
              properties.path("Path").asText("$default"),
              wantsIam(function, properties.path("Auth").path("Authorizer").asText()));
      case "DynamoDB" ->
          new EventSource.Stream(
              Names.logicalId(properties.path("Stream").asText()),
              StreamSettings.ofEvent(properties));
      case "SQS" ->
          new EventSource.Queue(
              Names.logicalId(properties.path("Queue").asText()),
              properties.path("BatchSize").asInt(10),
              properties
                  .path("FunctionResponseTypes")
                  .toString()
                  .contains("ReportBatchItemFailures"));
      case "Schedule", "ScheduleV2" ->
          new EventSource.Schedule(
              function + name,
              ScheduleExpression.parse(
                  properties
                      .path(type.equals("Schedule") ? "Schedule" : "ScheduleExpression")
                      .asText()),
              properties.path("Input"),
              type.equals("Schedule")
                  ? EventSource.Schedule.Kind.EVENTS
                  : EventSource.Schedule.Kind.SCHEDULER);
      default ->
          throw new MachineException(
              "The function "
                  + function
                  + " has an event of type "
                  + type
                  + ", which the local machine does not know.");
    };
  }

  /** As SAM has it: a route may ask for what the API offers. */
  private boolean wantsIam(String function, String authorizer) {
    var offered =
        template.resources("AWS::Serverless::HttpApi").values().stream()
            .allMatch(api -> api.path("Auth").path("EnableIamAuthorizer").asBoolean());
    if (authorizer.isEmpty() || (authorizer.equals("AWS_IAM") && offered)) {
      return !authorizer.isEmpty();
    }
    throw new MachineException(
        "The function "
            + function
            + " has a route with the authorizer "
            + authorizer
            + ": the local machine knows AWS_IAM alone, where the API has EnableIamAuthorizer.");
  }

  private <T> List<T> all(String type, java.util.function.BiFunction<String, JsonNode, T> read) {
    var found = new ArrayList<T>();
    template
        .resources(type)
        .forEach((id, written) -> found.add(read.apply(id, template.resolve(written))));
    return found;
  }
}
