package pledge.privacyrequest;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import pledge.http.Response;
import pledge.policy.Category;
import pledge.privacy.ExportFile;
import pledge.privacy.HeldData;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PrivacyRequest;
import pledge.privacy.PrivacyRequest.Status;
import pledge.privacy.PrivacyRequest.Step;
import pledge.privacy.PrivacyRequests;
import pledge.store.Found;
import pledge.vault.SubjectId;

/** Requests, as who asked sees them. Times are ISO-8601, in UTC. */
final class RequestView {
  private final PrivacyRequests requests;

  RequestView(PrivacyRequests requests) {
    this.requests = requests;
  }

  /** All of them, and what the law keeps meanwhile. */
  Response all(SubjectId person) {
    return Response.json(
        200,
        Map.of(
            "requests",
            requests.all(person).stream().map(found -> of(person, found)).toList(),
            "heldByLaw",
            requests.heldByLaw(person).stream().map(RequestView::of).toList()));
  }

  private static Map<String, Object> of(HeldData hold) {
    return Map.of(
        "categories",
        hold.categories().stream().map(Category::name).toList(),
        "until",
        hold.until().toString());
  }

  Optional<Map<String, Object>> one(SubjectId person, String id) {
    return requests.find(person, id).map(found -> of(person, found));
  }

  private Map<String, Object> of(SubjectId person, Found<PrivacyRequest> found) {
    var request = found.value().shown();
    var view = new LinkedHashMap<String, Object>();
    view.put("id", found.ref().id());
    view.put("kind", request.what().name().toLowerCase(Locale.ROOT));
    view.put("status", request.status().id());
    view.put("requestedAt", request.requestedAt().toString());
    if (request.what() == What.ERASURE) {
      view.put("takeBackUntil", request.startsAt().toString());
    }
    view.put("dueBy", request.dueBy().toString());
    if (request.isOpen()) {
      view.put("stage", request.stage());
    }
    view.put("done", request.done().stream().map(Step::view).toList());
    view.put("processors", request.processorViews());
    if (request.what() == What.ERASURE && request.status() != Status.CANCELLED) {
      view.put("receipt", "/privacy/receipts/" + found.ref().id());
    } else if (request.status() == Status.COMPLETED) {
      requests
          .copy(person, found)
          .ifPresent(copy -> view.put("copy", copy(found.ref().id(), copy)));
    }
    return view;
  }

  /** The parts are the ZIP when they are put one after the other. */
  private static Map<String, Object> copy(String id, Found<ExportFile> copy) {
    var ready = copy.value().ready().orElseThrow();
    var view = new LinkedHashMap<String, Object>();
    view.put("until", copy.expiresAt().toString());
    view.put("bytes", ready.size());
    view.put("sha256", HexFormat.of().formatHex(ready.sha256()));
    view.put("parts", parts(id, ready.parts()));
    return view;
  }

  private static List<String> parts(String id, long count) {
    return LongStream.rangeClosed(1, count)
        .mapToObj(part -> "/privacy/exports/" + id + "/parts/" + part)
        .toList();
  }
}
