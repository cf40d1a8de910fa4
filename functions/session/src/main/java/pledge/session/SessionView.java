package pledge.session;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pledge.http.Response;
import pledge.store.Found;
import pledge.subject.Session;
import pledge.subject.Sessions;

/** Sessions, as their owner sees them. Times are ISO-8601, in UTC. */
final class SessionView {
  private SessionView() {}

  static Response of(Sessions.SignedIn person) {
    var view = new LinkedHashMap<String, Object>();
    view.put("subject", person.subject().value());
    view.put("id", person.session());
    view.put("signedInAt", person.signedInAt().toString());
    view.put("endsAt", person.endsAt().toString());
    return Response.json(200, view);
  }

  static Response of(List<Found<Session>> sessions, Sessions.SignedIn person) {
    return Response.json(
        200, Map.of("sessions", sessions.stream().map(session -> view(session, person)).toList()));
  }

  private static Map<String, Object> view(Found<Session> found, Sessions.SignedIn person) {
    var session = found.value();
    var view = new LinkedHashMap<String, Object>();
    view.put("id", found.ref().id());
    view.put("current", found.ref().id().equals(person.session()));
    view.put("signedInAt", session.signedInAt().toString());
    view.put("seenAt", session.seenAt().toString());
    view.put("endsAt", found.expiresAt().toString());
    session
        .origin()
        .ifPresent(
            origin -> {
              view.put("address", origin.address());
              view.put("userAgent", origin.userAgent());
            });
    return view;
  }
}
