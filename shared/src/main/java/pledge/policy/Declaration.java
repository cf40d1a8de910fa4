package pledge.policy;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a {@link Category} says of itself, gathered sentence by sentence. */
final class Declaration {
  final String words;
  Set<Purpose> purposes = Set.of();
  LegalBasis basis = LegalBasis.CONTRACT;
  RetentionPeriod retention = RetentionPeriod.UNTIL_ERASURE;
  Table table = Table.SUBJECTS;
  OwnerPath ownerPath = new OwnerPath.Partition();
  AtErasure atErasure = new AtErasure.Erased();
  @Nullable String whyNotExported;
  List<Field> fields = List.of();

  Declaration(String words) {
    this.words = words;
  }

  Declaration purposes(Purpose... all) {
    purposes = Set.of(all);
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
}
