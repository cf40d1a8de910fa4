package pledge.signup;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;
import pledge.http.HttpFunction;
import pledge.http.JsonBody;
import pledge.http.Problem;
import pledge.http.RateLimits;
import pledge.http.Request;
import pledge.http.Response;
import pledge.subject.SignUps;
import pledge.vault.Environment;
import pledge.vault.Snapshot;

/** {@code POST /signup} and {@code POST /signup/confirmation}: from a form to an account. */
public final class SignupHandler implements RequestStreamHandler {
  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public SignupHandler() {
    this(Environment.ofProcess());
    Snapshot.before(this::rehearse, wiring.vault());
  }

  /** With settings and a clock of somebody else's. */
  public SignupHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private SignupHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::route);
  }

  /**
   * A sign-up by somebody too young, refused before anything is written, and the writes themselves,
   * refused as well.
   */
  private void rehearse() {
    http.rehearse(
        "POST",
        "/signup",
        """
        {"name": "Nobody", "email": "nobody@pledge.invalid", "password": "a rehearsal, no password",
         "adult": false, "policies": {}}\
        """,
        "",
        this::route);
    wiring.signUps().rehearse();
  }

  private Response route(Request request) {
    return switch (request.route()) {
      case "POST /signup" -> wiring.limits().limit(request, Limits.SIGN_UP, this::signUp);
      case "POST /signup/confirmation" ->
          wiring.limits().limit(request, Limits.CONFIRMATION, this::confirm);
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  /** The answer is the same whether or not the address is known: the mail tells its owner. */
  private Response signUp(Request request) {
    var form = SignUpForm.read(request, wiring.signUps());
    var address = "address " + form.email().canonical();
    var network = RateLimits.source(request.sourceAddress());
    return wiring
        .limits()
        .limit(
            address + " " + network,
            Limits.ADDRESS,
            () -> wiring.limits().limitUnseen(address, Limits.ADDRESS_OVERALL, () -> keep(form)));
  }

  private Response keep(SignUps.Form form) {
    wiring.signUps().request(form);
    return Response.json(202, Map.of("message", "Open the link that we mailed you."));
  }

  private Response confirm(Request request) {
    var form = ConfirmationForm.read(request);
    return switch (wiring.signUps().confirm(form.token(), form.password())) {
      case CONFIRMED -> Response.noContent();
      case OTHER_PASSWORD ->
          throw JsonBody.refusal(
              "password",
              "is not the one of the sign-up that this link is for: the link of another mail may be");
      case DID_NOT_WORK -> Response.problem(Problem.LINK_DID_NOT_WORK);
    };
  }
}
