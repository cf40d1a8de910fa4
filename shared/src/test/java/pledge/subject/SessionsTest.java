package pledge.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.AtOnce;
import pledge.Seeds;
import pledge.TestMachine;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.store.Backend;
import pledge.store.Found;
import pledge.vault.SubjectId;
import pledge.vault.Token;

final class SessionsTest {
  private static final Session.Origin ORIGIN = new Session.Origin("192.0.2.1", "Marked/1.0");

  private final Backend backend = TestMachine.backend();
  private final Sessions sessions = new Sessions(backend.store(), TestMachine.clock());
  private final SubjectId subject = TestMachine.subject(backend.vault());

  @BeforeEach
  void begin() {
    TestMachine.reset();
    TestMachine.nextSecond();
  }

  @AfterEach
  void end() {
    TestMachine.reset();
  }

  @Test
  void letsInWhoHoldsItsToken() {
    var token = sessions.open(subject, ORIGIN);

    assertThat(sessions.check(token))
        .hasValueSatisfying(person -> assertThat(person.subject()).isEqualTo(subject));
  }

  @Test
  void isCheckedWithOneReadUnitAndNoKey() {
    var token = sessions.open(subject, ORIGIN);
    var elsewhere = TestMachine.backend();
    var consumed = elsewhere.store().capacity();
    TestMachine.reset();
    assertThat(new Sessions(elsewhere.store(), TestMachine.clock()).check(token)).isPresent();

    assertThat(TestMachine.machine().dynamo().operations()).containsExactly("GetItem");
    assertThat(consumed.readUnits()).isEqualTo(1);
    assertThat(consumed.writeUnits()).isZero();
    assertThat(TestMachine.machine().kms().calls()).isEmpty();
  }

  @Test
  void endsAfter14DaysWithoutUse() {
    var token = sessions.open(subject, ORIGIN);
    TestMachine.clock().advance(Duration.ofDays(14));

    assertThat(sessions.check(token)).isEmpty();
  }

  @Test
  void livesAMillisecondShortOf14DaysWithoutUse() {
    var token = sessions.open(subject, ORIGIN);
    TestMachine.clock().advance(Duration.ofDays(14).minusMillis(1));

    assertThat(sessions.check(token)).isPresent();
  }

  @Test
  void endsAfter90DaysHoweverMuchItIsUsed() {
    var token = sessions.open(subject, ORIGIN);
    var end = TestMachine.clock().instant().plus(Duration.ofDays(90));
    for (var day = 10; day < 90; day += 10) {
      TestMachine.clock().advance(Duration.ofDays(10));
      assertThat(sessions.check(token)).as("after %d days", day).isPresent();
    }
    TestMachine.clock().set(end.minusMillis(1));
    assertThat(sessions.check(token))
        .hasValueSatisfying(person -> assertThat(person.endsAt()).isEqualTo(end));
    TestMachine.clock().set(end);

    assertThat(sessions.check(token)).isEmpty();
  }

  @Test
  void livesLongerForBeingUsed() {
    var token = sessions.open(subject, ORIGIN);
    TestMachine.clock().advance(Duration.ofDays(10));
    assertThat(sessions.check(token)).isPresent();
    TestMachine.clock().advance(Duration.ofDays(10));

    assertThat(sessions.check(token)).isPresent();
  }

  @Test
  void isWrittenOnceAnHourAtMost() {
    var token = sessions.open(subject, ORIGIN);
    TestMachine.clock().advance(Duration.ofHours(1).minusMillis(1));
    TestMachine.reset();
    sessions.check(token);
    assertThat(TestMachine.machine().dynamo().writes()).as("within the hour").isZero();
    TestMachine.clock().advance(Duration.ofMillis(1));
    sessions.check(token);
    sessions.check(token);

    assertThat(TestMachine.machine().dynamo().writes()).as("after the hour").isEqualTo(1);
  }

  @Test
  void letsInAllWhoComeAtOnceWhenAnHourIsOver() {
    var token = sessions.open(subject, ORIGIN);
    TestMachine.clock().advance(Duration.ofHours(2));

    assertThat(AtOnce.run(8, thread -> sessions.check(token).isPresent())).containsOnly(true);
  }

  @Test
  void endsWhenItIsEnded() {
    var token = sessions.open(subject, ORIGIN);
    var session = sessions.check(token).orElseThrow().session();

    assertThat(sessions.end(subject, session)).isTrue();
    assertThat(new Sessions(TestMachine.backend().store(), TestMachine.clock()).check(token))
        .isEmpty();
  }

  @Test
  void cannotBeEndedTwice() {
    var session = sessions.check(sessions.open(subject, ORIGIN)).orElseThrow().session();
    sessions.end(subject, session);

    assertThat(sessions.end(subject, session)).isFalse();
  }

