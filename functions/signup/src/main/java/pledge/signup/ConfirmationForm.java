package pledge.signup;

import pledge.http.JsonBody;
import pledge.http.Problem;
import pledge.http.ProblemException;
import pledge.http.Request;
import pledge.subject.Password;
import pledge.vault.Token;

/**
 * What a confirmation asks for: the {@code token} of the link in the mail, and the {@code password}
 * of the sign-up that the mail was sent for.
 */
record ConfirmationForm(Token token, Password password) {
  static ConfirmationForm read(Request request) {
    var body = JsonBody.of(request);
    var text = body.text("token");
    var password =
        body.text("password", "must be a text of at most 128 characters", Password::typed);
    body.check();
    // A text that is no token and a token that is unknown are one to whoever tries.
    var token =
        Token.parse(text).orElseThrow(() -> new ProblemException(Problem.LINK_DID_NOT_WORK));
    return new ConfirmationForm(token, password.orElseThrow());
  }
}
