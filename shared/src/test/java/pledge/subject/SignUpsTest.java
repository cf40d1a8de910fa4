package pledge.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.AtOnce;
import pledge.TestMachine;
import pledge.policy.PolicyDocument;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.store.Found;
import pledge.subject.SignUps.Confirmation;
import pledge.vault.SubjectId;
import pledge.vault.Token;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class SignUpsTest {
  private final People people = new People();
  private final SignUps signUps = people.signUps;
  private final EmailAddress email = People.address();

  @BeforeEach
  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  @Test
  void isAnAccountOnceItIsConfirmed() {
    var token = people.requested(email);

    assertThat(signUps.confirm(token, People.typed())).isEqualTo(Confirmation.CONFIRMED);
    assertComplete(token.subject());
  }

  @Test
  void isNoAccountBefore() {
    var token = people.requested(email);

    assertThat(account(token.subject())).isEmpty();
    assertThat(find()).isEmpty();
  }

  @Test
  void saysTheSameWhenItIsConfirmedAgain() {
    var token = people.requested(email);
    signUps.confirm(token, People.typed());

    assertThat(signUps.confirm(token, People.typed())).isEqualTo(Confirmation.CONFIRMED);
  }

  @Test
  void isOneAccountWhenItIsConfirmedTwiceAtOnce() {
    for (var round = 0; round < 3; round++) {
      var token = people.requested(People.address());

      assertThat(AtOnce.run(2, thread -> new People().signUps.confirm(token, People.typed())))
          .as("round %d", round)
          .containsOnly(Confirmation.CONFIRMED);
      assertComplete(token.subject());
    }
  }

  @Test
  void isNotConfirmedByAnotherPasswordAndStillWaits() {
    var token = people.requested(email);

    assertThat(signUps.confirm(token, new Password(People.PASSWORD + "!")))
        .isEqualTo(Confirmation.OTHER_PASSWORD);
    assertThat(account(token.subject())).isEmpty();
    assertThat(signUps.confirm(token, People.typed())).isEqualTo(Confirmation.CONFIRMED);
  }

  @Test
  void isOneAccountOfTwoSignUpsWithOneAddress() {
    var first = people.requested(email);
    var second = people.requested(email);

    assertThat(signUps.confirm(second, People.typed())).isEqualTo(Confirmation.CONFIRMED);
    assertThat(signUps.confirm(first, People.typed())).isEqualTo(Confirmation.DID_NOT_WORK);
    assertThat(account(first.subject())).isEmpty();
    assertThat(find()).contains(second.subject());
  }

  @Test
  void isOneAccountOfTwoSignUpsWithOneAddressThatAreConfirmedAtOnce() {
    for (var round = 0; round < 3; round++) {
      var address = People.address();
      var tokens = List.of(people.requested(address), people.requested(address));
      var confirmations =
          AtOnce.run(2, thread -> new People().signUps.confirm(tokens.get(thread), People.typed()));

      assertThat(confirmations)
          .as("round %d", round)
          .containsExactlyInAnyOrder(Confirmation.CONFIRMED, Confirmation.DID_NOT_WORK);
      var loser = confirmations.indexOf(Confirmation.DID_NOT_WORK);
      assertThat(account(tokens.get(loser).subject())).isEmpty();
      assertComplete(tokens.get(1 - loser).subject());
    }
  }

  @Test
  void isOneAccountHoweverTheAddressIsWritten() {
    people.confirmed(email);
    var shouted = EmailAddress.parse(email.value().toUpperCase(Locale.ROOT)).orElseThrow();

    assertThat(signUps.confirm(people.requested(shouted), People.typed()))
        .isEqualTo(Confirmation.DID_NOT_WORK);
  }

  @Test
  void canBeConfirmedUntilADayIsOver() {
    TestMachine.nextSecond();
    var token = people.requested(email);
    TestMachine.clock().advance(SignUps.PATIENCE.minusMillis(1));

    assertThat(signUps.confirm(token, People.typed())).isEqualTo(Confirmation.CONFIRMED);
  }

  @Test
  void cannotBeConfirmedOnceADayIsOver() {
    TestMachine.nextSecond();
    var token = people.requested(email);
    TestMachine.clock().advance(SignUps.PATIENCE);

    assertThat(signUps.confirm(token, People.typed())).isEqualTo(Confirmation.DID_NOT_WORK);
    assertThat(account(token.subject())).isEmpty();
  }

  @Test
  @DisplayName("account-30d: nothing of a sign-up opens once its day is over")
  void isUnreadableOnceADayIsOver() {
    TestMachine.nextSecond();
    var token = people.requested(email);
    TestMachine.clock().advance(SignUps.PATIENCE);
    var elsewhere = new People();

    assertThat(
            elsewhere
                .backend
                .store()
                .all(Notice.KIND, token.subject().value(), Purpose.SERVICE_MESSAGES))
        .isEmpty();
    assertThat(TestMachine.item(Table.SUBJECT_KEYS, token.subject().value(), "KEY"))
        .as("where the key's end is written")
        .containsKey("expiresAt");
  }

  @Test
  void keepsItsAccountAfterTheDay() {
    var token = people.requested(email);
    signUps.confirm(token, People.typed());
    TestMachine.clock().advance(SignUps.PATIENCE.multipliedBy(3));

    assertComplete(token.subject());
  }

  @Test
  @DisplayName("isolation: a token confirms nobody else's sign-up")
  void isNotConfirmedByAnothersToken() {
    var mine = people.requested(email);
    var other = people.requested(People.address());

    assertThat(signUps.confirm(new Token(mine.subject(), other.secret()), People.typed()))
        .isEqualTo(Confirmation.DID_NOT_WORK);
    assertThat(account(mine.subject())).isEmpty();
  }

  @Test
  void isNotConfirmedByATokenWithABitFlipped() {
    var token = people.requested(email);
    for (var bit = 0; bit < 256; bit += 17) {
      var altered = token.secret().clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);

      assertThat(signUps.confirm(new Token(token.subject(), altered), People.typed()))
          .as("bit %d", bit)
          .isEqualTo(Confirmation.DID_NOT_WORK);
    }
  }

  @Test
  void saysNothingElseToAStrangersTokenOnceThereIsAnAccount() {
    var subject = people.confirmed(email);

    assertThat(signUps.confirm(Token.random(subject), People.typed()))
        .isEqualTo(Confirmation.DID_NOT_WORK);
  }

  @Test
  @DisplayName("hashed-secrets: no table holds the password, or more than a hash of the token")
  void keepsNoSecretInClear() {
    var token = people.requested(email);
    signUps.confirm(token, People.typed());

    assertThat(everything())
        .doesNotContain(People.PASSWORD)
        .doesNotContain(token.text())
        .doesNotContain("argon2");
  }

  @Test
  @DisplayName("encrypted-at-rest: no table holds a name or an address in clear")
  void keepsNoNameInClear() {
    people.confirmed(email);

    assertThat(everything()).doesNotContain("Jane Doe").doesNotContain(email.value());
  }

  @Test
  @DisplayName("adults-only: the attestation is kept with the account")
  void keepsTheAttestation() {
    var subject = people.confirmed(email);

    assertThat(
            people
                .backend
                .store()
                .get(Consent.KIND.in(subject.value(), Consent.ADULT), Purpose.ACCOUNT))
        .hasValueSatisfying(consent -> assertThat(consent.value().given()).isTrue());
  }

  @Test
  @DisplayName("policy-changes: the accepted version and its hash are kept with the account")
  void keepsTheAcceptance() {
    var subject = people.confirmed(email);
    var document = PolicyDocument.ASSISTANT_PRIVACY;

    assertThat(
            people
                .backend
                .store()
                .get(
                    Consent.KIND.in(subject.value(), Consent.id(document.id(), document.version())),
                    Purpose.ACCOUNT))
        .hasValueSatisfying(
            consent -> {
              assertThat(consent.value().version()).isEqualTo(document.version());
              assertThat(consent.value().hash()).isEqualTo(document.sha256());
            });
  }

  @Test
  void doesTheSameWhetherOrNotTheAddressIsKnown() {
    people.confirmed(email);
    var known = asked(email);
    var unknown = asked(People.address());

    assertThat(known).isEqualTo(unknown).contains("TransactWriteItems", "GenerateDataKey subject");
  }

  @Test
  @DisplayName("a sign-up of a known address hashes as one of an unknown address does")
  void hashesForAKnownAddressAsForAnUnknownOne() {
    people.confirmed(email);
    var hashing = new PasswordHashing(4 * 19_456, 3);
    var costly = new SignUps(people.backend, hashing, TestMachine.clock());
    costly.request(People.form(People.address())); // and all classes are loaded
    var known = CpuTime.of(() -> costly.request(People.form(email)));
    var unknown = CpuTime.of(() -> costly.request(People.form(People.address())));

    assertThat(known).isBetween(unknown / 2, unknown * 2);
    assertThat(known)
        .as("a hash, and not the little else that a sign-up does")
        .isGreaterThan(CpuTime.of(() -> hashing.hash(People.typed())) / 2);
  }

  @Test
  void isWholeOrNotThereWhereverItsRequestIsKilled() {
    for (var n = 1; kill(n, false, () -> signUps.request(People.form(email))); n++) {
      var address = People.address();
      assertThat(signUps.confirm(people.requested(address), People.typed()))
          .isEqualTo(Confirmation.CONFIRMED);
    }
    for (var n = 1; kill(n, true, () -> signUps.request(People.form(email))); n++) {
      assertThat(signUps.confirm(people.requested(People.address()), People.typed()))
          .isEqualTo(Confirmation.CONFIRMED);
    }
    // What became of the killed ones is in nobody's way.
    assertThat(signUps.confirm(people.requested(email), People.typed()))
        .isEqualTo(Confirmation.CONFIRMED);
  }

  @Test
  void isAWholeAccountOrNoneWhereverItsConfirmationIsKilled() {
    var killed = 0;
    for (var after : List.of(false, true)) {
      for (var n = 1; ; n++) {
        var token = people.requested(People.address());
        // An instance of its own, as the one that comes after a death.
        if (!kill(n, after, () -> new People().signUps.confirm(token, People.typed()))) {
          break;
        }
        killed++;
        if (account(token.subject()).isPresent()) {
          assertComplete(token.subject());
        }
        assertThat(new People().signUps.confirm(token, People.typed()))
            .as("killed %s write %d, tried again", after ? "after" : "before", n)
            .isEqualTo(Confirmation.CONFIRMED);
        assertComplete(token.subject());
      }
    }

    assertThat(killed).isGreaterThanOrEqualTo(2);
  }

  @Test
  void isNothingWhereKmsIsUnavailable() {
    var before = TestMachine.scan(Table.SUBJECTS).size();
    TestMachine.machine().kms().failNext(100, "AccessDeniedException", 400);

    assertThat(catchThrowable(() -> signUps.request(People.form(email))))
        .isInstanceOf(UnavailableException.class);
    assertThat(TestMachine.scan(Table.SUBJECTS)).hasSize(before);
  }

  @Test
  void rehearsesWithoutATrace() {
    var before = TestMachine.scan(Table.SUBJECTS);
    var keys = TestMachine.scan(Table.SUBJECT_KEYS).size();
    signUps.rehearse();

    assertThat(TestMachine.scan(Table.SUBJECTS)).isEqualTo(before);
    assertThat(TestMachine.scan(Table.SUBJECT_KEYS)).hasSize(keys);
  }

  @Test
  void doesNotShowAForm() {
    assertThat(People.form(email)).hasToString("Form[redacted]");
  }

  /** What a sign-up with that address asks DynamoDB and then KMS for. */
  private List<String> asked(EmailAddress address) {
    TestMachine.reset();
    signUps.request(People.form(address));
    var asked = new ArrayList<>(TestMachine.machine().dynamo().operations());
    TestMachine.machine().kms().calls().stream()
        .map(call -> call.operation() + " " + call.encryptionContext().get("purpose"))
        .forEach(asked::add);
    return asked;
  }

  /** Does it, dying at the n-th write; false where there is no n-th write. */
  private static boolean kill(int n, boolean after, Runnable deed) {
    TestMachine.reset();
    var dynamo = TestMachine.machine().dynamo();
    if (after) {
      dynamo.dieAfterWrite(n);
    } else {
      dynamo.dieBeforeWrite(n);
    }
    var failure = catchThrowable(deed::run);
    var struck = dynamo.isDead();
    TestMachine.reset();
    if (struck) {
      assertThat(failure).isInstanceOf(UnavailableException.class);
    } else {
      assertThat(failure).isNull();
    }
    return struck;
  }

  private void assertComplete(SubjectId subject) {
    var elsewhere = new People();
    var store = elsewhere.backend.store();
    var account = account(subject);
    assertThat(account).isPresent();
    assertThat(
            elsewhere
                .backend
                .store()
                .find(SignUps.emailIndex(elsewhere.backend.vault(), account.orElseThrow().email())))
        .contains(subject);
    assertThat(store.get(Credential.KIND.in(subject.value()), Purpose.AUTHENTICATION)).isPresent();
    assertThat(store.all(Consent.KIND, subject.value(), Purpose.ACCOUNT)).hasSize(2);
    assertThat(store.get(SignUp.KIND.in(subject.value()), Purpose.ACCOUNT)).isEmpty();
    assertThat(TestMachine.item(Table.SUBJECT_KEYS, subject.value(), "KEY"))
        .isNotEmpty()
        .doesNotContainKey("expiresAt");
  }

  private Optional<Account> account(SubjectId subject) {
    return new People()
        .backend
        .store()
        .get(Account.KIND.in(subject.value()), Purpose.ACCOUNT)
        .map(Found::value);
  }

  private Optional<SubjectId> find() {
    return people.backend.store().find(SignUps.emailIndex(people.backend.vault(), email));
  }

  /** Every byte of every table, as the character it may be. */
  private static String everything() {
    var text = new StringBuilder();
    for (var table : Table.values()) {
      for (Map<String, AttributeValue> item : TestMachine.scan(table)) {
        item.forEach(
            (name, value) -> {
              text.append(name).append('=').append(value).append('\n');
              if (value.b() != null) {
                text.append(new String(value.b().asByteArray(), StandardCharsets.ISO_8859_1));
              }
            });
      }
    }
    return text.toString();
  }
}
