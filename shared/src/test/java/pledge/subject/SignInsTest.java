package pledge.subject;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.TestMachine;
import pledge.local.KmsStandIn.KmsCall;
import pledge.policy.Purpose;
import pledge.store.Throttle;
import pledge.subject.SignIns.Outcome;
import pledge.vault.SubjectId;

final class SignInsTest {
  private static final String WRONG = "not the password at all";

  private final People people = new People();
  private final SignIns signIns = people.signIns;
  private final EmailAddress email = People.address();
  private final SubjectId subject = people.confirmed(email);

  @BeforeEach
  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  @Test
  void opensASession() {
    var signedIn = signIn("here", Optional.empty());

    assertThat(people.sessions.check(signedIn.token()))
        .hasValueSatisfying(person -> assertThat(person.subject()).isEqualTo(subject));
  }

  @Test
  void takesTheAddressInAnyCase() {
    var shouted = EmailAddress.parse(email.value().toUpperCase(Locale.ROOT)).orElseThrow();

    assertThat(signIns.attempt(people.attempt(shouted, People.PASSWORD, "here")))
        .isInstanceOf(Outcome.SignedIn.class);
  }

  @Test
  void saysOfAWrongPasswordWhatItSaysOfAnUnknownAddress() {
    assertThat(signIns.attempt(people.attempt(email, WRONG, "here")))
        .isEqualTo(new Outcome.WrongCredentials());
    assertThat(signIns.attempt(people.attempt(People.address(), WRONG, "here")))
        .isEqualTo(new Outcome.WrongCredentials());
  }

  @Test
  void asksTheSameOfTablesAndKeysForAWrongPasswordAndAnUnknownAddress() {
    // Instances that know the index key, as any that answered before does.
    var known = instance();
    var unknown = instance();
    var nobody = People.address();
    for (var time = 0; time < 2; time++) {
      assertThat(asked(known, email))
          .as("time %d", time)
          .isNotEmpty()
          .isEqualTo(asked(unknown, nobody));
    }
  }

  @Test
  void knowsNobodyWithASignUpThatIsNotConfirmed() {
    var waiting = People.address();
    people.requested(waiting);

    assertThat(signIns.attempt(people.attempt(waiting, People.PASSWORD, "here")))
        .isEqualTo(new Outcome.WrongCredentials());
  }

  @Test
  @DisplayName("abuse-and-incidents: guessing from one network is slowed down")
  void slowsDownWhoGuesses() {
    guess("there", 2);

    assertThat(signIns.attempt(people.attempt(email, People.PASSWORD, "there")))
        .isEqualTo(new Outcome.TooSoon(Duration.ofMillis(100)));
  }

  @Test
  void doesNotSlowDownAnotherNetwork() {
    guess("there", 2);

    assertThat(signIns.attempt(people.attempt(email, People.PASSWORD, "here")))
        .isInstanceOf(Outcome.SignedIn.class);
  }

  @Test
  void looksAgainOnceTheDelayIsOver() {
    guess("there", 2);
    TestMachine.clock().advance(Duration.ofMillis(100));

    assertThat(signIns.attempt(people.attempt(email, People.PASSWORD, "there")))
        .isInstanceOf(Outcome.SignedIn.class);
  }

  @Test
  void doesNotHashWhatComesTooSoon() {
    guess("there", 2);
    TestMachine.reset();
    signIns.attempt(people.attempt(email, WRONG, "there"));

    assertThat(TestMachine.machine().dynamo().operations()).containsOnly("UpdateItem");
  }

  @Test
  void slowsDownGuessesAtAnUnknownAddressAsWell() {
    var nobody = People.address();
    for (var i = 0; i < 2; i++) {
      signIns.attempt(people.attempt(nobody, WRONG, "there"));
    }

    assertThat(signIns.attempt(people.attempt(nobody, WRONG, "there")))
        .isEqualTo(new Outcome.TooSoon(Duration.ofMillis(100)));
  }

  /** A first attempt that succeeds is remembered, the next one is forgotten with it. */
  @Test
  void doesNotSlowDownWhoSucceedsEachTime() {
    for (var i = 0; i < 6; i++) {
      assertThat(signIns.attempt(people.attempt(email, People.PASSWORD, "here")))
          .isInstanceOf(Outcome.SignedIn.class);
    }
  }

  @Test
  void forgetsAttemptsOnceOneSucceeds() {
    guess("here", 2);
    TestMachine.clock().advance(Duration.ofMillis(100));
    signIn("here", Optional.empty());

    guess("here", 2);
  }

  @Test
  @DisplayName("abuse-and-incidents: strangers cannot lock a person out of a browser that is known")
  void letsAKnownBrowserInWhileStrangersExhaustTheAccount() {
    var browser = signIn("here", Optional.empty()).browser();
    exhaust();

    assertThat(signIns.attempt(people.attempt(email, People.PASSWORD, "new place")))
        .as("an unknown browser")
        .isInstanceOf(Outcome.TooSoon.class);
    assertThat(
            signIns.attempt(
                people.attempt(email, People.PASSWORD, "new place", Optional.of(browser))))
        .as("a known one")
        .isInstanceOf(Outcome.SignedIn.class);
  }

  @Test
  void slowsDownGuessesFromAKnownBrowserAsWell() {
    var browser = Optional.of(signIn("here", Optional.empty()).browser());
    for (var i = 0; i < 2; i++) {
      signIns.attempt(people.attempt(email, WRONG, "place " + i, browser));
    }

    assertThat(signIns.attempt(people.attempt(email, WRONG, "place 3", browser)))
        .isInstanceOf(Outcome.TooSoon.class);
  }

