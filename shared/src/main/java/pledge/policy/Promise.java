package pledge.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What a {@link Pledge} says of itself, gathered sentence by sentence. */
final class Promise {
  final String enforcement;
  final List<Quote> quotes = new ArrayList<>();
  Set<Category> categories = Set.of();

  private Promise(String enforcement) {
    this.enforcement = enforcement;
  }

  /** What makes it true, in plain words. */
  static Promise keptBy(String enforcement) {
    return new Promise(enforcement);
  }

  /** What a clause promises, in its own words. */
  Promise as(Clause clause, String words) {
    quotes.add(new Quote(clause, words));
    return this;
  }

  /** The categories that it is about. */
  Promise about(Category... all) {
    categories = Collections.unmodifiableSet(EnumSet.copyOf(List.of(all)));
    return this;
  }

  /** All categories with a field that is sealed. */
  Promise aboutAllThatIsSealed() {
    return aboutAll(category -> category.keyScheme() != KeyScheme.NONE);
  }

  /** All categories that say anything about a person. */
  Promise aboutAllThatIsPersonal() {
    return aboutAll(Category::personal);
  }

  /** All categories of which a processor is sent a field. */
  Promise aboutAllThatIsSent() {
    return aboutAll(category -> !category.seenBy().isEmpty());
  }

  Promise aboutEverything() {
    return about(Category.values());
  }

  /** All categories that an export holds. */
  Promise aboutAllThatIsExported() {
    return aboutAll(category -> category.whyNotExported().isEmpty());
  }

  private Promise aboutAll(Predicate<Category> which) {
    return about(Arrays.stream(Category.values()).filter(which).toArray(Category[]::new));
  }
}
