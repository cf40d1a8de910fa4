package pledge.privacy;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.OwnerPath;
import pledge.policy.Purpose;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.vault.KeyGrants.Granted;
import pledge.vault.SubjectId;

/**
 * What staff may look at of a person's, and until when (A§3). All that a read is judged by is
 * clear: it is judged before a key is opened.
 *
 * @param staff the opaque id of who opened it; empty where the person did
 * @param reason why staff had to look; empty where the person asked, and where the record was read
 *     without being opened
 * @param key what lets the function that reads open the person's key
 */
public record SupportGrant(
    Why why,
    Set<Category> categories,
    Optional<String> staff,
    Optional<String> reason,
    Instant notBefore,
    Instant notAfter,
    Optional<Instant> revokedAt,
    Granted key) {

  private static final Duration UNTIL_KNOWN = Duration.ofMinutes(15);

  /** The three cases in which A§3 lets staff look. */
  public enum Why {
    REQUESTED(Purpose.SUPPORT),
    TROUBLESHOOTING(Purpose.SUPPORT),
    /** The person cannot revoke it. */
    LEGAL_DUTY(Purpose.LEGAL_DUTY);

    private final Purpose purpose;

    Why(Purpose purpose) {
      this.purpose = purpose;
    }

    /** What the data is read for. */
    public Purpose purpose() {
      return purpose;
    }

    /** {@code legal-duty}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The one of that id, of those that staff open. */
    public static Optional<Why> ofStaff(String id) {
      return EnumSet.complementOf(EnumSet.of(REQUESTED)).stream()
          .filter(why -> why.id().equals(id))
          .findFirst();
    }

    /**
     * The kinds of data that declare the purpose. What outlives an erasure is none of them: it
     * holds random ids alone, and those are in the audit.
     */
    public Set<Category> categories() {
      return Arrays.stream(Category.values())
          .filter(category -> category.purposes().contains(purpose))
          .filter(category -> category.ownerPath() instanceof OwnerPath.Partition)
          .filter(category -> category.atErasure() instanceof AtErasure.Erased)
          .collect(Collectors.toCollection(() -> EnumSet.noneOf(Category.class)));
    }
  }

  public static final Kind<SupportGrant> KIND =
      new Kind<>(Category.SUPPORT_GRANT, "GRANT", 1, SupportGrant::write, SupportGrant::read);

  static Ref<SupportGrant> ref(SubjectId person, String id) {
    return KIND.in(person.value(), id);
  }

  /** Whether it allows anything at that moment. */
  public boolean isInForce(Instant now) {
    return revokedAt.isEmpty() && !now.isBefore(notBefore) && now.isBefore(notAfter);
  }

  /**
   * What the person's key is to be opened with, where KMS may not know the grant everywhere yet
   * ("usually less than five minutes").
   */
  Optional<String> token(Instant now) {
    return Optional.of(key.token()).filter(_ -> now.isBefore(notBefore.plus(UNTIL_KNOWN)));
  }

  private Fields write() {
    var fields =
        new Fields(Category.SUPPORT_GRANT)
            .text("kind", why.name())
            .text("categories", IncidentEntry.names(categories))
            .instant("notBefore", notBefore)
            .instant("notAfter", notAfter)
            .text("keyGrant", key.id())
            .text("keyGrantToken", key.token());
    staff.ifPresent(id -> fields.text("staff", id));
    reason.ifPresent(text -> fields.text("reason", text));
    revokedAt.ifPresent(moment -> fields.instant("revokedAt", moment));
    return fields;
  }

  private static SupportGrant read(Fields fields) {
    return new SupportGrant(
        Why.valueOf(fields.text("kind")),
        IncidentEntry.categories(fields.text("categories")),
        fields.optionalText("staff"),
        fields.optionalText("reason"),
        fields.instant("notBefore"),
        fields.instant("notAfter"),
        fields.optionalInstant("revokedAt"),
        new Granted(fields.text("keyGrant"), fields.text("keyGrantToken")));
  }

  @Override
  public String toString() {
    return "SupportGrant[" + why + " " + categories + "]";
  }
}
