package pledge.vault;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/**
 * Lets a role that may open no subject's key open that of one subject, until it is revoked. KMS
 * itself keeps them, each under a name that says when it is over: it is ended though nobody wrote
 * down that it was made.
 *
 * <p>Every method throws {@link UnavailableException} where KMS cannot answer for now.
 */
public final class KeyGrants {
  private static final Pattern NAME = Pattern.compile("support/[A-Za-z0-9_-]{22}/(\\d{1,12})");

  private final KmsClient kms;
  private final String keyId;
  private final String role;

  KeyGrants(KmsClient kms, String keyId, String role) {
    this.kms = kms;
    this.keyId = keyId;
    this.role = role;
  }

  /**
   * A grant of KMS.
   *
   * @param token lets it be used at once; after some minutes KMS knows it everywhere. It is no
   *     secret: nobody but the role can use it
   */
  public record Granted(String id, String token) {}

  /**
   * Lets the role open a subject's key and do nothing else with it.
   *
   * @param what what it is for: a random id
   * @param until when it is to be ended; KMS does not end it by itself
   */
  public Granted grant(SubjectId subject, String what, Instant until) {
    try {
      var made =
          kms.createGrant(
              request ->
                  request
                      .keyId(keyId)
                      .granteePrincipal(role)
                      .operations(GrantOperation.DECRYPT)
                      .constraints(
                          constraints ->
                              constraints.encryptionContextEquals(Vault.subjectContext(subject)))
                      // With a name, a try that the SDK repeats makes one grant.
                      .name("support/" + what + "/" + Math.ceilDiv(until.toEpochMilli(), 1_000L)));
      return new Granted(made.grantId(), made.grantToken());
    } catch (SdkException e) {
      throw new UnavailableException("KMS", e);
    }
  }

  /** Ends a grant; one that is gone already is no error. */
  public void revoke(String id) {
    try {
      kms.revokeGrant(request -> request.keyId(keyId).grantId(id));
    } catch (NotFoundException e) {
      // As it was to be.
    } catch (SdkException e) {
      throw new UnavailableException("KMS", e);
    }
  }

  /**
   * Ends every grant to the role that is over.
   *
   * @return how many
   */
  public int revokeEnded(Instant now) {
    var ended = 0;
    try {
      var grants =
          kms.listGrantsPaginator(request -> request.keyId(keyId).granteePrincipal(role)).grants();
      // To the end first: what is revoked on the way would move what comes after it.
      for (var grant : grants.stream().toList()) {
        if (until(grant.name()).filter(until -> !now.isBefore(until)).isPresent()) {
          revoke(grant.grantId());
          ended++;
        }
      }
      return ended;
    } catch (SdkException e) {
      throw new UnavailableException("KMS", e);
    }
  }

  /** Empty where the grant is none of ours: somebody made it by hand. */
  private static Optional<Instant> until(@Nullable String name) {
    var matcher = NAME.matcher(name == null ? "" : name);
    return matcher.matches()
        ? Optional.of(Instant.ofEpochSecond(Long.parseLong(matcher.group(1))))
        : Optional.empty();
  }
}
