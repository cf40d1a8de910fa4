package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The grants of all keys, and what is refused of them. */
final class KmsGrants {
  private static final String KIND = "grants";
  private static final int ID_BYTES = 32;
  private static final int LONGEST_VALUE = 384;
  private static final int MOST_PAIRS = 8;
  private static final int PAGE = 50;
  private static final int LARGEST_PAGE = 100;

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9:/_-]{1,256}");
  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern PRINCIPAL =
      Pattern.compile("arn:aws:(iam|sts)::\\d{12}:(root|(user|role|assumed-role)/.+)");

  private static final Set<String> OF_ANY_KEY = Set.of("CreateGrant", "RetireGrant", "DescribeKey");
  private static final Set<String> OF_SYMMETRIC_KEYS =
      Set.of(
          "Decrypt",
          "Encrypt",
          "GenerateDataKey",
          "GenerateDataKeyWithoutPlaintext",
          "GenerateDataKeyPair",
          "GenerateDataKeyPairWithoutPlaintext",
          "ReEncryptFrom",
          "ReEncryptTo");
  private static final Set<String> OF_SIGNING_KEYS = Set.of("Sign", "Verify", "GetPublicKey");

  private final Map<String, KmsGrant> byId = new LinkedHashMap<>();
  private final Store store;
  private final InstantSource clock;

  KmsGrants(Store store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
    store
        .all(KIND)
        .forEach(
            (id, kept) -> {
              var tokens = new ArrayList<String>();
              kept.path("tokens").forEach(token -> tokens.add(token.asText()));
              byId.put(
                  id,
                  new KmsGrant(
                      id,
                      kept.path("key").asText(),
                      Instant.parse(kept.path("createdAt").asText()),
                      kept.path("request"),
                      tokens));
            });
  }

  /** All of them, of whatever key. */
  synchronized List<KmsGrant> all() {
    return List.copyOf(byId.values());
  }

  /** A grant by that name that is the same in everything is that grant, with one more token. */
  synchronized JsonNode create(KmsKey key, JsonNode request) {
    check(key.usable(), request);
    var token = HexFormat.of().formatHex(KmsKey.random(ID_BYTES));
    var grant =
        byId.values().stream()
            .filter(known -> known.name().isPresent() && known.key().equals(key.arn()))
            .filter(known -> known.isFor(request))
            .findFirst()
            .orElseGet(
                () ->
                    new KmsGrant(
                        HexFormat.of().formatHex(KmsKey.random(ID_BYTES)),
                        key.arn(),
                        clock.instant(),
                        request,
                        List.of()))
            .with(token);
    byId.put(grant.id(), grant);
    store.put(KIND, grant.id(), grant.toJson());
    return Json.object().put("GrantId", grant.id()).put("GrantToken", token);
  }

  synchronized JsonNode revoke(KmsKey key, JsonNode request) {
    var id = request.path("GrantId").asText();
    if (!ID.matcher(id).matches()) {
      throw new KmsException("InvalidGrantIdException", "Grant ID is not valid.");
    }
    var grant = byId.get(id);
    if (grant == null || !grant.key().equals(key.arn())) {
      throw new KmsException("NotFoundException", "Grant ID " + id + " not found");
    }
    byId.remove(id);
    store.remove(KIND, id);
    return Json.object();
  }

  /** A page of them, in the order of their making. */
  synchronized JsonNode list(KmsKey key, JsonNode request) {
    var limit = request.path("Limit").asInt(PAGE);
    if (limit < 1 || limit > LARGEST_PAGE) {
      throw validation("Limit is 1 to " + LARGEST_PAGE + ".");
    }
    var matching =
        byId.values().stream()
            .filter(grant -> grant.key().equals(key.arn()))
            .filter(grant -> isAskedFor(grant, request))
            .toList();
    var ids = matching.stream().map(KmsGrant::id).toList();
    var start = request.has("Marker") ? ids.indexOf(request.path("Marker").asText()) + 1 : 0;
    var page = matching.subList(start, Math.min(start + limit, matching.size()));
    var more = start + limit < matching.size();
    var answer = Json.object().put("Truncated", more);
    if (more) {
      answer.put("NextMarker", page.getLast().id());
    }
    answer.set("Grants", Json.of(page.stream().map(KmsGrant::listed).toList()));
    return answer;
  }

  private static boolean isAskedFor(KmsGrant grant, JsonNode request) {
    return (!request.has("GranteePrincipal")
            || grant.grantee().equals(request.path("GranteePrincipal").asText()))
        && (!request.has("GrantId") || grant.id().equals(request.path("GrantId").asText()));
  }

  private static void check(KmsKey key, JsonNode request) {
    if (!PRINCIPAL.matcher(request.path("GranteePrincipal").asText()).matches()) {
      throw new KmsException("InvalidArnException", "The grantee is no principal.");
    }
    if (request.has("Name") && !NAME.matcher(request.path("Name").asText()).matches()) {
      throw validation("The name is 1 to 256 letters, digits and :/_-.");
    }
    var symmetric = key.spec().equals(KmsKey.SYMMETRIC);
    if (request.path("Operations").isEmpty()) {
      throw validation("A grant has one operation at least.");
    }
    for (var operation : request.path("Operations")) {
      var fitting = symmetric ? OF_SYMMETRIC_KEYS : OF_SIGNING_KEYS;
      if (!OF_ANY_KEY.contains(operation.asText()) && !fitting.contains(operation.asText())) {
        throw validation("The key cannot do that.");
      }
    }
    check(symmetric, request.path("Constraints"));
  }

  private static void check(boolean symmetric, JsonNode constraints) {
    if (constraints.size() > 1) {
      throw validation("A grant has one kind of encryption context constraint.");
    }
    for (var constraint : constraints.properties()) {
      if (!symmetric || !KmsGrant.CONSTRAINTS.contains(constraint.getKey())) {
        throw validation("The key cannot be constrained by that.");
      }
      var pairs = constraint.getValue();
      if (pairs.size() > MOST_PAIRS) {
        throw validation("A constraint has 8 pairs at most.");
      }
      for (var pair : pairs.properties()) {
        if (pair.getValue().asText().length() > LONGEST_VALUE) {
          throw validation("A value has 384 characters at most.");
        }
      }
    }
  }

  private static KmsException validation(String message) {
    return new KmsException("ValidationException", message);
  }
}
