package pledge.supportaccess;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pledge.http.Response;
import pledge.policy.Category;
import pledge.privacy.SupportGrant;
import pledge.privacy.SupportGrants.Made;
import pledge.store.Found;

/**
 * Grants, as the person sees them, and staff the one that they open. Times are ISO-8601, in UTC.
 */
final class GrantView {
  /** In a list: the newest. */
  private static final int MOST = 100;

  private final InstantSource clock;

  GrantView(InstantSource clock) {
    this.clock = clock;
  }

  Response all(List<Found<SupportGrant>> grants) {
    var now = clock.instant();
    return Response.json(
        200,
        Map.of(
            "grants",
            grants.stream()
                .limit(MOST)
                .map(found -> view(found.ref().id(), found.value(), now))
                .toList()));
  }

  Response made(Made made) {
    return Response.json(201, view(made.id(), made.grant(), clock.instant()));
  }

  /** With what a look at the data has to name. */
  Response opened(Made made) {
    var view = view(made.id(), made.grant(), clock.instant());
    view.put("subject", made.person().value());
    return Response.json(201, view);
  }

  private static Map<String, Object> view(String id, SupportGrant grant, Instant now) {
    var view = new LinkedHashMap<String, Object>();
    view.put("id", id);
    view.put("kind", grant.why().id());
    view.put("categories", grant.categories().stream().map(Category::name).toList());
    grant.reason().ifPresent(reason -> view.put("reason", reason));
    grant.staff().ifPresent(staff -> view.put("staff", staff));
    view.put("from", grant.notBefore().toString());
    view.put("until", grant.notAfter().toString());
    grant.revokedAt().ifPresent(moment -> view.put("revokedAt", moment.toString()));
    view.put("inForce", grant.isInForce(now));
    return view;
  }
}
