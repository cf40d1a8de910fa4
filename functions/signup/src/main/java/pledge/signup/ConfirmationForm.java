package pledge.signup;

import pledge.http.JsonBody;
import pledge.http.Problem;
import pledge.http.ProblemException;
import pledge.http.Request;
import pledge.vault.Token;

/** What a confirmation asks for: the {@code token} of the link in the mail. */
final class ConfirmationForm {
  private ConfirmationForm() {}

  static Token read(Request request) {
    var body = JsonBody.of(request);
    var text = body.text("token");
    body.check();
    // A text that is no token and a token that is unknown are one to whoever tries.
    return Token.parse(text).orElseThrow(() -> new ProblemException(Problem.LINK_DID_NOT_WORK));
  }
}
