package pledge.account;

import java.util.LinkedHashMap;
import java.util.Map;
import pledge.http.Response;
import pledge.subject.Policies;
import pledge.subject.Policies.Standing;
import pledge.vault.SubjectId;

/** The policies that a person accepted, as JSON: which version, and whether it has changed. */
final class PoliciesView {
  private PoliciesView() {}

  static Response of(Policies policies, SubjectId person) {
    return Response.json(
        200, Map.of("policies", policies.of(person).stream().map(PoliciesView::of).toList()));
  }

  private static Map<String, Object> of(Standing standing) {
    var view = new LinkedHashMap<String, Object>();
    var current = standing.current();
    view.put("document", current.document().id());
    view.put("title", current.document().title());
    view.put("accepted", standing.accepted());
    view.put("acceptedAt", standing.acceptedAt().toString());
    view.put("current", current.date());
    view.put("sha256", current.sha256());
    view.put("path", current.path());
    view.put("changed", standing.changed());
    standing.toldAt().ifPresent(at -> view.put("toldAt", at.toString()));
    return view;
  }
}
