package pledge.vault;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM (NIST SP 800-38D). A sealed text is one byte of format, 12 random bytes of nonce, the
 * ciphertext, 16 bytes of tag.
 */
final class Sealing {
  private static final byte FORMAT = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int HEADER = 1 + NONCE_BYTES;

  private Sealing() {}

  static byte[] seal(SecretKey key, Place place, byte[] plaintext) {
    var nonce = Secrets.random(NONCE_BYTES);
    try {
      var cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, place);
      var sealed = new byte[HEADER + cipher.getOutputSize(plaintext.length)];
      sealed[0] = FORMAT;
      System.arraycopy(nonce, 0, sealed, 1, NONCE_BYTES);
      cipher.doFinal(plaintext, 0, plaintext.length, sealed, HEADER);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to seal", e);
    }
  }

  /**
   * Opens what {@link #seal} sealed.
   *
   * @throws DoesNotOpenException where the key, the place or a byte differs
   */
  static byte[] open(SecretKey key, Place place, byte[] sealed) {
    if (sealed.length < HEADER || sealed[0] != FORMAT) {
      throw new DoesNotOpenException("not a sealed text of format " + FORMAT);
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOfRange(sealed, 1, HEADER), place)
          .doFinal(sealed, HEADER, sealed.length - HEADER);
    } catch (AEADBadTagException e) {
      throw new DoesNotOpenException("another key or place, or altered", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to open", e);
    }
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, Place place)
      throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place.associatedData());
    return cipher;
  }
}