  @Test
  void knowsABrowserThroughoutItsLifetimeOnly() {
    TestMachine.nextSecond();
    var browsers = new KnownBrowsers(people.backend.vault(), TestMachine.clock());
    var mark = browsers.mark("account");
    assertThat(browsers.isKnown(mark, "account")).isTrue();
    TestMachine.clock().advance(KnownBrowsers.LIFETIME.minusMillis(1));
    assertThat(browsers.isKnown(mark, "account")).as("a millisecond before").isTrue();
    TestMachine.clock().advance(Duration.ofMillis(1));

    assertThat(browsers.isKnown(mark, "account")).as("at its end").isFalse();
  }

  @Test
  @DisplayName("isolation: a browser's mark is of one account")
  void doesNotKnowABrowserOfAnotherAccount() {
    var browsers = new KnownBrowsers(people.backend.vault(), TestMachine.clock());

    assertThat(browsers.isKnown(browsers.mark("account"), "another")).isFalse();
  }

  @Test
  void doesNotKnowAForgedMark() {
    var browsers = new KnownBrowsers(people.backend.vault(), TestMachine.clock());
    var mark = browsers.mark("account");
    var parts = mark.split("\\.", -1);
    var later = Long.toString(Long.parseLong(parts[1]) + 1);

    assertThat(
            List.of(
                "",
                ".",
                "..",
                "x",
                mark.substring(1),
                mark + "x",
                mark.substring(0, mark.length() - 1),
                parts[0] + "." + later + "." + parts[2],
                "A" + parts[0].substring(1) + "x." + parts[1] + "." + parts[2],
                parts[0] + "." + parts[1] + "." + people.backend.vault().blindIndex("email", "x"),
                mark.repeat(3)))
        .noneMatch(forged -> browsers.isKnown(forged, "account"));
  }

  @Test
  @DisplayName("hashed-secrets: a hash follows when parameters are raised, on the next sign-in")
  void hashesAgainOnceParametersAreRaised() {
    var before = hash();
    var raised = people.signIns(new PasswordHashing(20_000, 2));
    assertThat(raised.attempt(people.attempt(email, People.PASSWORD, "here")))
        .isInstanceOf(Outcome.SignedIn.class);

    assertThat(before).contains("m=19456");
    assertThat(hash()).contains("m=20000");
    assertThat(raised.attempt(people.attempt(email, People.PASSWORD, "here")))
        .isInstanceOf(Outcome.SignedIn.class);
  }

  @Test
  void doesNotHashAgainAfterAWrongPassword() {
    people.signIns(new PasswordHashing(20_000, 2)).attempt(people.attempt(email, WRONG, "here"));

    assertThat(hash()).contains("m=19456");
  }

  @Test
  @DisplayName("an attempt on nobody's account hashes as one on somebody's does")
  void hashesForNobodyAsForSomebody() {
    var costly = people.signIns(new PasswordHashing(4 * 19_456, 3));
    costly.attempt(people.attempt(email, People.PASSWORD, "here")); // and hashed anew
    var somebody = CpuTime.of(() -> costly.attempt(people.attempt(email, WRONG, "here")));
    var nobody = CpuTime.of(() -> costly.attempt(people.attempt(People.address(), WRONG, "there")));

    assertThat(nobody).isBetween(somebody / 2, somebody * 2);
    assertThat(nobody)
        .as("a hash, and not the little else that an attempt does")
        .isGreaterThan(
            CpuTime.of(() -> new PasswordHashing(4 * 19_456, 3).hash(new Password(WRONG))) / 2);
  }

  @Test
  void knowsNobodyOnceTheKeyIsDestroyed() {
    people.backend.vault().destroySubjectKey(subject);

    assertThat(signIns.attempt(people.attempt(email, People.PASSWORD, "here")))
        .isEqualTo(new Outcome.WrongCredentials());
  }

  @Test
  void doesNotShowAnAttempt() {
    assertThat(people.attempt(email, People.PASSWORD, "here")).hasToString("Attempt[redacted]");
  }

  private Outcome.SignedIn signIn(String source, Optional<String> browser) {
    return (Outcome.SignedIn)
        signIns.attempt(people.attempt(email, People.PASSWORD, source, browser));
  }

  private void guess(String source, int times) {
    for (var i = 0; i < times; i++) {
      assertThat(signIns.attempt(people.attempt(email, WRONG, source)))
          .isEqualTo(new Outcome.WrongCredentials());
    }
  }

  /** What strangers at one provider could do: the bucket is drawn from past the hashing. */
  private void exhaust() {
    var account = SignUps.emailIndex(people.backend.vault(), email);
    people
        .backend
        .throttle()
        .take(
            signIns.guesses(account, People.PROVIDER),
            new Throttle.Limit("sign-in-account", 60, Duration.ofHours(1)),
            59);
  }

  private String hash() {
    return new People()
        .backend
        .store()
        .get(Credential.KIND.in(subject.value()), Purpose.AUTHENTICATION)
        .orElseThrow()
        .value()
        .passwordHash();
  }

  private static People instance() {
    var instance = new People();
    instance.backend.vault().blindIndex("email", "warm");
    return instance;
  }

  private static List<String> asked(People instance, EmailAddress email) {
    TestMachine.reset();
    assertThat(instance.signIns.attempt(instance.attempt(email, WRONG, "there")))
        .isEqualTo(new Outcome.WrongCredentials());
    var operations = new ArrayList<>(TestMachine.machine().dynamo().operations());
    TestMachine.machine().kms().calls().stream().map(KmsCall::operation).forEach(operations::add);
    return operations;
  }
}
