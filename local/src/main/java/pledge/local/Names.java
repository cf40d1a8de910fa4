package pledge.local;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * What AWS would call each thing: always the same for the same logical id, so that a restart
 * changes no name.
 */
final class Names {
  static final String REGION = "eu-central-1";
  static final String ACCOUNT = "000000000000";
  static final String API_ID = "local";

  private Names() {}

  static String keyId(String logicalId) {
    return UUID.nameUUIDFromBytes(logicalId.getBytes(StandardCharsets.UTF_8)).toString();
  }

  static String keyArn(String logicalId) {
    return arn("kms", "key/" + keyId(logicalId));
  }

  static String tableArn(String logicalId) {
    return arn("dynamodb", "table/" + logicalId);
  }

  static String streamArn(String logicalId) {
    return tableArn(logicalId) + "/stream/1970-01-01T00:00:00.000";
  }

  static String queueArn(String logicalId) {
    return arn("sqs", logicalId);
  }

  static String functionArn(String logicalId) {
    return arn("lambda", "function:" + logicalId);
  }

  static String ruleArn(String name) {
    return arn("events", "rule/" + name);
  }

  static String roleArn(String name) {
    return "arn:aws:iam::" + ACCOUNT + ":role/" + name;
  }

  static String identityArn(String address) {
    return arn("ses", "identity/" + address);
  }

  static String arn(String service, String resource) {
    return "arn:aws:" + service + ":" + REGION + ":" + ACCOUNT + ":" + resource;
  }

  /** The logical id within an ARN made here: the table of a stream, the queue, the function. */
  static String logicalId(String arn) {
    var resource = arn.split(":", 6)[5];
    return switch (arn.split(":", 4)[2]) {
      case "dynamodb" -> resource.split("/", 3)[1];
      case "lambda" -> resource.split(":", 2)[1];
      default -> resource;
    };
  }
}
