package pledge.privacy;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import pledge.policy.Category;
import pledge.policy.Processor;
import pledge.policy.Purpose;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.vault.SubjectId;

/**
 * That a confirmed legal hold keeps some of a person's data: all such of one person stand together,
 * so that whoever deletes finds them by one look and without any key. It is written when the hold
 * is confirmed and deleted when it ends, with the row of the chain that says so.
 *
 * @param until from then on it keeps nothing, whether or not it was deleted
 */
public record HeldData(
    String hold, SubjectId subject, Set<Category> categories, Instant until, boolean undisclosed) {
  static final Kind<HeldData> KIND =
      new Kind<>(Category.LEGAL_HOLD, "HOLD", 1, HeldData::write, HeldData::read);

  /** All that holds keep of a person at a moment. */
  public static List<HeldData> of(Store store, SubjectId person, Instant now) {
    return noted(store, person).stream().filter(held -> now.isBefore(held.until())).toList();
  }

  /** The same, and what is over and was not noted to be. */
  static List<HeldData> noted(Store store, SubjectId person) {
    return store.all(KIND, partition(person), Purpose.LEGAL_DUTY).stream()
        .map(Found::value)
        .toList();
  }

  /** What a hold keeps once it is confirmed. */
  static HeldData by(LegalHold hold) {
    var terms = hold.terms();
    return new HeldData(
        hold.id(), hold.subject(), terms.categories(), terms.until(), terms.undisclosed());
  }

  /** Whether that processor holds something of these kinds: nor is that deleted there. */
  boolean keepsAt(Processor processor) {
    return categories.stream()
        .flatMap(category -> category.holdings().stream())
        .anyMatch(holding -> holding.processor() == processor);
  }

  static Ref<HeldData> ref(SubjectId person, String hold) {
    return KIND.in(partition(person), hold);
  }

  private static String partition(SubjectId person) {
    return "hold#" + person;
  }

  private Fields write() {
    return new Fields(Category.LEGAL_HOLD)
        .text("hold", hold)
        .text("subject", subject.value())
        .text("categories", IncidentEntry.names(categories))
        .instant("until", until)
        .flag("undisclosed", undisclosed);
  }

  private static HeldData read(Fields fields) {
    return new HeldData(
        fields.text("hold"),
        new SubjectId(fields.text("subject")),
        IncidentEntry.categories(fields.text("categories")),
        fields.instant("until"),
        fields.flag("undisclosed"));
  }
}
