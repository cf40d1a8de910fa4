package pledge.vault;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A bearer secret that a person carries: 256 random bits, preceded by the id of the subject it
 * belongs to, so that one read of one partition finds its record. Only {@link #hash} is ever
 * stored.
 */
public record Token(SubjectId subject, byte[] secret) {
  private static final int SECRET_BYTES = 32;
  private static final int TEXT_LENGTH = (SubjectId.BYTES + SECRET_BYTES) * 4 / 3;

  /** A new token for that subject. */
  public static Token random(SubjectId subject) {
    return new Token(subject, Secrets.random(SECRET_BYTES));
  }

  /** Reads what {@link #text} wrote; empty for anything else. */
  public static Optional<Token> parse(String text) {
    if (text.length() != TEXT_LENGTH) {
      return Optional.empty();
    }
    try {
      var bytes = Base64.getUrlDecoder().decode(text);
      // Padding in place of the last characters.
      if (bytes.length != SubjectId.BYTES + SECRET_BYTES) {
        return Optional.empty();
      }
      var subject = new SubjectId(Secrets.text(Arrays.copyOf(bytes, SubjectId.BYTES)));
      return Optional.of(
          new Token(subject, Arrays.copyOfRange(bytes, SubjectId.BYTES, bytes.length)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** What the person carries: 64 characters of base64url. */
  public String text() {
    var bytes =
        Arrays.copyOf(
            Base64.getUrlDecoder().decode(subject.value()), SubjectId.BYTES + SECRET_BYTES);
    System.arraycopy(secret, 0, bytes, SubjectId.BYTES, SECRET_BYTES);
    return Secrets.text(bytes);
  }

  /** SHA-256 of the secret: what is stored, and compared in constant time. */
  public byte[] hash() {
    return Secrets.sha256(secret);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Token token
        && subject.equals(token.subject)
        && MessageDigest.isEqual(secret, token.secret);
  }

  @Override
  public int hashCode() {
    return subject.hashCode();
  }

  @Override
  public String toString() {
    return "Token[redacted]";
  }
}
