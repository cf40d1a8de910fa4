package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What functions' roles may do with keys: what the template's statements say, and what grants add
 * to it. Who comes without a role's session is the account's root, whom nothing is refused.
 */
final class KmsRoles {
  private final Map<String, RoleDefinition> byFunction;
  private final KmsGrants grants;
  private volatile boolean known = true;

  KmsRoles(Map<String, RoleDefinition> byFunction, KmsGrants grants) {
    this.byFunction = byFunction;
    this.grants = grants;
  }

  /** Whether grants are known everywhere, or to those alone who bring a token of theirs. */
  void grantsAreKnown(boolean everywhere) {
    known = everywhere;
  }

  /**
   * Refuses what a role may not do.
   *
   * @param session of the role: the function's logical id
   * @param context the encryption context of the request
   */
  void check(
      Optional<String> session,
      String operation,
      KmsKey key,
      JsonNode request,
      Map<String, String> context) {
    if (session.isEmpty()) {
      return;
    }
    var role = byFunction.get(session.get());
    if (role == null) {
      throw new KmsException(
          "UnrecognizedClientException", "The security token included in the request is invalid.");
    }
    var allowed =
        role.statements().stream()
                .anyMatch(statement -> allows(statement, operation, key, request, context))
            || grants.all().stream()
                .filter(
                    grant -> grant.key().equals(key.arn()) && grant.grantee().equals(role.arn()))
                .filter(grant -> known || isBrought(grant, request))
                .anyMatch(grant -> grant.allows(operation, context));
    if (!allowed) {
      throw new KmsException(
          "AccessDeniedException",
          "User: %s is not authorized to perform: kms:%s on resource: %s"
              .formatted(role.arn(), operation, key.arn()));
    }
  }

  private static boolean isBrought(KmsGrant grant, JsonNode request) {
    return texts(request.path("GrantTokens")).stream().anyMatch(grant.tokens()::contains);
  }

  private static boolean allows(
      JsonNode statement,
      String operation,
      KmsKey key,
      JsonNode request,
      Map<String, String> context) {
    return statement.path("Effect").asText().equals("Allow")
        && texts(statement.path("Action")).contains("kms:" + operation)
        && texts(statement.path("Resource")).contains(key.arn())
        && statement.path("Condition").properties().stream()
            .allMatch(
                operator ->
                    operator.getValue().properties().stream()
                        .allMatch(
                            wanted ->
                                holds(
                                    operator.getKey(),
                                    values(wanted.getKey(), request, context),
                                    texts(wanted.getValue()))));
  }

  private static boolean holds(String operator, List<String> values, List<String> wanted) {
    return switch (operator) {
      case "StringEquals" -> values.stream().anyMatch(wanted::contains);
      case "ForAllValues:StringEquals" -> wanted.containsAll(values);
      default ->
          throw new MachineException(
              "A statement about keys has the condition "
                  + operator
                  + ", which the local machine does not know.");
    };
  }

  private static List<String> values(
      String conditionKey, JsonNode request, Map<String, String> context) {
    var pair = "kms:EncryptionContext:";
    if (conditionKey.startsWith(pair)) {
      var value = context.get(conditionKey.substring(pair.length()));
      return value == null ? List.of() : List.of(value);
    }
    return switch (conditionKey) {
      case "kms:GranteePrincipal" -> texts(request.path("GranteePrincipal"));
      case "kms:GrantOperations" -> texts(request.path("Operations"));
      case "kms:GrantConstraintType" ->
          request.path("Constraints").properties().stream().map(Map.Entry::getKey).toList();
      default ->
          throw new MachineException(
              "A statement about keys asks for "
                  + conditionKey
                  + ", which the local machine does not know.");
    };
  }

  private static List<String> texts(JsonNode node) {
    var texts = new ArrayList<String>();
    if (node.isTextual()) {
      texts.add(node.asText());
    }
    node.forEach(item -> texts.add(item.asText()));
    return texts;
  }
}
