package pledge.signup;

import java.text.Normalizer;
import java.util.Optional;
import pledge.http.AcceptedPolicies;
import pledge.http.Characters;
import pledge.http.JsonBody;
import pledge.http.Request;
import pledge.subject.EmailAddress;
import pledge.subject.Password;
import pledge.subject.SignUps;

/**
 * What a sign-up asks for, and nothing else (collect-account): {@code name}, {@code email}, {@code
 * password}, {@code adult}, {@code policies}.
 */
final class SignUpForm {
  private static final int LONGEST_NAME = 100;

  private SignUpForm() {}

  static SignUps.Form read(Request request, SignUps signUps) {
    var body = JsonBody.of(request);
    var name =
        body.text(
            "name",
            "must be 1 to 100 characters on one line, with a letter or a digit",
            SignUpForm::name);
    var email = body.text("email", "must be an e-mail address", EmailAddress::parse);
    var password = body.text("password", "must be 12 to 128 characters", SignUpForm::password);
    body.mustBeTrue("adult", "must be true: the service is for people of 18 and older");
    var policies = AcceptedPolicies.read(body);
    if (name.isPresent() && email.isPresent() && password.isPresent()) {
      if (signUps.isCommon(password.get(), name.get(), email.get())) {
        body.invalid("password", "is too easy to guess", "");
      }
    }
    body.check();
    return new SignUps.Form(
        name.orElseThrow(), email.orElseThrow(), password.orElseThrow(), policies);
  }

  private static Optional<String> name(String text) {
    var name = Normalizer.normalize(text.strip(), Normalizer.Form.NFC);
    var length = name.codePointCount(0, name.length());
    // Also around it, where what is stripped counts as space.
    var plain = text.codePoints().noneMatch(Characters::breaksOrTurnsLines);
    var legible = name.codePoints().anyMatch(Character::isLetterOrDigit);
    return plain && legible && length <= LONGEST_NAME ? Optional.of(name) : Optional.empty();
  }

  private static Optional<Password> password(String text) {
    var password = new Password(text);
    return password.length() >= Password.SHORTEST && password.length() <= Password.LONGEST
        ? Optional.of(password)
        : Optional.empty();
  }
}
