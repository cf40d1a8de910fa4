package pledge.policy;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a {@link Category} says of itself, gathered sentence by sentence. */
final class Declaration {
  final String words;
  SortedSet<Clause> clauses = Collections.emptySortedSet();
  Set<Audience> audiences = Set.of(Audience.values());
  Set<Purpose> purposes = Set.of();
  AtErasure atErasure = new AtErasure.Erased();
  @Nullable String whyNotExported;
  List<Field> fields = List.of();
  List<Holding> holdings = List.of();
  private @Nullable LegalBasis basis;
  private @Nullable RetentionPeriod retention;
  private @Nullable Table table;
  private @Nullable OwnerPath ownerPath;

  private Declaration(String words) {
    this.words = words;
  }

  static Declaration declare(String words) {
    return new Declaration(words);
  }

  /** The clauses of the two policies that it comes from. */
  Declaration from(Clause... all) {
    clauses = Collections.unmodifiableSortedSet(new TreeSet<>(List.of(all)));
    return this;
  }

  /** Whom it concerns, where not everybody. */
  Declaration only(Audience audience) {
    audiences = Set.of(audience);
    return this;
  }

  Declaration purposes(Purpose... all) {
    purposes = Collections.unmodifiableSet(EnumSet.copyOf(List.of(all)));
    return this;
  }

  Declaration basis(LegalBasis basis) {
    this.basis = basis;
    return this;
  }

  Declaration keptIn(Table table, RetentionPeriod retention) {
    this.table = table;
    this.retention = retention;
    return this;
  }

  Declaration ownedBy(OwnerPath path) {
    ownerPath = path;
    return this;
  }

  Declaration keptAtErasure(String why) {
    atErasure = new AtErasure.Kept(why);
    return this;
  }

  Declaration notExported(String why) {
    whyNotExported = why;
    return this;
  }

  Declaration fields(Field... all) {
    fields = List.of(all);
    return this;
  }

  Declaration heldBy(Processor processor, String words) {
    holdings = List.of(new Holding(processor, words, false));
    return this;
  }

  /** The same, where the record has the id that the processor gave its copy. */
  Declaration heldUnderItsId(Processor processor, String words) {
    holdings = List.of(new Holding(processor, words, true));
    return this;
  }

  LegalBasis basis() {
    return stated(basis, "legal basis");
  }

  RetentionPeriod retention() {
    return stated(retention, "retention period");
  }

  Table table() {
    return stated(table, "table");
  }

  OwnerPath ownerPath() {
    return stated(ownerPath, "owner path");
  }

  /** Nothing that a promise hangs on is assumed. */
  private <T> T stated(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalStateException("no " + what + " is declared of: " + words);
    }
    return value;
  }
}
