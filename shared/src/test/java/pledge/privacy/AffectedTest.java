package pledge.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import pledge.TestMachine;
import pledge.policy.Category;
import pledge.privacy.IncidentEntry.Extent;
import pledge.store.Backend;
import pledge.subject.SecurityEvent;
import pledge.subject.Session;
import pledge.subject.Sessions;
import pledge.vault.SubjectId;

/** A person who signed in at one time, and whose session ended at another. */
@DisplayName("abuse-and-incidents: who is affected")
final class AffectedTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final Backend backend = TestMachine.backend();
  private final Affected affected = new Affected(backend.store(), TestMachine.clock());
  private final SubjectId person = TestMachine.subject(backend.vault());
  private final Instant signedIn = TestMachine.nextSecond();
  private final Instant ended = signedIn.plus(Sessions.IDLE);

  AffectedTest() {
    new Sessions(backend.store(), TestMachine.clock())
        .open(person, new Session.Origin("192.0.2.1", "Test/1.0"));
  }

  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  private boolean isAffected(Category category, Instant from, Instant until) {
    return affected.isOneOfThem(
        person, new Extent(Set.of(category), Optional.of(from), Optional.of(until)));
  }

  @ParameterizedTest
  @CsvSource({"-2, -1, false", "-2, 0, true", "-1, 1, true", "1, 2, true"})
  void hadARecordOfTheKindWhenItBegan(int from, int until, boolean is) {
    TestMachine.clock().advance(HOUR.multipliedBy(3));

    assertThat(
            isAffected(
                Category.SESSION,
                signedIn.plus(HOUR.multipliedBy(from)),
                signedIn.plus(HOUR.multipliedBy(until))))
        .isEqualTo(is);
  }

  @ParameterizedTest
  @CsvSource({"-2, true", "-1, true", "0, false", "1, false"})
  void hadOneThatDidNotExpireBefore(int from, boolean is) {
    TestMachine.clock().advance(Sessions.IDLE.plus(HOUR.multipliedBy(3)));

    assertThat(
            isAffected(
                Category.SESSION,
                ended.plus(HOUR.multipliedBy(from)),
                ended.plus(HOUR.multipliedBy(2))))
        .isEqualTo(is);
  }

  @Test
  void hasOneWhileItGoesOn() {
    var extent = new Extent(Set.of(Category.SESSION), Optional.of(signedIn), Optional.empty());

    assertThat(affected.isOneOfThem(person, extent)).isTrue();
  }

  @Test
  void isNobodyWithoutARecordOfTheKind() {
    assertThat(isAffected(Category.CONSENT, signedIn, signedIn.plus(HOUR))).isFalse();
    assertThat(isAffected(Category.SECURITY_EVENT, signedIn, signedIn.plus(HOUR))).isFalse();
  }

  @Test
  void isFoundInEachTableOfAPerson() {
    backend
        .store()
        .insert(
            SecurityEvent.KIND.in(person.value(), "1"),
            new SecurityEvent(SecurityEvent.What.SESSION_EXPIRED, signedIn),
            Instant.MAX);

    assertThat(isAffected(Category.SECURITY_EVENT, signedIn, signedIn.plus(HOUR))).isTrue();
  }

  /** By keyed hash or pseudonym: whose they are, the records do not tell. */
  @ParameterizedTest
  @EnumSource(
      names = {
        "LOOKUP",
        "BILLING_RECORD",
        "SIGN_IN_THROTTLE",
        "RATE_LIMIT",
        "SUBJECT_KEY",
        "LEGAL_HOLD",
        "ERASURE_RECEIPT"
      })
  void isEverybodyWhoWasHereWhereRecordsDoNotLeadToAPerson(Category category) {
    TestMachine.clock().advance(HOUR);

    assertThat(isAffected(category, signedIn.minus(HOUR), signedIn)).isTrue();
    assertThat(isAffected(category, signedIn.minus(HOUR), signedIn.minusMillis(1))).isFalse();
  }

  @Test
  void isEverybodyWhoWasHereWhereTheRecordsOfThenAreGone() {
    assertThat(isAffected(Category.SIGN_UP, signedIn, signedIn.plus(HOUR))).isFalse();
    TestMachine.clock().advance(Duration.ofDays(1));

    assertThat(isAffected(Category.SIGN_UP, signedIn, signedIn.plus(HOUR))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"INCIDENT", "PLEDGE_CHECK", "USAGE_AGGREGATE", "PROVIDER_EVENT"})
  void isNobodyWhereItIsAboutNobody(Category category) {
    assertThat(isAffected(category, signedIn, signedIn.plus(HOUR))).isFalse();
  }

  @Test
  void isFoundByKeysAndTimesWithoutAnyKey() {
    TestMachine.reset();
    isAffected(Category.SESSION, signedIn, signedIn.plus(HOUR));

    assertThat(TestMachine.machine().dynamo().operations()).containsExactly("Query");
    assertThat(TestMachine.machine().kms().calls()).isEmpty();
  }
}
