package pledge.http;

import java.time.Duration;
import java.util.function.Function;
import pledge.store.Throttle.Limit;
import pledge.subject.Sessions;
import pledge.vault.Token;

/**
 * Lets people in who are signed in. A good session costs one read and no key. Who brings none pays
 * from the bucket of their network address.
 */
public final class SessionGuard {
  /** Requests of one session. */
  private static final Limit SESSION = new Limit("session", 1_200, Duration.ofMinutes(10));

  /** Requests from one network without a good session: each page that is shown asks once. */
  private static final Limit STRANGERS = new Limit("strangers", 300, Duration.ofMinutes(10));

  /** A sign-in that is so young still shows who sits there. */
  private static final Duration LATELY = Duration.ofMinutes(10);

  private final Sessions sessions;
  private final RateLimits limits;

  public SessionGuard(Sessions sessions, RateLimits limits) {
    this.sessions = sessions;
    this.limits = limits;
  }

  /**
   * Answers with what {@code route} answers a person who is signed in; or 401, or 429, or 403 where
   * the person is leaving: nothing new is begun then.
   */
  public Response signedIn(Request request, Function<Sessions.SignedIn, Response> route) {
    return signedInOrLeaving(
        request,
        person ->
            person.leaving().isPresent() ? Response.problem(Problem.LEAVING) : route.apply(person));
  }

  /**
   * As {@link #signedInOrLeaving}, and answers 403 where the sign-in is ten minutes old: for what
   * whoever finds a browser open must not get, such as an erasure, a copy or a token.
   */
  public Response signedInLately(Request request, Function<Sessions.SignedIn, Response> route) {
    return signedInOrLeaving(
        request,
        person ->
            person.seenAt().isBefore(person.signedInAt().plus(LATELY))
                ? route.apply(person)
                : Response.problem(Problem.SIGN_IN_AGAIN));
  }

  /** As {@link #signedIn}, and lets in who is leaving. */
  public Response signedInOrLeaving(Request request, Function<Sessions.SignedIn, Response> route) {
    return request
        .cookie(Cookies.SESSION)
        .flatMap(Token::parse)
        .flatMap(
            token ->
                sessions
                    .check(token)
                    .map(person -> limits.limitOften(token, SESSION, () -> route.apply(person))))
        .orElseGet(() -> limits.limit(request, STRANGERS, SessionGuard::refuse));
  }

  private static Response refuse(Request request) {
    var refusal = Response.problem(Problem.NOT_SIGNED_IN);
    // A dead cookie is of no use to anybody.
    return request.cookie(Cookies.SESSION).isPresent()
        ? refusal.cookie(Cookies.remove(Cookies.SESSION))
        : refusal;
  }
}
