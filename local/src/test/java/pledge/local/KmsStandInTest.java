package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KmsInvalidSignatureException;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

final class KmsStandInTest implements KmsContract {
  private Machine machine;
  private KmsClient kms;

  @BeforeEach
  void start() {
    machine = Machine.start(Sample.options().withoutFunctions());
    kms =
        KmsClient.builder()
            .endpointOverride(machine.aws())
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(Sample.CREDENTIALS)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
  }

  @AfterEach
  void stop() {
    kms.close();
    machine.close();
  }

  @Override
  public KmsClient kms() {
    return kms;
  }

  @Override
  public String key() {
    return Names.keyArn("VaultKey");
  }

  @Test
  void doesNothingWithADisabledKey() {
    var sealed =
        kms.encrypt(request -> request.keyId(key()).plaintext(SdkBytes.fromUtf8String("secret")));
    kms.disableKey(request -> request.keyId(key()));

    assertThatThrownBy(
            () -> kms.generateDataKey(request -> request.keyId(key()).keySpec(DataKeySpec.AES_256)))
        .isInstanceOf(DisabledException.class);
    assertThatThrownBy(
            () -> kms.decrypt(request -> request.ciphertextBlob(sealed.ciphertextBlob())))
        .isInstanceOf(DisabledException.class);

    kms.enableKey(request -> request.keyId(key()));
    assertThat(
            kms.decrypt(request -> request.ciphertextBlob(sealed.ciphertextBlob()))
                .plaintext()
                .asUtf8String())
        .isEqualTo("secret");
  }

  // Not in the contract: moto answers 500.
  @Test
  void doesNothingWithAKeyThatWaitsForItsDeletion() {
    kms.scheduleKeyDeletion(request -> request.keyId(key()).pendingWindowInDays(7));

    assertThatThrownBy(
            () -> kms.generateDataKey(request -> request.keyId(key()).keySpec(DataKeySpec.AES_256)))
        .isInstanceOf(KmsInvalidStateException.class);
    assertThatThrownBy(() -> kms.enableKey(request -> request.keyId(key())))
        .isInstanceOf(KmsInvalidStateException.class);
  }

  @Test
  void isGoneWhenItsWaitIsOver() {
    kms.scheduleKeyDeletion(request -> request.keyId(key()).pendingWindowInDays(7));
    machine.clock().advance(Duration.ofDays(8));

    assertThatThrownBy(() -> kms.describeKey(request -> request.keyId(key())))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void goesByItsAliasToo() {
    assertThat(kms.describeKey(request -> request.keyId("alias/vault")).keyMetadata().arn())
        .isEqualTo(key());
  }

  @Test
  void refusesACiphertextThatIsNone() {
    assertThatThrownBy(
            () ->
                kms.decrypt(
                    request -> request.ciphertextBlob(SdkBytes.fromUtf8String("no ciphertext"))))
        .isInstanceOf(InvalidCiphertextException.class);
  }

  @Test
  void refusesTheWrongKey() {
    var sealed =
        kms.encrypt(request -> request.keyId(key()).plaintext(SdkBytes.fromUtf8String("secret")));

    assertThatThrownBy(
            () ->
                kms.decrypt(
                    request ->
                        request
                            .keyId(Names.keyArn("ReceiptKey"))
                            .ciphertextBlob(sealed.ciphertextBlob())))
        .isInstanceOf(IncorrectKeyException.class);
  }

  @Test
  void signsAndVerifies() {
    var receipt = Names.keyArn("ReceiptKey");
    var message = SdkBytes.fromUtf8String("erased");
    var signed =
        kms.sign(
            request ->
                request
                    .keyId(receipt)
                    .message(message)
                    .messageType(MessageType.RAW)
                    .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256));

    assertThat(
            kms.verify(
                    request ->
                        request
                            .keyId(receipt)
                            .message(message)
                            .signature(signed.signature())
                            .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256))
                .signatureValid())
        .isTrue();
    assertThatThrownBy(
            () ->
                kms.verify(
                    request ->
                        request
                            .keyId(receipt)
                            .message(SdkBytes.fromUtf8String("not erased"))
                            .signature(signed.signature())
                            .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)))
        .isInstanceOf(KmsInvalidSignatureException.class);
  }

  @Test
  void remembersCallsWithTheirContext() {
    kms.generateDataKey(
        request ->
            request
                .keyId(key())
                .keySpec(DataKeySpec.AES_256)
                .encryptionContext(Map.of("subject", "s1")));

    assertThat(machine.kms().calls())
        .containsExactly(new KmsStandIn.KmsCall("GenerateDataKey", Map.of("subject", "s1")));
  }

  @Test
  void failsAsOftenAsToldTo() {
    machine.kms().failNext(1, "NotFoundException", 400);

    assertThatThrownBy(() -> kms.describeKey(request -> request.keyId(key())))
        .isInstanceOf(NotFoundException.class);
    assertThat(kms.describeKey(request -> request.keyId(key())).keyMetadata().enabled()).isTrue();
  }
}
