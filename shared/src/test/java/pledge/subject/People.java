package pledge.subject;

import java.util.List;
import java.util.Optional;
import pledge.TestMachine;
import pledge.policy.PolicyDocument;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.store.Backend;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;
import pledge.vault.Token;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Signs people up, as many as tests need, each with an address of their own. */
final class People {
  static final String PROVIDER = "a provider";
  static final String PASSWORD = "correct horse battery staple";
  static final PasswordHashing HASHING = new PasswordHashing(19_456, 2);

  final Backend backend = TestMachine.backend();
  final SignUps signUps = new SignUps(backend, HASHING, TestMachine.clock());
  final Sessions sessions = new Sessions(backend.store(), TestMachine.clock());
  final SignIns signIns = signIns(HASHING);
  final Notices notices = new Notices(backend, TestMachine.clock());

  SignIns signIns(PasswordHashing hashing) {
    return new SignIns(backend, hashing, sessions, TestMachine.clock());
  }

  /** An address that nobody has. */
  static EmailAddress address() {
    return EmailAddress.parse("p-" + Secrets.text(Secrets.random(9)) + "@example.org")
        .orElseThrow();
  }

  /** The token in the mail of a sign-up with that address. */
  Token requested(EmailAddress email) {
    var before = subjects();
    signUps.request(form(email));
    var subject = subjects().stream().filter(id -> !before.contains(id)).findFirst().orElseThrow();
    var notice = notice(backend.store(), new SubjectId(subject));
    var queued = backend.store().get(notice, Purpose.SERVICE_MESSAGES).orElseThrow();
    return Token.parse(queued.value().values()).orElseThrow();
  }

  /** Somebody with an account. */
  SubjectId confirmed(EmailAddress email) {
    var token = requested(email);
    if (signUps.confirm(token, typed()) != SignUps.Confirmation.CONFIRMED) {
      throw new IllegalStateException("not confirmed");
    }
    return token.subject();
  }

  /** What everybody types, here. */
  static Password typed() {
    return new Password(PASSWORD);
  }

  static SignUps.Form form(EmailAddress email) {
    return new SignUps.Form(
        "Jane Doe", email, typed(), List.of(Acceptance.of(PolicyDocument.ASSISTANT_PRIVACY)));
  }

  /** The only notice of a subject. */
  static Ref<Notice> notice(Store store, SubjectId subject) {
    var all = store.all(Notice.KIND, subject.value(), Purpose.SERVICE_MESSAGES);
    return all.getFirst().ref();
  }

  SignIns.Attempt attempt(EmailAddress email, String password, String source) {
    return attempt(email, password, source, Optional.empty());
  }

  SignIns.Attempt attempt(
      EmailAddress email, String password, String source, Optional<String> browser) {
    return new SignIns.Attempt(
        email,
        new Password(password),
        source,
        PROVIDER,
        browser,
        new Session.Origin("192.0.2.1", "Test/1.0"));
  }

  private static List<String> subjects() {
    return TestMachine.scan(Table.SUBJECTS).stream()
        .map(item -> item.getOrDefault("pk", AttributeValue.fromS("")).s())
        .distinct()
        .toList();
  }
}
