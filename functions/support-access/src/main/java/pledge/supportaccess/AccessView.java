package pledge.supportaccess;

import java.util.LinkedHashMap;
import java.util.Map;
import pledge.http.Response;
import pledge.privacy.StaffAccess;
import pledge.store.Found;
import pledge.store.Store;

/** What staff looked at and was refused, as the person sees it. Times are ISO-8601, in UTC. */
final class AccessView {
  private AccessView() {}

  static Response of(Store.Page<StaffAccess> page) {
    var view = new LinkedHashMap<String, Object>();
    view.put("accesses", page.records().stream().map(AccessView::of).toList());
    if (!page.next().isEmpty()) {
      view.put("next", "/account/staff-access/" + page.next());
    }
    return Response.json(200, view);
  }

  private static Map<String, Object> of(Found<StaffAccess> found) {
    var access = found.value();
    var view = new LinkedHashMap<String, Object>();
    view.put("id", access.id());
    view.put("at", access.at().toString());
    view.put("staff", access.staff());
    view.put("grant", access.grant());
    view.put("category", access.category().name());
    view.put("outcome", access.outcome().id());
    return view;
  }
}
