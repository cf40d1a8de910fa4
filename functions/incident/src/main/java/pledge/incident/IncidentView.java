package pledge.incident;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import pledge.http.Response;
import pledge.policy.Category;
import pledge.privacy.Incident;
import pledge.privacy.Incident.Telling;
import pledge.privacy.Mailings;

/** Incidents, as staff see them. Times are ISO-8601, in UTC. */
final class IncidentView {
  /** Closed ones in a list: the newest. */
  private static final int MOST_CLOSED = 100;

  private final Mailings mailings;

  IncidentView(Mailings mailings) {
    this.mailings = mailings;
  }

  /** What is to be reported first, first; then what is closed, the newest first. */
  Response all(List<Incident> incidents) {
    var open =
        incidents.stream()
            .filter(incident -> !incident.isClosed())
            .sorted(Comparator.comparing(Incident::reportBy));
    var closed =
        incidents.stream()
            .filter(Incident::isClosed)
            .sorted(Comparator.comparing(Incident::foundAt).reversed())
            .limit(MOST_CLOSED);
    return Response.json(
        200, Map.of("incidents", Stream.concat(open, closed).map(this::brief).toList()));
  }

  Response one(int status, Incident incident) {
    var view = brief(incident);
    view.put("measures", incident.measures());
    view.put("history", incident.history().stream().map(IncidentView::done).toList());
    return Response.json(status, view);
  }

  private Map<String, Object> brief(Incident incident) {
    var extent = incident.extent();
    var view = new LinkedHashMap<String, Object>();
    view.put("id", incident.id());
    view.put("kind", incident.kind());
    view.put("categories", extent.categories().stream().map(Category::name).toList());
    put(view, "beganAt", extent.beganAt());
    put(view, "endedAt", extent.endedAt());
    put(view, "foundAt", Optional.of(incident.foundAt()));
    put(view, "reportBy", Optional.of(incident.reportBy()));
    put(view, "reportedAt", incident.reportedAt());
    view.put("closed", incident.isClosed());
    incident
        .closed()
        .flatMap(closed -> closed.notReportedBecause())
        .ifPresent(because -> view.put("notReportedBecause", because));
    incident.telling().ifPresent(telling -> view.put("telling", telling(telling)));
    return view;
  }

  /** How far it is, of whom was looked at so far. */
  private Map<String, Object> telling(Telling telling) {
    var progress = mailings.of(telling.mailing());
    var view = new LinkedHashMap<String, Object>();
    view.put("consequences", telling.consequences());
    view.put("advice", telling.advice());
    view.put("finished", telling.affected().isPresent());
    view.put("people", progress.map(Mailings.Progress::people).orElse(0L));
    view.put("affected", progress.map(Mailings.Progress::concerned).orElse(0L));
    return view;
  }

  private static Map<String, Object> done(Incident.Done done) {
    var view = new LinkedHashMap<String, Object>();
    put(view, "at", Optional.of(done.at()));
    view.put("done", done.words());
    done.entry().staff().ifPresent(staff -> view.put("staff", staff));
    return view;
  }

  private static void put(Map<String, Object> view, String name, Optional<Instant> time) {
    time.ifPresent(moment -> view.put(name, moment.toString()));
  }
}