  @Test
  @DisplayName("isolation: nobody ends somebody else's session")
  void cannotBeEndedByAnother() {
    var token = sessions.open(subject, ORIGIN);
    var session = sessions.check(token).orElseThrow().session();

    assertThat(sessions.end(TestMachine.subject(backend.vault()), session)).isFalse();
    assertThat(sessions.check(token)).isPresent();
  }

  @Test
  void isNotThereUnderAnyOtherName() {
    for (var id : Stream.of("", "x", "#", "é", "x".repeat(2_000)).toList()) {
      assertThat(sessions.end(subject, id)).as("%s", id).isFalse();
    }
  }

  @Test
  @DisplayName("isolation: a token opens nothing of another subject's")
  void doesNotLetInWithTheSecretOfAnothersToken() {
    var token = sessions.open(subject, ORIGIN);
    var other = TestMachine.subject(backend.vault());
    sessions.open(other, ORIGIN);

    assertThat(sessions.check(new Token(other, token.secret()))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void doesNotLetInWithABitFlipped(long seed) {
    var token = sessions.open(subject, ORIGIN);
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 40; i++) {
      var bit = random.nextInt(256);
      var altered = token.secret().clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);

      assertThat(sessions.check(new Token(subject, altered)))
          .as("seed %d, bit %d", seed, bit)
          .isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void doesNotLetInWithARandomToken(long seed) {
    sessions.open(subject, ORIGIN);
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 20; i++) {
      assertThat(sessions.check(new Token(subject, Seeds.bytes(random, 32))))
          .as("seed %d, token %d", seed, i)
          .isEmpty();
    }
  }

  @Test
  @DisplayName("hashed-secrets: the table holds a hash of the token, and its id says nothing of it")
  void keepsAHashOfItsToken() {
    var token = sessions.open(subject, ORIGIN);
    var items =
        TestMachine.scan(Table.SUBJECTS).stream()
            .filter(item -> item.toString().contains(subject.value()))
            .toList();

    assertThat(items).hasSize(1);
    assertThat(items.toString())
        .doesNotContain(token.text())
        .doesNotContain(token.text().substring(22))
        .doesNotContain("Marked")
        .doesNotContain("192.0.2.1");
  }

  @Test
  @DisplayName("right-access: its owner sees each session, newest first, and where it was opened")
  void isListedNewestFirst() {
    sessions.open(subject, new Session.Origin("192.0.2.1", "first"));
    TestMachine.clock().advance(Duration.ofMinutes(1));
    sessions.open(subject, new Session.Origin("192.0.2.2", "second"));

    assertThat(sessions.all(subject))
        .extracting(Found::value)
        .extracting(session -> session.origin().orElseThrow().userAgent())
        .containsExactly("second", "first");
  }

  @Test
  void isNotListedOnceItIsOver() {
    sessions.open(subject, ORIGIN);
    TestMachine.clock().advance(Sessions.IDLE);

    assertThat(sessions.all(subject)).isEmpty();
  }

  @Test
  void isOpenedWhereTheAnswerOfTheTableWasLost() {
    TestMachine.machine().dynamo().cutAfterWrite(1);
    var token = sessions.open(subject, ORIGIN);

    assertThat(sessions.check(token)).isPresent();
  }

  @Test
  @DisplayName("access-controls: a rehearsal needs no key that the function's role may not make")
  void rehearsesWithoutAskingForAKey() {
    sessions.rehearse(backend.vault(), SubjectId.random());

    assertThat(TestMachine.machine().kms().calls()).isEmpty();
  }

  @Test
  void rehearsesWithASessionThatEndsWithoutATrace() {
    var before = TestMachine.scan(Table.SUBJECTS);
    var token = sessions.rehearse(backend.vault(), SubjectId.random());
    var nobody = sessions.check(token).orElseThrow();
    sessions.end(nobody.subject(), nobody.session());

    assertThat(TestMachine.scan(Table.SUBJECTS)).isEqualTo(before);
  }

  @Test
  void rehearsesWithASessionThatWouldEndAfterAMinute() {
    var token = sessions.rehearse(backend.vault(), SubjectId.random());
    TestMachine.clock().advance(Duration.ofMinutes(1));

    assertThat(sessions.check(token)).isEmpty();
  }

  @Test
  @DisplayName("account-30d: with the subject's key gone, no session shows where it was opened")
  void isNotListedOnceTheKeyIsDestroyed() {
    sessions.open(subject, ORIGIN);
    backend.vault().destroySubjectKey(subject);

    assertThat(sessions.all(subject)).isEmpty();
    assertThat(catchThrowable(() -> sessions.open(subject, ORIGIN)))
        .hasMessageContaining("destroyed");
  }

  @Test
  @DisplayName("purpose-limits: sessions are not read for support")
  void isNotReadForSupport() {
    var ref = Session.KIND.in(subject.value(), "x");

    assertThat(catchThrowable(() -> backend.store().getClear(ref, Purpose.SUPPORT))).isNotNull();
  }
}
