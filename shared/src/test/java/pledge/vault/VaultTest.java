package pledge.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.AtOnce;
import pledge.Seeds;
import pledge.TestMachine;
import pledge.local.KmsStandIn.KmsCall;
import pledge.policy.Epoch;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.vault.SealingKey.OfEpoch;
import pledge.vault.SealingKey.OfSubject;
import pledge.vault.SealingKey.OfSubjectInEpoch;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class VaultTest {
  private static final Place PLACE = new Place(Table.SUBJECTS, "partition", "sort", 1);
  private static final byte[] TEXT = Secrets.utf8("what nobody else may read");

  private final Vault vault = TestMachine.vault();

  @BeforeEach
  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void opensWhateverItSealed(long seed) {
    var random = new SplittableRandom(seed);
    var subject = TestMachine.subject(vault);
    var keys =
        new SealingKey[] {
          new OfSubject(subject),
          new OfSubjectInEpoch(subject, epoch(RetentionPeriod.HOURS_24)),
          new OfEpoch(epoch(RetentionPeriod.DAYS_30))
        };
    for (var i = 0; i < 30; i++) {
      var plaintext = Seeds.bytes(random, random.nextInt(64 * 1024));
      var key = keys[i % keys.length];

      assertThat(vault.open(key, PLACE, vault.seal(key, PLACE, plaintext)))
          .as("seed %d, text %d under %s", seed, i, key)
          .hasValueSatisfying(opened -> assertThat(opened).isEqualTo(plaintext));
    }
  }

  @Test
  @DisplayName("isolation: what is sealed for one subject does not open as another's")
  void doesNotOpenAsAnotherSubjects() {
    var sealed = vault.seal(new OfSubject(TestMachine.subject(vault)), PLACE, TEXT);
    var other = new OfSubject(TestMachine.subject(vault));

    assertThatThrownBy(() -> vault.open(other, PLACE, sealed))
        .isInstanceOf(DoesNotOpenException.class);
  }

  @Test
  @DisplayName("isolation: within an epoch as well, nothing opens as another subject's")
  void doesNotOpenAsAnotherSubjectsInOneEpoch() {
    var epoch = epoch(RetentionPeriod.DAYS_30);
    var sealed = vault.seal(new OfSubjectInEpoch(TestMachine.subject(vault), epoch), PLACE, TEXT);
    var other = new OfSubjectInEpoch(TestMachine.subject(vault), epoch);

    assertThatThrownBy(() -> vault.open(other, PLACE, sealed))
        .isInstanceOf(DoesNotOpenException.class);
  }

  @Test
  void doesNotOpenUnderAnotherUseOfTheSameKeys() {
    var subject = TestMachine.subject(vault);
    var epoch = epoch(RetentionPeriod.DAYS_30);
    var sealed = vault.seal(new OfSubjectInEpoch(subject, epoch), PLACE, TEXT);

    assertThat(catchThrowable(() -> vault.open(new OfSubject(subject), PLACE, sealed)))
        .isInstanceOf(DoesNotOpenException.class);
    assertThat(catchThrowable(() -> vault.open(new OfEpoch(epoch), PLACE, sealed)))
        .isInstanceOf(DoesNotOpenException.class);
  }

  @Test
  void doesNotOpenAsOfAnotherEpoch() {
    var subject = TestMachine.subject(vault);
    var hour = new OfSubjectInEpoch(subject, epoch(RetentionPeriod.HOURS_24));
    var day = new OfSubjectInEpoch(subject, epoch(RetentionPeriod.DAYS_30));
    vault.seal(day, PLACE, TEXT);
    var sealed = vault.seal(hour, PLACE, TEXT);

    assertThatThrownBy(() -> vault.open(day, PLACE, sealed))
        .isInstanceOf(DoesNotOpenException.class);
  }

  @Test
  @DisplayName("isolation: a wrapped key that was moved to another subject does not open")
  void doesNotTakeAnotherSubjectsWrappedKey() {
    var one = TestMachine.subject(vault);
    var other = TestMachine.subject(vault);
    var sealed = vault.seal(new OfSubject(one), PLACE, TEXT);
    var row = new HashMap<>(TestMachine.item(Table.SUBJECT_KEYS, one.value(), "KEY"));
    row.put("pk", AttributeValue.fromS(other.value()));
    TestMachine.put(Table.SUBJECT_KEYS, row);

    assertThatThrownBy(() -> TestMachine.vault().open(new OfSubject(other), PLACE, sealed))
        .isInstanceOf(DoesNotOpenException.class);
  }

  @Test
  @DisplayName("account-30d: a destroyed key opens nothing, at once where it was destroyed")
  void opensNothingOnceTheSubjectsKeyIsDestroyed() {
    var subject = TestMachine.subject(vault);
    var key = new OfSubject(subject);
    var sealed = vault.seal(key, PLACE, TEXT);
    vault.destroySubjectKey(subject);

    assertThat(vault.open(key, PLACE, sealed)).isEmpty();
  }

  @Test
  @DisplayName("account-30d: a destroyed key opens nothing elsewhere once caches are at their end")
  void opensNothingFromACacheAfterItsLifetime() {
    var subject = TestMachine.subject(vault);
    var key = new OfSubject(subject);
    var sealed = vault.seal(key, PLACE, TEXT);
    var elsewhere = TestMachine.vault();
    assertThat(elsewhere.open(key, PLACE, sealed)).isPresent();
    vault.destroySubjectKey(subject);
    TestMachine.clock().advance(KeyCache.LIFETIME.minusMillis(1));
    assertThat(elsewhere.open(key, PLACE, sealed)).as("still in its cache").isPresent();
    TestMachine.clock().advance(Duration.ofMillis(1));

    assertThat(elsewhere.open(key, PLACE, sealed)).isEmpty();
  }

  @Test
  void opensNothingWhereTheKeyWasNeverCachedOnceItIsDestroyed() {
    var subject = TestMachine.subject(vault);
    var key = new OfSubject(subject);
    var sealed = vault.seal(key, PLACE, TEXT);
    vault.destroySubjectKey(subject);

    assertThat(TestMachine.vault().open(key, PLACE, sealed)).isEmpty();
  }

  @Test
  @DisplayName("account-30d: what is kept for a period opens no longer than its subject's key")
  void opensNothingOfAnEpochOnceTheSubjectsKeyIsDestroyed() {
    var subject = TestMachine.subject(vault);
    var key = new OfSubjectInEpoch(subject, epoch(RetentionPeriod.DAYS_30));
    var sealed = vault.seal(key, PLACE, TEXT);
    vault.destroySubjectKey(subject);

    assertThat(vault.open(key, PLACE, sealed)).isEmpty();
  }

  @Test
  void leavesOtherSubjectsAloneWhenItDestroysAKey() {
    var neighbour = new OfSubject(TestMachine.subject(vault));
    var sealed = vault.seal(neighbour, PLACE, TEXT);
    vault.destroySubjectKey(TestMachine.subject(vault));

    assertThat(TestMachine.vault().open(neighbour, PLACE, sealed)).isPresent();
  }

  @Test
  void sealsNothingUnderADestroyedKey() {
    var subject = TestMachine.subject(vault);
    vault.destroySubjectKey(subject);

    assertThatThrownBy(() -> vault.seal(new OfSubject(subject), PLACE, TEXT))
        .isInstanceOf(KeyDestroyedException.class);
  }

  @Test
  void sealsNothingOfAnEpochUnderADestroyedKey() {
    var subject = TestMachine.subject(vault);
    vault.destroySubjectKey(subject);
    var key = new OfSubjectInEpoch(subject, epoch(RetentionPeriod.DAYS_30));

    assertThatThrownBy(() -> vault.seal(key, PLACE, TEXT))
        .isInstanceOf(KeyDestroyedException.class);
  }

  @Test
  void destroysAKeyThatIsGoneAlready() {
    var subject = TestMachine.subject(vault);
    vault.destroySubjectKey(subject);
    vault.destroySubjectKey(subject);

    assertThat(TestMachine.item(Table.SUBJECT_KEYS, subject.value(), "KEY")).isEmpty();
  }

  @Test
  void losesANewKeyThatNobodyKeptInTime() {
    var subject = SubjectId.random();
    var key = new OfSubject(subject);
    var end = TestMachine.nextSecond().plus(Duration.ofMinutes(2));
    TestMachine.write(vault.newSubjectKey(subject, end));
    var sealed = vault.seal(key, PLACE, TEXT);
    TestMachine.clock().set(end.minusMillis(1));
    assertThat(TestMachine.vault().open(key, PLACE, sealed)).isPresent();
    TestMachine.clock().set(end);

    assertThat(vault.open(key, PLACE, sealed)).as("where it was cached").isEmpty();
    assertThat(TestMachine.vault().open(key, PLACE, sealed)).as("elsewhere").isEmpty();
  }

  @Test
  void keepsANewKeyThatIsKeptInTime() {
    var subject = SubjectId.random();
    var key = new OfSubject(subject);
    var end = TestMachine.nextSecond().plus(Duration.ofMinutes(2));
    TestMachine.write(vault.newSubjectKey(subject, end));
    var sealed = vault.seal(key, PLACE, TEXT);
    TestMachine.clock().set(end.minusMillis(1));
    TestMachine.write(vault.keepSubjectKey(subject));
    TestMachine.clock().set(end);

    assertThat(vault.open(key, PLACE, sealed)).isPresent();
  }

  @Test
  void cannotKeepAKeyThatIsVoid() {
    var subject = SubjectId.random();
    var end = TestMachine.nextSecond().plus(Duration.ofMinutes(2));
    TestMachine.write(vault.newSubjectKey(subject, end));
    TestMachine.clock().set(end);
    var keep = vault.keepSubjectKey(subject);

    assertThatThrownBy(() -> TestMachine.write(keep))
        .hasMessageContaining("ConditionalCheckFailed");
  }

  @Test
  void destroysAVoidKeyAndNoOther() {
    var subject = SubjectId.random();
    var end = TestMachine.nextSecond().plus(Duration.ofMinutes(2));
    TestMachine.write(vault.newSubjectKey(subject, end));
    var kept = SubjectId.random();
    TestMachine.write(vault.newSubjectKey(kept, end));
    TestMachine.write(vault.keepSubjectKey(kept));
    TestMachine.clock().set(end.minusMillis(1));
    assertThat(vault.destroyVoidSubjectKey(subject)).isFalse();
    TestMachine.clock().set(end);

    assertThat(vault.destroyVoidSubjectKey(subject)).isTrue();
    assertThat(vault.destroyVoidSubjectKey(subject)).isFalse();
    assertThat(vault.destroyVoidSubjectKey(kept)).isFalse();
    assertThat(TestMachine.item(Table.SUBJECT_KEYS, subject.value(), "KEY")).isEmpty();
    assertThat(TestMachine.item(Table.SUBJECT_KEYS, kept.value(), "KEY")).isNotEmpty();
  }

  @Test
  @DisplayName("content-24h: request content is unreadable 24 hours after its hour began")
  void opensContentFor24HoursToTheMillisecond() {
    opensUntilTheEndOf(RetentionPeriod.HOURS_24);
  }

  @Test
  @DisplayName("logs-30d: a log is unreadable 30 days after its day began")
  void opensLogsFor30DaysToTheMillisecond() {
    opensUntilTheEndOf(RetentionPeriod.DAYS_30);
  }

  @Test
  @DisplayName("analytics-13m: analytics are unreadable 13 months after their month began")
  void opensAnalyticsFor13MonthsToTheMillisecond() {
    opensUntilTheEndOf(RetentionPeriod.MONTHS_13);
  }

  private void opensUntilTheEndOf(RetentionPeriod period) {
    // A fresh epoch: no other test has sealed in it.
    TestMachine.clock().set(period.epoch().orElseThrow().startAfter(TestMachine.clock().instant()));
    var start = TestMachine.clock().instant();
    var epoch = EpochId.of(period, start.plusSeconds(61));
    assertThat(epoch.start()).isEqualTo(start);
    var key = new OfEpoch(epoch);
    var sealed = vault.seal(key, PLACE, TEXT);
    var end = period.endsAt(start);

    TestMachine.clock().set(end.minusMillis(1));
    assertThat(vault.open(key, PLACE, sealed)).as("a millisecond before").isPresent();
    TestMachine.clock().set(end);

    assertThat(vault.open(key, PLACE, sealed)).as("where the key is cached").isEmpty();
    assertThat(TestMachine.vault().open(key, PLACE, sealed)).as("elsewhere").isEmpty();
    assertThatThrownBy(() -> vault.seal(key, PLACE, TEXT))
        .isInstanceOf(KeyDestroyedException.class);
    assertThat(TestMachine.item(Table.EPOCH_KEYS, epoch.value(), "KEY"))
        .as("the key's row, which nobody has removed yet")
        .isNotEmpty();
  }

  @Test
  @DisplayName("content-24h: a destroyed key of an hour opens nothing, and its neighbours open")
  void opensNothingOnceTheEpochsKeyIsDestroyed() {
    TestMachine.clock().set(Epoch.HOUR.startAfter(TestMachine.clock().instant()));
    var subject = TestMachine.subject(vault);
    var epoch = epoch(RetentionPeriod.HOURS_24);
    var key = new OfSubjectInEpoch(subject, epoch);
    var sealed = vault.seal(key, PLACE, TEXT);
    var elsewhere = TestMachine.vault();
    assertThat(elsewhere.open(key, PLACE, sealed)).isPresent();
    TestMachine.clock().advance(Duration.ofHours(1));
    var next = new OfSubjectInEpoch(subject, epoch(RetentionPeriod.HOURS_24));
    var ofNext = vault.seal(next, PLACE, TEXT);
    vault.destroyEpochKey(epoch);

    assertThat(vault.open(key, PLACE, sealed)).as("at once, here").isEmpty();
    assertThat(elsewhere.open(key, PLACE, sealed)).as("elsewhere, its cache aged").isEmpty();
    assertThat(vault.open(next, PLACE, ofNext)).as("the hour after").isPresent();
  }

  @Test
  @DisplayName("content-24h, logs-30d, analytics-13m: an epoch that is over never has a key again")
  void makesNoKeyOfAnEpochThatIsOver() {
    for (var period : RetentionPeriod.WITH_EPOCHS) {
      var epoch = epoch(period);
      assertThat(vault.prepareEpochKey(epoch)).isTrue();
      TestMachine.clock().set(epoch.endsAt());
      vault.destroyEpochKey(epoch);
      TestMachine.reset();

      assertThat(vault.prepareEpochKey(epoch)).isFalse();
      assertThat(TestMachine.machine().dynamo().operations()).isEmpty();
      assertThat(TestMachine.machine().kms().calls()).isEmpty();
    }
  }

  @Test
  void makesOneKeyOfAnEpochWhoeverComesFirst() {
    for (var round = 0; round < 5; round++) {
      TestMachine.clock().set(Epoch.HOUR.startAfter(TestMachine.clock().instant()));
      var key = new OfEpoch(epoch(RetentionPeriod.HOURS_24));
      var vaults = IntStream.range(0, 4).mapToObj(i -> TestMachine.vault()).toList();
      var sealed = AtOnce.run(vaults.size(), thread -> vaults.get(thread).seal(key, PLACE, TEXT));

      assertThat(sealed)
          .as("round %d", round)
          .allSatisfy(
              text ->
                  assertThat(vault.open(key, PLACE, text))
                      .hasValueSatisfying(opened -> assertThat(opened).isEqualTo(TEXT)));
    }
  }

  @Test
  void makesOneIndexKeyWhoeverComesFirst() {
    // Keys kept where no other test keeps them, so that there is no index key yet.
    var indexes =
        AtOnce.run(
            8,
            thread ->
                TestMachine.vault(Table.BILLING, Table.EPOCH_KEYS).blindIndex("email", "a@b.org"));

    assertThat(indexes).hasSize(8).containsOnly(indexes.getFirst());
  }

  @Test
  void findsOneValueUnderOneIndexInEveryInstance() {
    assertThat(vault.blindIndex("email", "a@b.org"))
        .isEqualTo(TestMachine.vault().blindIndex("email", "a@b.org"))
        .hasSize(43);
  }

  @Test
  void hasDifferentIndexesForOneValueOfTwoFields() {
    assertThat(vault.blindIndex("email", "a@b.org"))
        .isNotEqualTo(vault.blindIndex("phone", "a@b.org"));
  }

  @Test
  void hasDifferentIndexesWhereOnlyTheBorderOfFieldAndValueDiffers() {
    assertThat(vault.blindIndex("ab", "c")).isNotEqualTo(vault.blindIndex("a", "bc"));
  }

  @Test
  @DisplayName("encrypted-at-rest: an index is not the plain hash of its value")
  void hidesIndexedValues() {
    assertThat(vault.blindIndex("email", "a@b.org"))
        .isNotEqualTo(Secrets.text(Secrets.sha256(Secrets.utf8("a@b.org"))))
        .isNotEqualTo(Secrets.text(Secrets.sha256(Secrets.utf8("email\0a@b.org"))));
  }

  @Test
  void asksKmsOnceForAKeyThatItUsesOften() {
    var subject = TestMachine.subject(vault);
    var sealed = vault.seal(new OfSubject(subject), PLACE, TEXT);
    var elsewhere = TestMachine.vault();
    TestMachine.reset();
    for (var i = 0; i < 5; i++) {
      assertThat(elsewhere.open(new OfSubject(subject), PLACE, sealed)).isPresent();
    }

    assertThat(TestMachine.machine().kms().calls())
        .extracting(KmsCall::operation)
        .containsExactly("Decrypt");
  }

  @Test
  void asksKmsAgainOnceItForgotItsKeys() {
    var subject = TestMachine.subject(vault);
    var sealed = vault.seal(new OfSubject(subject), PLACE, TEXT);
    vault.forgetKeys();
    TestMachine.reset();
    assertThat(vault.open(new OfSubject(subject), PLACE, sealed)).isPresent();

    assertThat(TestMachine.machine().kms().calls())
        .extracting(KmsCall::operation)
        .containsExactly("Decrypt");
  }

  @Test
  void asksForAKeyOfNobodyAsForASubjects() {
    var subject = TestMachine.subject(vault);
    var sealed = vault.seal(new OfSubject(subject), PLACE, TEXT);
    var elsewhere = TestMachine.vault();
    elsewhere.blindIndex("email", "warm");
    TestMachine.reset();
    elsewhere.open(new OfSubject(subject), PLACE, sealed);
    elsewhere.open(new OfSubject(subject), PLACE, sealed);
    var kms = TestMachine.machine().kms().calls().stream().map(KmsCall::operation).toList();
    var dynamo = TestMachine.machine().dynamo().operations();
    TestMachine.reset();
    elsewhere.pretendToOpen("alias");
    elsewhere.pretendToOpen("alias");

    assertThat(kms).isNotEmpty();
    assertThat(dynamo).isNotEmpty();
    assertThat(TestMachine.machine().kms().calls()).extracting(KmsCall::operation).isEqualTo(kms);
    assertThat(TestMachine.machine().dynamo().operations()).isEqualTo(dynamo);
  }

  @Test
  void opensNoKeyThatIsKeptWhileItRehearses() {
    var real = vault.blindIndex("email", "jane@example.org");
    var kept = TestMachine.scan(Table.SUBJECT_KEYS);
    var elsewhere = TestMachine.vault();
    elsewhere.rehearse();

    assertThat(elsewhere.blindIndex("email", "jane@example.org")).isNotEqualTo(real);
    elsewhere.forgetKeys();
    assertThat(elsewhere.blindIndex("email", "jane@example.org")).isEqualTo(real);
    assertThat(TestMachine.scan(Table.SUBJECT_KEYS)).isEqualTo(kept);
  }

  @Test
  @DisplayName("logs-30d: a key of an epoch that nobody knows does not hold up the others")
  void passesOverAnEpochThatItDoesNotKnow() {
    var known = vault.epochs();
    var stray =
        Map.of(
            "pk", AttributeValue.fromS("5d#2026-01-01T00:00:00Z"),
            "sk", AttributeValue.fromS("KEY"));
    TestMachine.put(Table.EPOCH_KEYS, stray);
    try {
      assertThat(vault.epochs()).isEqualTo(known);
    } finally {
      TestMachine.dynamo()
          .deleteItem(request -> request.tableName(Table.EPOCH_KEYS.resource()).key(stray));
    }
  }

  @Test
  void readsTheIndexKeyOnceAndAsksKmsAgain() {
    vault.blindIndex("email", "jane@example.org");
    vault.forgetKeys();
    TestMachine.reset();
    vault.blindIndex("email", "jane@example.org");

    assertThat(TestMachine.machine().kms().calls())
        .extracting(KmsCall::operation)
        .containsExactly("Decrypt");
    assertThat(TestMachine.machine().dynamo().operations()).isEmpty();
  }

  @Test
  void rehearsesByTheCallsThatOpenAKey() {
    vault.blindIndex("email", "jane@example.org");
    var elsewhere = TestMachine.vault();
    elsewhere.rehearse();
    TestMachine.reset();
    elsewhere.blindIndex("email", "jane@example.org");
    elsewhere.pretendToOpen("alias");
    elsewhere.pretendToHold(SubjectId.random());

    assertThat(TestMachine.machine().kms().calls())
        .extracting(KmsCall::operation)
        .containsExactly("Decrypt", "Decrypt", "Decrypt");
    assertThat(TestMachine.machine().dynamo().operations())
        .containsExactly("GetItem", "GetItem", "GetItem");
  }

  @Test
  void tellsKmsOpaqueIdsOnly() {
    TestMachine.clock().set(Epoch.HOUR.startAfter(TestMachine.clock().instant()));
    var subject = TestMachine.subject(vault);
    var key = new OfSubjectInEpoch(subject, epoch(RetentionPeriod.HOURS_24));
    var sealed = vault.seal(key, PLACE, TEXT);
    TestMachine.vault().open(key, PLACE, sealed);
    TestMachine.vault(Table.AUDIT, Table.EPOCH_KEYS).blindIndex("email", "jane@example.org");

    assertThat(TestMachine.machine().kms().calls())
        .extracting(KmsCall::operation)
        .contains("GenerateDataKey", "Decrypt");
    assertThat(TestMachine.machine().kms().calls())
        .allSatisfy(
            call -> {
              var context = call.encryptionContext();
              assertThat(context).containsOnlyKeys("subject", "purpose");
              assertThat(context.get("subject"))
                  .matches(
                      switch (String.valueOf(context.get("purpose"))) {
                        case "subject" -> "[A-Za-z0-9_-]{22}";
                        case "epoch" -> "(24h|30d|13m)#[0-9TZ:-]{20}";
                        case "index" -> "index";
                        default -> "no such purpose";
                      });
            });
  }

  @Test
  void hasNoEpochForAPeriodWithoutOne() {
    assertThatThrownBy(
            () -> EpochId.of(RetentionPeriod.UNTIL_ERASURE, TestMachine.clock().instant()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static EpochId epoch(RetentionPeriod period) {
    return EpochId.of(period, TestMachine.clock().instant());
  }
}
