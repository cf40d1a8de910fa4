package pledge.session;

import pledge.http.Cookies;
import pledge.http.JsonBody;
import pledge.http.RateLimits;
import pledge.http.Request;
import pledge.subject.EmailAddress;
import pledge.subject.Password;
import pledge.subject.Session;
import pledge.subject.SignIns;

/** What a sign-in asks for: {@code email} and {@code password}. */
final class SignInForm {
  private SignInForm() {}

  static SignIns.Attempt read(Request request) {
    var body = JsonBody.of(request);
    var email = body.text("email", "must be an e-mail address", EmailAddress::parse);
    var password =
        body.text("password", "must be a text of at most 128 characters", Password::typed);
    body.check();
    return new SignIns.Attempt(
        email.orElseThrow(),
        password.orElseThrow(),
        RateLimits.source(request.sourceAddress()),
        RateLimits.provider(request.sourceAddress()),
        request.cookie(Cookies.BROWSER),
        new Session.Origin(request.sourceAddress(), request.userAgent()));
  }
}
