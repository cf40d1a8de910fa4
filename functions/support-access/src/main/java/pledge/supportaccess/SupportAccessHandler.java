package pledge.supportaccess;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import pledge.http.HttpFunction;
import pledge.http.Problem;
import pledge.http.ProblemException;
import pledge.http.Request;
import pledge.http.Response;
import pledge.privacy.StaffAccess;
import pledge.subject.Sessions;
import pledge.vault.Environment;
import pledge.vault.Snapshot;
import pledge.vault.SubjectId;

/**
 * {@code /account/support-grants}, {@code /account/staff-access}, {@code /staff/support-grants}:
 * what staff may look at, and when they did.
 */
public final class SupportAccessHandler implements RequestStreamHandler {
  private static final Pattern GRANT = Pattern.compile("[A-Za-z0-9_-]{22}");
  private static final Pattern ACCESS = Pattern.compile("\\d{13}-[A-Za-z0-9_-]{22}");

  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public SupportAccessHandler() {
    this(Environment.ofProcess());
    Snapshot.before(this::rehearse, wiring.vault());
  }

  /** With settings and a clock of somebody else's. */
  public SupportAccessHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private SupportAccessHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::route);
  }

  /** What nobody granted and nobody looked at, by sessions of nobody's. */
  private void rehearse() {
    for (var path : List.of("/account/support-grants", "/account/staff-access")) {
      http.rehearseLooks(
          path, () -> wiring.sessions().rehearse(wiring.vault(), SubjectId.random()), this::route);
    }
  }

  private Response route(Request request) {
    var guard = wiring.guard();
    return switch (request.route()) {
      case "POST /account/support-grants" ->
          guard.signedInLately(request, person -> grant(person, request));
      case "GET /account/support-grants" ->
          guard.signedInOrLeaving(
              request, person -> wiring.view().all(wiring.grants().all(person.subject())));
      // Whoever takes access away is not asked to sign in again first.
      case "DELETE /account/support-grants/{id}" ->
          guard.signedInOrLeaving(request, person -> revoke(person, request));
      case "GET /account/staff-access" ->
          guard.signedInOrLeaving(request, person -> accesses(person, ""));
      case "GET /account/staff-access/{before}" ->
          guard.signedInOrLeaving(
              request, person -> accesses(person, named(request, "before", ACCESS)));
      case "POST /staff/support-grants" ->
          wiring.staff().admitted(request, caller -> open(request, caller));
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  private Response grant(Sessions.SignedIn person, Request request) {
    if (person.leaving().isPresent()) {
      return Response.problem(Problem.LEAVING);
    }
    var form = GrantForm.read(request);
    return wiring
        .limits()
        .limit(
            "support " + person.subject(),
            Limits.GRANTS,
            () ->
                wiring
                    .view()
                    .made(wiring.grants().grant(person.subject(), form.categories(), form.time()))
                    .header("location", "/account/support-grants"));
  }

  private Response revoke(Sessions.SignedIn person, Request request) {
    return switch (wiring.grants().revoke(person.subject(), named(request, "id", GRANT))) {
      case REVOKED -> Response.noContent();
      case REQUIRED_BY_LAW -> Response.problem(Problem.REQUIRED_BY_LAW);
      case UNKNOWN -> Response.problem(Problem.NOT_FOUND);
    };
  }

  private Response accesses(Sessions.SignedIn person, String before) {
    return AccessView.of(StaffAccess.of(wiring.store(), person.subject(), before));
  }

  private Response open(Request request, String caller) {
    var form = GrantForm.OfStaff.read(request);
    return form.person(wiring.accounts()::find)
        .map(
            person ->
                wiring
                    .limits()
                    .limit(
                        "opened " + person,
                        Limits.OPENED,
                        () -> open(person, form, wiring.vault().blindIndex("staff", caller))))
        .orElseGet(() -> Response.problem(Problem.NOT_FOUND));
  }

  private Response open(SubjectId person, GrantForm.OfStaff form, String staff) {
    return wiring
        .grants()
        .open(
            staff,
            person,
            form.why(),
            form.grant().categories(),
            form.grant().time(),
            form.reason())
        .map(made -> wiring.view().opened(made))
        .orElseGet(() -> Response.problem(Problem.NOT_FOUND));
  }

  private static String named(Request request, String name, Pattern form) {
    return request
        .pathParameter(name)
        .filter(value -> form.matcher(value).matches())
        .orElseThrow(() -> new ProblemException(Problem.NOT_FOUND));
  }
}
