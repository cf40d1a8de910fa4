package pledge.supportread;

import java.util.LinkedHashMap;
import java.util.Map;
import pledge.http.Response;
import pledge.privacy.StaffReads.Answer;
import pledge.privacy.StaffReads.Look;
import pledge.store.Fields;
import pledge.store.Found;

/** Records of a person's, as staff see them: without what is shown to nobody. */
final class RecordsView {
  private RecordsView() {}

  static Response of(Look look, Answer.Seen seen) {
    var view = new LinkedHashMap<String, Object>();
    view.put("access", seen.access());
    view.put("category", look.category().name());
    view.put("records", seen.records().records().stream().map(RecordsView::of).toList());
    if (!seen.records().next().isEmpty()) {
      view.put("next", seen.records().next());
    }
    return Response.json(200, view);
  }

  private static Map<String, Object> of(Found<Fields> found) {
    var view = new LinkedHashMap<String, Object>();
    if (!found.ref().id().isEmpty()) {
      view.put("id", found.ref().id());
    }
    view.put("createdAt", found.createdAt().toString());
    view.put("fields", found.value().shown());
    return view;
  }
}
