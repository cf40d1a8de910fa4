package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.CreateGrantRequest;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.GrantListEntry;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.InvalidGrantIdException;
import software.amazon.awssdk.services.kms.model.KmsException;
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

  // ── Grants and roles ───────────────────────────────────────────────────────────────────────

  /** A try that the SDK repeats makes one grant. */
  @Test
  void makesAGrantOfTheSameNameOnce() {
    var made = kms.createGrant(this::grant);
    var again = kms.createGrant(this::grant);

    assertThat(again.grantId()).isEqualTo(made.grantId());
    assertThat(again.grantToken()).isNotEqualTo(made.grantToken());
    assertThat(machine.kms().grants()).isEqualTo(1);
    assertThat(
            kms.createGrant(
                    request -> {
                      grant(request);
                      request.operations(GrantOperation.ENCRYPT);
                    })
                .grantId())
        .isNotEqualTo(made.grantId());
  }

  @Test
  void refusesGrantsThatKmsRefuses() {
    assertRefused("InvalidArn", request -> request.granteePrincipal("somebody"));
    assertRefused("Validation", request -> request.operations(Set.of()));
    assertRefused("Validation", request -> request.operations(GrantOperation.SIGN));
    assertRefused("Validation", request -> request.name("a name"));
    assertRefused(
        "Validation",
        request ->
            request.constraints(
                both -> both.encryptionContextEquals(CONTEXT).encryptionContextSubset(CONTEXT)));
    assertRefused("NotFound", request -> request.keyId(Names.keyArn("Nowhere")));
    kms.disableKey(request -> request.keyId(key()));
    assertRefused("Disabled", request -> {});
  }

  @Test
  void revokesAGrantOnce() {
    var made = kms.createGrant(this::grant);
    kms.revokeGrant(request -> request.keyId(key()).grantId(made.grantId()));

    assertThatThrownBy(
            () -> kms.revokeGrant(request -> request.keyId(key()).grantId(made.grantId())))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> kms.revokeGrant(request -> request.keyId(key()).grantId("1")))
        .isInstanceOf(InvalidGrantIdException.class);
  }

  @Test
  void listsGrantsPageByPage() {
    for (var i = 0; i < 5; i++) {
      var name = "support/" + i;
      kms.createGrant(
          request -> {
            grant(request);
            request.name(name);
          });
    }

    assertThat(
            kms
                .listGrantsPaginator(
                    request -> request.keyId(key()).granteePrincipal(GRANTEE).limit(2))
                .grants()
                .stream()
                .map(GrantListEntry::name))
        .containsExactly("support/0", "support/1", "support/2", "support/3", "support/4");
    assertThat(
            kms.listGrants(request -> request.keyId(key()).granteePrincipal(GRANTEE + "Else"))
                .grants())
        .isEmpty();
  }

  @Test
  @DisplayName("staff-access: a role opens what its permissions or a grant let it, and no more")
  void aRoleOpensWhatItsPermissionsOrAGrantLetIt() {
    var own = sealed(Map.of("purpose", "own"));
    var granted = sealed(CONTEXT);
    var another = sealed(Map.of("subject", "s2", "purpose", "records"));
    try (var role = role("GrantedFunction")) {
      assertThat(opens(role, own, Map.of("purpose", "own"))).isTrue();
      assertThat(opens(role, granted, CONTEXT)).isFalse();

      var made =
          kms.createGrant(
              request -> {
                grant(request);
                request.granteePrincipal(Names.roleArn("GrantedFunctionRole"));
              });

      assertThat(opens(role, granted, CONTEXT)).isTrue();
      assertThat(opens(role, another, Map.of("subject", "s2", "purpose", "records"))).isFalse();
      try (var other = role("EchoFunction")) {
        assertThat(opens(other, granted, CONTEXT)).as("another role").isFalse();
      }
      kms.revokeGrant(request -> request.keyId(key()).grantId(made.grantId()));
      assertThat(opens(role, granted, CONTEXT)).as("revoked").isFalse();
    }
  }

  @Test
  void aGrantThatIsNotKnownYetServesWhoBringsItsToken() {
    var granted = sealed(CONTEXT);
    machine.kms().grantsAreKnown(false);
    var made =
        kms.createGrant(
            request -> {
              grant(request);
              request.granteePrincipal(Names.roleArn("GrantedFunctionRole"));
            });
    try (var role = role("GrantedFunction")) {
      assertThat(opens(role, granted, CONTEXT)).isFalse();
      assertThat(opens(role, granted, CONTEXT, made.grantToken())).isTrue();
      machine.kms().grantsAreKnown(true);
      assertThat(opens(role, granted, CONTEXT)).isTrue();
    }
  }

  @Test
  void aRoleMakesGrantsAsFarAsItsConditionsGo() {
    var grantee = Names.roleArn("GrantedFunctionRole");
    try (var role = role("GrantingFunction")) {
      var allowed =
          role.createGrant(
              request -> {
                grant(request);
                request.granteePrincipal(grantee);
              });
      assertThat(allowed.grantId()).isNotEmpty();
      for (var wrong :
          List.<Consumer<CreateGrantRequest.Builder>>of(
              request -> request.granteePrincipal(GRANTEE),
              request -> request.operations(GrantOperation.ENCRYPT),
              request -> request.constraints(subset -> subset.encryptionContextSubset(CONTEXT)))) {
        assertThatThrownBy(
                () ->
                    role.createGrant(
                        request -> {
                          grant(request);
                          request.granteePrincipal(grantee);
                          wrong.accept(request);
                        }))
            .isInstanceOf(KmsException.class)
            .hasMessageContaining("not authorized");
      }
    }
  }

  private void assertRefused(String type, Consumer<CreateGrantRequest.Builder> wrong) {
    assertThatThrownBy(
            () ->
                kms.createGrant(
                    request -> {
                      grant(request);
                      wrong.accept(request);
                    }))
        .isInstanceOfSatisfying(
            AwsServiceException.class,
            refused -> assertThat(refused.awsErrorDetails().errorCode()).startsWith(type));
  }

  private SdkBytes sealed(Map<String, String> context) {
    return kms.encrypt(
            request ->
                request
                    .keyId(key())
                    .plaintext(SdkBytes.fromUtf8String("secret"))
                    .encryptionContext(context))
        .ciphertextBlob();
  }

  private static boolean opens(
      KmsClient kms, SdkBytes sealed, Map<String, String> context, String... tokens) {
    try {
      kms.decrypt(
          request -> request.ciphertextBlob(sealed).encryptionContext(context).grantTokens(tokens));
      return true;
    } catch (KmsException e) {
      assertThat(e.awsErrorDetails().errorCode()).isEqualTo("AccessDeniedException");
      return false;
    }
  }

  private KmsClient role(String function) {
    var settings = machine.environmentOfRole(function);
    return KmsClient.builder()
        .endpointOverride(machine.aws())
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsSessionCredentials.create(
                    "local", "local", settings.getOrDefault("AWS_SESSION_TOKEN", ""))))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
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
