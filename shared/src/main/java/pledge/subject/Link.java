package pledge.subject;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.vault.Secrets;
import pledge.vault.Token;

/**
 * A link that was mailed to somebody, and works once.
 *
 * @param tokenHash SHA-256 of the token in it
 * @param askedAt when the person wrote what it confirms, where it confirms that
 */
public record Link(
    Purpose purpose, byte[] tokenHash, Optional<Instant> askedAt, Optional<Instant> usedAt) {
  private static final int ID_BYTES = 16;

  /** What it does when it is used. */
  public enum Purpose {
    /** Asks to be erased. */
    ERASURE,
    /** Asks for a copy. */
    EXPORT;

    /** {@code erasure}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Purpose> byId(String id) {
      return Stream.of(values()).filter(purpose -> purpose.id().equals(id)).findFirst();
    }
  }

  public static final Kind<Link> KIND =
      new Kind<>(Category.LINK, "LINK", 1, Link::write, Link::read);

  /** One that confirms what somebody wrote. */
  public static Link confirming(Purpose purpose, Token token, Instant askedAt) {
    return new Link(purpose, token.hash(), Optional.of(askedAt), Optional.empty());
  }

  /** Its place says nothing of its token: half of the hash. */
  public static Ref<Link> ref(Token token) {
    return KIND.in(token.subject().value(), Secrets.text(Arrays.copyOf(token.hash(), ID_BYTES)));
  }

  /** Whether it is the one that holds that token, does that, and was not used. */
  public boolean works(Purpose wanted, Token token) {
    return MessageDigest.isEqual(tokenHash, token.hash()) && purpose == wanted && usedAt.isEmpty();
  }

  private Fields write() {
    var fields =
        new Fields(Category.LINK).text("kind", purpose.name()).bytes("tokenHash", tokenHash);
    askedAt.ifPresent(moment -> fields.instant("askedAt", moment));
    usedAt.ifPresent(moment -> fields.instant("usedAt", moment));
    return fields;
  }

  private static Link read(Fields fields) {
    return new Link(
        Purpose.valueOf(fields.text("kind")),
        fields.bytes("tokenHash"),
        fields.optionalInstant("askedAt"),
        fields.optionalInstant("usedAt"));
  }

  @Override
  public String toString() {
    return "Link[" + purpose + "]";
  }
}
