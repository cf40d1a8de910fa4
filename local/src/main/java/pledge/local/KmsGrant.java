package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What lets a role use a key beyond its own permissions.
 *
 * @param request as it was asked for: grantee, operations, constraints, name
 * @param tokens each stands for the grant before it is known everywhere
 */
record KmsGrant(String id, String key, Instant createdAt, JsonNode request, List<String> tokens) {

  /** The two kinds of constraint; a grant has one at most. */
  static final List<String> CONSTRAINTS =
      List.of("EncryptionContextEquals", "EncryptionContextSubset");

  Optional<String> name() {
    return Optional.of(request.path("Name").asText()).filter(name -> !name.isEmpty());
  }

  String grantee() {
    return request.path("GranteePrincipal").asText();
  }

  /** As {@code request}, but for its tokens, which another try may lack. */
  boolean isFor(JsonNode other) {
    return Stream.of("GranteePrincipal", "RetiringPrincipal", "Operations", "Constraints", "Name")
        .allMatch(field -> request.path(field).equals(other.path(field)));
  }

  KmsGrant with(String token) {
    return new KmsGrant(
        id, key, createdAt, request, Stream.concat(tokens.stream(), Stream.of(token)).toList());
  }

  boolean allows(String operation, Map<String, String> context) {
    return StreamSupport.stream(request.path("Operations").spliterator(), false)
            .anyMatch(allowed -> allowed.asText().equals(operation))
        && CONSTRAINTS.stream().allMatch(constraint -> holds(constraint, context));
  }

  private boolean holds(String constraint, Map<String, String> context) {
    var wanted = request.path("Constraints").path(constraint);
    if (wanted.isMissingNode()) {
      return true;
    }
    var pairs = new LinkedHashMap<String, String>();
    wanted.properties().forEach(pair -> pairs.put(pair.getKey(), pair.getValue().asText()));
    return constraint.equals("EncryptionContextEquals")
        ? pairs.equals(context)
        : context.entrySet().containsAll(pairs.entrySet());
  }

  /** As {@code ListGrants} shows it. */
  JsonNode listed() {
    var listed =
        Json.object()
            .put("GrantId", id)
            .put("KeyId", key)
            .put("CreationDate", createdAt.getEpochSecond())
            .put("IssuingAccount", "arn:aws:iam::" + Names.ACCOUNT + ":root");
    for (var field :
        List.of("GranteePrincipal", "RetiringPrincipal", "Operations", "Constraints", "Name")) {
      if (request.has(field)) {
        listed.set(field, request.path(field));
      }
    }
    return listed;
  }

  JsonNode toJson() {
    var kept = Json.object().put("key", key).put("createdAt", createdAt.toString());
    kept.set("request", request);
    kept.set("tokens", Json.of(tokens));
    return kept;
  }
}
