package pledge.privacyrequest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import pledge.http.Response;
import pledge.privacy.PrivacyRequest;
import pledge.privacy.PrivacyRequest.Step;
import pledge.store.Found;

/** Requests, as who asked sees them. Times are ISO-8601, in UTC. */
final class RequestView {
  private RequestView() {}

  static Response of(List<Found<PrivacyRequest>> requests) {
    return Response.json(200, Map.of("requests", requests.stream().map(RequestView::of).toList()));
  }

  static Map<String, Object> of(Found<PrivacyRequest> found) {
    var request = found.value();
    var view = new LinkedHashMap<String, Object>();
    view.put("id", found.ref().id());
    view.put("kind", request.what().name().toLowerCase(Locale.ROOT));
    view.put("status", request.status().id());
    view.put("requestedAt", request.requestedAt().toString());
    view.put("takeBackUntil", request.startsAt().toString());
    view.put("dueBy", request.dueBy().toString());
    if (request.isOpen()) {
      view.put("stage", request.stage());
    }
    view.put("done", request.done().stream().map(Step::view).toList());
    view.put("processors", request.processorViews());
    view.put("receipt", "/privacy/receipts/" + found.ref().id());
    return view;
  }
}
