package pledge.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pledge.TestMachine;
import pledge.local.KmsStandIn;
import pledge.policy.Epoch;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** KMS refusing, slow or throttling: an error that says "try again", and nothing half-written. */
final class KmsFaultsTest {
  private static final Place PLACE = new Place(Table.SUBJECTS, "partition", "sort", 1);
  private static final byte[] TEXT = Secrets.utf8("what nobody else may read");

  private final KmsStandIn kms = TestMachine.machine().kms();
  private final Vault vault = TestMachine.vault();

  @BeforeEach
  void begin() {
    TestMachine.reset();
    // An hour without a key.
    TestMachine.clock().set(Epoch.HOUR.startAfter(TestMachine.clock().instant()));
  }

  @AfterEach
  void end() {
    kms.enable("VaultKey");
    TestMachine.reset();
  }

  @ParameterizedTest
  @CsvSource({
    "ThrottlingException, 400",
    "KMSInternalException, 500",
    "DependencyTimeoutException, 500",
    "AccessDeniedException, 400",
    "KMSInvalidStateException, 400"
  })
  void answersThatItIsUnavailableAndWritesNothing(String error, int status) {
    var before = tables();
    kms.failNext(100, error, status);

    assertThat(catchThrowable(() -> vault.seal(epochKey(), PLACE, TEXT)))
        .isInstanceOfSatisfying(
            UnavailableException.class, e -> assertThat(e.reason()).isNotBlank());
    assertThat(tables()).isEqualTo(before);
  }

  @Test
  void answersThatItIsUnavailableWhereItsKeyIsDisabled() {
    var before = tables();
    kms.disable("VaultKey");

    assertThat(catchThrowable(() -> vault.seal(epochKey(), PLACE, TEXT)))
        .isInstanceOf(UnavailableException.class);
    assertThat(catchThrowable(() -> vault.newSubjectKey(SubjectId.random(), tomorrow())))
        .isInstanceOf(UnavailableException.class);
    assertThat(tables()).isEqualTo(before);
  }

  @Test
  void opensNothingWhileItsKeyIsDisabledAndAllOnceItIsEnabled() {
    var key = new SealingKey.OfSubject(TestMachine.subject(vault));
    var sealed = vault.seal(key, PLACE, TEXT);
    var elsewhere = TestMachine.vault();
    kms.disable("VaultKey");
    assertThat(catchThrowable(() -> elsewhere.open(key, PLACE, sealed)))
        .isInstanceOf(UnavailableException.class);
    kms.enable("VaultKey");

    assertThat(elsewhere.open(key, PLACE, sealed)).isPresent();
  }

  @Test
  void answersThatItIsUnavailableWhereKmsIsTooSlow() {
    var before = tables();
    kms.delay(Duration.ofMillis(2_500));

    assertThat(catchThrowable(() -> vault.seal(epochKey(), PLACE, TEXT)))
        .isInstanceOf(UnavailableException.class);
    assertThat(tables()).isEqualTo(before);
  }

  @Test
  void survivesOneRefusal() {
    kms.failNext(1, "KMSInternalException", 500);

    assertThat(vault.seal(epochKey(), PLACE, TEXT)).isNotEmpty();
  }

  @Test
  void worksAgainOnceKmsDoes() {
    kms.failNext(1, "AccessDeniedException", 400);
    var key = epochKey();
    assertThatThrownBy(() -> vault.seal(key, PLACE, TEXT)).isInstanceOf(UnavailableException.class);

    assertThat(vault.open(key, PLACE, vault.seal(key, PLACE, TEXT))).isPresent();
  }

  @Test
  void answersThatItIsUnavailableWhereTheKeyTableIs() {
    TestMachine.machine().dynamo().failNext(100, "InternalServerError");

    assertThatThrownBy(() -> vault.seal(epochKey(), PLACE, TEXT))
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void answersThatItIsUnavailableWhereAKeyCannotBeDeleted() {
    TestMachine.machine().dynamo().failNext(100, "InternalServerError");

    assertThatThrownBy(() -> vault.destroySubjectKey(SubjectId.random()))
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void doesNotTakeAnAlteredWrappedKey() {
    var subject = TestMachine.subject(vault);
    var key = new SealingKey.OfSubject(subject);
    var sealed = vault.seal(key, PLACE, TEXT);
    var row = new HashMap<>(TestMachine.item(Table.SUBJECT_KEYS, subject.value(), "KEY"));
    var wrapped = Objects.requireNonNull(row.get("wrapped")).b().asByteArray();
    wrapped[wrapped.length - 1] ^= 1;
    row.put("wrapped", AttributeValue.fromB(SdkBytes.fromByteArray(wrapped)));
    TestMachine.put(Table.SUBJECT_KEYS, row);

    assertThatThrownBy(() -> TestMachine.vault().open(key, PLACE, sealed))
        .isInstanceOf(DoesNotOpenException.class);
  }

  private static SealingKey epochKey() {
    return new SealingKey.OfEpoch(
        EpochId.of(RetentionPeriod.HOURS_24, TestMachine.clock().instant()));
  }

  private static Instant tomorrow() {
    return TestMachine.clock().instant().plus(Duration.ofDays(1));
  }

  private static List<List<Map<String, AttributeValue>>> tables() {
    return List.of(
        TestMachine.scan(Table.SUBJECTS),
        TestMachine.scan(Table.SUBJECT_KEYS),
        TestMachine.scan(Table.EPOCH_KEYS));
  }
}
