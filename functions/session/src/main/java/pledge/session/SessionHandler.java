package pledge.session;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import pledge.http.Cookies;
import pledge.http.HttpFunction;
import pledge.http.Problem;
import pledge.http.ProblemException;
import pledge.http.RateLimits;
import pledge.http.Request;
import pledge.http.Response;
import pledge.store.LeasedThrottle;
import pledge.store.Throttle.Limit;
import pledge.store.Throttle.Taken;
import pledge.subject.Sessions;
import pledge.subject.SignIns;
import pledge.vault.Environment;
import pledge.vault.Snapshot;
import pledge.vault.SubjectId;

/** {@code /session} and {@code /sessions}: signing in, staying signed in, signing out. */
public final class SessionHandler implements RequestStreamHandler {
  /** What is run some hundred times is compiled: then it is so before the snapshot. */
  private static final int SESSIONS_REHEARSED = 12;

  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public SessionHandler() {
    this(Environment.ofProcess());
    Snapshot.before(this::rehearse, wiring.vault());
  }

  /** With settings and a clock of somebody else's. */
  public SessionHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private SessionHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::route);
  }

  /** A sign-in by nobody, refused, and the checks and the end of sessions of nobody's. */
  private void rehearse() {
    http.rehearse(
        "POST",
        "/session",
        """
        {"email": "nobody@pledge.invalid", "password": "a rehearsal, no password"}\
        """,
        "",
        this::route);
    for (var session = 0; session < SESSIONS_REHEARSED; session++) {
      var token = wiring.sessions().rehearse(wiring.vault(), SubjectId.random());
      var cookie = Cookies.SESSION + "=" + token.text();
      // One more than a first lease has tokens for: to fetch them makes a check slow.
      for (var check = 0; check <= LeasedThrottle.FIRST_TOKENS; check++) {
        http.rehearse("GET", "/session", "", cookie, this::route);
      }
      http.rehearse("DELETE", "/session", "", cookie, this::route);
    }
  }

  private Response route(Request request) {
    return switch (request.route()) {
      case "POST /session" ->
          wiring.limits().limit(bucket(request), Limits.SIGN_IN, () -> signIn(request));
      case "GET /session" -> wiring.guard().signedInOrLeaving(request, SessionView::of);
      case "DELETE /session" -> wiring.guard().signedInOrLeaving(request, this::signOut);
      case "GET /sessions" -> wiring.guard().signedInOrLeaving(request, this::list);
      case "DELETE /sessions/{id}" ->
          wiring.guard().signedInOrLeaving(request, person -> end(person, request));
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  /**
   * A browser that signed in to the account before has a bucket of its own: what others try from
   * its network does not slow it down.
   */
  private String bucket(Request request) {
    if (request.cookie(Cookies.BROWSER).isPresent()) {
      try {
        var mark = wiring.signIns().knownBrowser(SignInForm.read(request));
        if (mark.isPresent()) {
          return "browser " + mark.get();
        }
      } catch (ProblemException e) {
        // Whatever is wrong with the form is told, and counted, as with any browser.
      }
    }
    return RateLimits.source(request.sourceAddress());
  }

  private Response signIn(Request request) {
    var outcome = wiring.signIns().attempt(SignInForm.read(request));
    if (outcome instanceof SignIns.Outcome.SignedIn(var token, var browser)) {
      return Response.noContent()
          .cookie(Cookies.set(Cookies.SESSION, token.text(), Sessions.ABSOLUTE))
          .cookie(Cookies.set(Cookies.BROWSER, browser, SignIns.BROWSER_LIFETIME));
    }
    return outcome instanceof SignIns.Outcome.TooSoon(var retryAfter)
        ? tooSoon(retryAfter)
        : Response.problem(Problem.WRONG_CREDENTIALS);
  }

  /** The delay of the account speaks, and not the bucket of the network, which has tokens left. */
  private static Response tooSoon(Duration retryAfter) {
    var window = Duration.ofSeconds(Math.ceilDiv(retryAfter.toMillis(), 1_000L));
    return RateLimits.denied(new Taken.Denied(new Limit("signin-delay", 1, window), retryAfter));
  }

  private Response signOut(Sessions.SignedIn person) {
    wiring.sessions().end(person.subject(), person.session());
    return Response.noContent().cookie(Cookies.remove(Cookies.SESSION));
  }

  private Response list(Sessions.SignedIn person) {
    return SessionView.of(wiring.sessions().all(person.subject()), person);
  }

  private Response end(Sessions.SignedIn person, Request request) {
    var session = request.pathParameter("id").orElse("");
    if (!wiring.sessions().end(person.subject(), session)) {
      return Response.problem(Problem.NOT_FOUND);
    }
    return session.equals(person.session())
        ? Response.noContent().cookie(Cookies.remove(Cookies.SESSION))
        : Response.noContent();
  }
}
