package pledge.privacyrequest;

import pledge.http.JsonBody;
import pledge.http.Problem;
import pledge.http.ProblemException;
import pledge.http.Request;
import pledge.subject.Link;
import pledge.vault.Token;

/**
 * What a confirmation asks for: the {@code token} of the link in the mail, and the {@code kind} of
 * request that the page showed: a person is held to what they read, and to nothing else.
 */
record ConfirmationForm(Link.Purpose kind, Token token) {
  static ConfirmationForm read(Request request) {
    var body = JsonBody.of(request);
    var kind = body.text("kind", "must be erasure or export", Link.Purpose::byId);
    var text = body.text("token");
    body.check();
    // A text that is no token and a token that is unknown are one to whoever tries.
    var token =
        Token.parse(text).orElseThrow(() -> new ProblemException(Problem.LINK_DID_NOT_WORK));
    return new ConfirmationForm(kind.orElseThrow(), token);
  }
}
