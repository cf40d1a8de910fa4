package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A CloudFormation template with its functions ({@code Ref}, {@code Fn::Sub}, ...) carried out for
 * this machine.
 */
final class Template {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(!?)([^}]+)}");

  private final ObjectNode root;
  private final Map<String, String> parameters;
  private final URI api;
  private final URI aws;

  /**
   * @param given parameters that win over the template's defaults
   * @param api where the HTTP API answers
   * @param aws where the stand-ins for AWS answer
   */
  Template(ObjectNode root, Map<String, String> given, URI api, URI aws) {
    this.root = root;
    this.api = api;
    this.aws = aws;
    this.parameters = parameters(root, given);
  }

  private static Map<String, String> parameters(ObjectNode root, Map<String, String> given) {
    var values = new LinkedHashMap<String, String>();
    root.path("Parameters")
        .properties()
        .forEach(
            parameter -> {
              var standard = parameter.getValue().path("Default");
              if (given.containsKey(parameter.getKey())) {
                values.put(parameter.getKey(), given.get(parameter.getKey()));
              } else if (!standard.isMissingNode()) {
                values.put(parameter.getKey(), standard.asText());
              } else {
                throw new MachineException(
                    "The template's parameter "
                        + parameter.getKey()
                        + " has no default and none was given.");
              }
            });
    return values;
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }

  /**
   * The properties of every resource of a type whose condition holds, by logical id, as written.
   */
  Map<String, JsonNode> resources(String type) {
    var found = new LinkedHashMap<String, JsonNode>();
    root.path("Resources")
        .properties()
        .forEach(
            resource -> {
              var condition = resource.getValue().path("Condition");
              if (resource.getValue().path("Type").asText().equals(type)
                  && (condition.isMissingNode() || holds(condition.asText()))) {
                found.put(resource.getKey(), resource.getValue().path("Properties"));
              }
            });
    return found;
  }

  /** The {@code Globals} for functions, as written. */
  JsonNode functionGlobals() {
    return root.path("Globals").path("Function");
  }

  /**
   * Carries out the functions in a part of the template.
   *
   * @throws MachineException if one is not known here
   */
  JsonNode resolve(JsonNode node) {
    if (node.isArray()) {
      var array = Json.array();
      node.forEach(item -> add(array, resolve(item)));
      return array;
    }
    if (!node.isObject()) {
      return node;
    }
    if (node.size() == 1) {
      var only = node.properties().iterator().next();
      if (only.getKey().equals("Ref") || only.getKey().startsWith("Fn::")) {
        return call(only.getKey(), only.getValue());
      }
    }
    var object = Json.object();
    node.properties()
        .forEach(
            entry -> {
              var value = resolve(entry.getValue());
              if (!value.isMissingNode()) {
                object.set(entry.getKey(), value);
              }
            });
    return object;
  }

  private static void add(com.fasterxml.jackson.databind.node.ArrayNode array, JsonNode value) {
    if (!value.isMissingNode()) {
      array.add(value);
    }
  }

  private JsonNode call(String function, JsonNode argument) {
    return switch (function) {
      case "Ref" -> reference(argument.asText());
      case "Fn::GetAtt" ->
          TextNode.valueOf(attribute(argument.path(0).asText(), argument.path(1).asText()));
      case "Fn::Sub" -> TextNode.valueOf(substitute(argument));
      case "Fn::If" -> resolve(argument.path(holds(argument.path(0).asText()) ? 1 : 2));
      case "Fn::Join" ->
          TextNode.valueOf(
              texts(resolve(argument.path(1))).stream()
                  .collect(Collectors.joining(argument.path(0).asText())));
      case "Fn::Select" -> resolve(argument.path(1)).path(resolve(argument.path(0)).asInt());
      case "Fn::Split" ->
          Json.of(
              List.of(
                  resolve(argument.path(1))
                      .asText()
                      .split(Pattern.quote(argument.path(0).asText()))));
      default ->
          throw new MachineException(
              "The template uses " + function + ", which the local machine does not know.");
    };
  }

  private static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private JsonNode reference(String name) {
    if (name.equals("AWS::NoValue")) {
      return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }
    return TextNode.valueOf(text(name));
  }

  private String text(String name) {
    var parameter = parameters.get(name);
    if (parameter != null) {
      return parameter;
    }
    return switch (name) {
      case "AWS::Region" -> Names.REGION;
      case "AWS::AccountId" -> Names.ACCOUNT;
      case "AWS::Partition" -> "aws";
      case "AWS::URLSuffix" -> "amazonaws.com";
      case "AWS::StackName" -> "local";
      default ->
          switch (typeOf(name)) {
            case "AWS::KMS::Key" -> Names.keyId(name);
            case "AWS::SQS::Queue" -> aws.resolve("/" + Names.ACCOUNT + "/" + name).toString();
            case "AWS::Serverless::HttpApi" -> Names.API_ID;
            default -> name; // tables, buckets and functions are called by their logical id
          };
    };
  }

  private String attribute(String name, String attribute) {
    var type = typeOf(name);
    return switch (type + " " + attribute) {
      case "AWS::DynamoDB::Table Arn" -> Names.tableArn(name);
      case "AWS::DynamoDB::Table StreamArn" -> Names.streamArn(name);
      case "AWS::SQS::Queue Arn" -> Names.queueArn(name);
      case "AWS::SQS::Queue QueueName" -> name;
      case "AWS::SQS::Queue QueueUrl" -> text(name);
      case "AWS::KMS::Key Arn" -> Names.keyArn(name);
      case "AWS::Events::EventBus Arn" -> Names.arn("events", "event-bus/" + name);
      case "AWS::S3::Bucket Arn" -> "arn:aws:s3:::" + name;
      case "AWS::KMS::Key KeyId" -> Names.keyId(name);
      case "AWS::Serverless::Function Arn" -> Names.functionArn(name);
      case "AWS::Serverless::HttpApi ApiEndpoint" -> api.toString();
      case "AWS::IAM::Role Arn" -> Names.roleArn(name);
      default ->
          switch (attribute) {
            // Roles, alarms and the like: nothing here is asked for them, but they have a name.
            case "Arn" -> Names.arn("local", name);
            case "Name" -> name;
            default ->
                throw new MachineException(
                    "The template asks for "
                        + name
                        + "."
                        + attribute
                        + ", which the local machine does not know.");
          };
    };
  }

  private String typeOf(String name) {
    var resource = root.path("Resources").path(name);
    if (resource.isMissingNode() && isMadeBySam(name)) {
      return "AWS::IAM::Role";
    }
    if (resource.isMissingNode()) {
      throw new MachineException("The template refers to " + name + ", which it does not declare.");
    }
    return resource.path("Type").asText();
  }

  /** The role of a function that names none. */
  private boolean isMadeBySam(String name) {
    var function = root.path("Resources").path(name.replaceFirst("Role$", ""));
    return name.endsWith("Role")
        && function.path("Type").asText().equals("AWS::Serverless::Function")
        && function.path("Properties").path("Role").isMissingNode();
  }

  private String substitute(JsonNode argument) {
    var own = argument.isArray() ? argument.path(1) : Json.object();
    return PLACEHOLDER
        .matcher(argument.isArray() ? argument.path(0).asText() : argument.asText())
        .replaceAll(
            match -> {
              var name = match.group(2);
              if (!match.group(1).isEmpty()) {
                return java.util.regex.Matcher.quoteReplacement("${" + name + "}"); // ${!Literal}
              }
              var dot = name.split("\\.", 2);
              var value =
                  own.has(name)
                      ? resolve(own.path(name)).asText()
                      : dot.length > 1 ? attribute(dot[0], dot[1]) : text(name);
              return java.util.regex.Matcher.quoteReplacement(value);
            });
  }

  private boolean holds(String condition) {
    var written = root.path("Conditions").path(condition);
    if (written.isMissingNode()) {
      throw new MachineException(
          "The template uses the condition " + condition + ", which it does not declare.");
    }
    return test(written);
  }

  private boolean test(JsonNode condition) {
    var only = condition.properties().iterator().next();
    var arguments = new ArrayList<JsonNode>();
    only.getValue().forEach(arguments::add);
    return switch (only.getKey()) {
      case "Condition" -> holds(only.getValue().asText());
      case "Fn::Equals" ->
          resolve(arguments.get(0)).asText().equals(resolve(arguments.get(1)).asText());
      case "Fn::Not" -> !test(arguments.getFirst());
      case "Fn::And" -> arguments.stream().allMatch(this::test);
      case "Fn::Or" -> arguments.stream().anyMatch(this::test);
      default ->
          throw new MachineException(
              "The template uses the condition function "
                  + only.getKey()
                  + ", which the local machine does not know.");
    };
  }
}
