package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.CreateGrantRequest;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/** What any KMS does, asked through the real SDK. */
interface KmsContract {
  Map<String, String> CONTEXT = Map.of("subject", "s1", "purpose", "records");

  String GRANTEE = "arn:aws:iam::000000000000:role/Somebody";

  KmsClient kms();

  String key();

  @Test
  default void opensADataKeyAgain() {
    var made =
        kms()
            .generateDataKey(
                request ->
                    request.keyId(key()).keySpec(DataKeySpec.AES_256).encryptionContext(CONTEXT));
    var opened =
        kms()
            .decrypt(
                request ->
                    request.ciphertextBlob(made.ciphertextBlob()).encryptionContext(CONTEXT));

    assertThat(made.plaintext().asByteArray()).hasSize(32);
    assertThat(opened.plaintext()).isEqualTo(made.plaintext());
    assertThat(opened.keyId()).isEqualTo(made.keyId());
  }

  @Test
  default void opensADataKeyThatWasNeverShown() {
    var made =
        kms()
            .generateDataKeyWithoutPlaintext(
                request -> request.keyId(key()).keySpec(DataKeySpec.AES_256));

    assertThat(
            kms()
                .decrypt(request -> request.ciphertextBlob(made.ciphertextBlob()))
                .plaintext()
                .asByteArray())
        .hasSize(32);
  }

  @Test
  default void opensOnlyUnderTheSameContext() {
    var sealed =
        kms()
            .encrypt(
                request ->
                    request
                        .keyId(key())
                        .plaintext(SdkBytes.fromUtf8String("secret"))
                        .encryptionContext(CONTEXT));

    assertThatThrownBy(
            () -> kms().decrypt(request -> request.ciphertextBlob(sealed.ciphertextBlob())))
        .isInstanceOf(InvalidCiphertextException.class);
    assertThatThrownBy(
            () ->
                kms()
                    .decrypt(
                        request ->
                            request
                                .ciphertextBlob(sealed.ciphertextBlob())
                                .encryptionContext(Map.of("subject", "s2", "purpose", "records"))))
        .isInstanceOf(InvalidCiphertextException.class);
  }

  @Test
  default void makesRandomBytes() {
    assertThat(kms().generateRandom(request -> request.numberOfBytes(24)).plaintext().asByteArray())
        .hasSize(24);
  }

  @Test
  default void doesNotKnowAForeignKey() {
    var foreign = "arn:aws:kms:eu-central-1:000000000000:key/00000000-0000-0000-0000-000000000000";

    assertThatThrownBy(() -> kms().describeKey(request -> request.keyId(foreign)))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  default void deletesAKeyOnlyAfterAWait() {
    var deleted = kms().scheduleKeyDeletion(request -> request.keyId(key()).pendingWindowInDays(7));
    assertThat(deleted.deletionDate()).isNotNull();
    assertThat(state()).isEqualTo(KeyState.PENDING_DELETION);

    kms().cancelKeyDeletion(request -> request.keyId(key()));
    assertThat(state()).isEqualTo(KeyState.DISABLED);
    kms().enableKey(request -> request.keyId(key()));
    assertThat(state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  default void keepsAGrantUntilItIsRevoked() {
    var made = kms().createGrant(this::grant);

    assertThat(made.grantToken()).isNotEmpty();
    assertThat(kms().listGrants(request -> request.keyId(key())).grants())
        .singleElement()
        .satisfies(
            grant -> {
              assertThat(grant.grantId()).isEqualTo(made.grantId());
              assertThat(grant.name()).isEqualTo("support/1");
              assertThat(grant.granteePrincipal()).isEqualTo(GRANTEE);
              assertThat(grant.operations()).containsExactly(GrantOperation.DECRYPT);
              assertThat(grant.constraints().encryptionContextEquals()).isEqualTo(CONTEXT);
            });
    kms().revokeGrant(request -> request.keyId(key()).grantId(made.grantId()));
    assertThat(kms().listGrants(request -> request.keyId(key())).grants()).isEmpty();
  }

  /** One that lets somebody decrypt under {@link #CONTEXT}. */
  default void grant(CreateGrantRequest.Builder request) {
    request
        .keyId(key())
        .granteePrincipal(GRANTEE)
        .operations(GrantOperation.DECRYPT)
        .constraints(constraints -> constraints.encryptionContextEquals(CONTEXT))
        .name("support/1");
  }

  private KeyState state() {
    return kms().describeKey(request -> request.keyId(key())).keyMetadata().keyState();
  }
}
