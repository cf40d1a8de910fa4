package pledge.privacy;

import java.util.Locale;
import java.util.Optional;
import pledge.policy.Category;
import pledge.privacy.LegalHold.Terms;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.vault.SubjectId;

/**
 * Something that was done about a legal hold: a row of the chain, under random ids only.
 *
 * @param hold its random id
 * @param staff the opaque id of who did it; empty where it was done by itself
 */
public record LegalHoldEntry(String hold, Optional<String> staff, Step step) {
  static final Kind<LegalHoldEntry> KIND =
      new Kind<>(Category.LEGAL_HOLD, "", 1, LegalHoldEntry::write, LegalHoldEntry::read);

  /** What was done. */
  public sealed interface Step {
    /** One member of staff wants it: nothing is held yet. */
    record Proposed(SubjectId subject, Terms terms) implements Step {}

    /** Another one agreed: from now on these records stay. */
    record Confirmed() implements Step {}

    /** It was not to be, and nothing was held. */
    record Withdrawn() implements Step {}

    /** It was ended before its time. */
    record Ended() implements Step {}

    /** Its time was over. */
    record Expired() implements Step {}
  }

  /** The name of each step, as it is stored and shown. */
  enum Name {
    PROPOSED,
    CONFIRMED,
    WITHDRAWN,
    ENDED,
    EXPIRED;

    String words() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Name name() {
    return switch (step) {
      case Step.Proposed _ -> Name.PROPOSED;
      case Step.Confirmed() -> Name.CONFIRMED;
      case Step.Withdrawn() -> Name.WITHDRAWN;
      case Step.Ended() -> Name.ENDED;
      case Step.Expired() -> Name.EXPIRED;
    };
  }

  private Fields write() {
    var fields = new Fields(Category.LEGAL_HOLD).text("hold", hold).text("step", name().name());
    staff.ifPresent(id -> fields.text("staff", id));
    if (step instanceof Step.Proposed(var subject, var terms)) {
      fields
          .text("subject", subject.value())
          .text("categories", IncidentEntry.names(terms.categories()))
          .instant("until", terms.until())
          .text("reference", terms.reference())
          .flag("undisclosed", terms.undisclosed());
    }
    return fields;
  }

  private static LegalHoldEntry read(Fields fields) {
    var step =
        switch (Name.valueOf(fields.text("step"))) {
          case PROPOSED ->
              new Step.Proposed(
                  new SubjectId(fields.text("subject")),
                  new Terms(
                      IncidentEntry.categories(fields.text("categories")),
                      fields.instant("until"),
                      fields.text("reference"),
                      fields.flag("undisclosed")));
          case CONFIRMED -> new Step.Confirmed();
          case WITHDRAWN -> new Step.Withdrawn();
          case ENDED -> new Step.Ended();
          case EXPIRED -> new Step.Expired();
        };
    return new LegalHoldEntry(fields.text("hold"), fields.optionalText("staff"), step);
  }
}
