package pledge.http;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pledge.policy.PolicyDocument;
import pledge.subject.Acceptance;

/** The field {@code policies}: the id and version of each policy that is accepted by a request. */
public final class AcceptedPolicies {
  private static final String RULE =
      "must name the policies that you accept in their current version: "
          + Stream.of(PolicyDocument.values())
              .map(document -> "\"" + document.id() + "\": \"" + document.version() + "\"")
              .collect(Collectors.joining(" or "));

  private AcceptedPolicies() {}

  /** One at least; what is not a current version of a policy is noted. */
  public static List<Acceptance> read(JsonBody body) {
    var accepted = new ArrayList<Acceptance>();
    var versions = body.texts("policies", RULE);
    versions.forEach(
        (id, version) ->
            PolicyDocument.byId(id)
                .filter(document -> document.version().equals(version))
                .map(Acceptance::of)
                .ifPresent(accepted::add));
    if (accepted.isEmpty() || accepted.size() < versions.size()) {
      body.invalid("policies", RULE, "");
    }
    return accepted;
  }
}
