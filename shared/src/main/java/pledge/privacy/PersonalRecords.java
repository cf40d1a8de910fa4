package pledge.privacy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.OwnerPath;
import pledge.policy.Processor;
import pledge.policy.Table;
import pledge.store.Contents;
import pledge.store.Deletion;
import pledge.store.Deletion.Deleted;
import pledge.store.Store;
import pledge.store.Tally;
import pledge.vault.SubjectId;

/** All that lies about a person in partitions of their own, as the declarations say. */
final class PersonalRecords {
  /** Where what is erased lies. */
  private static final Set<Table> TABLES = tables();

  /** How long a backup reaches back to any of it, or to the key that opens it. */
  static final Duration BACKUPS = backups();

  private final Store store;
  private final Deletion deletion;

  PersonalRecords(Store store, InstantSource clock) {
    this.store = store;
    // Whoever has a copy is told, though nobody read its number before.
    this.deletion =
        new Deletion(
            store,
            new Contents(RecordKinds.ALL),
            (category, sort) -> RemoteCopy.note(store, category, sort, clock.instant()));
  }

  /**
   * The numbers of the copies that processors have of a person's records: the records' own ids,
   * also of those that are expired and not removed yet.
   */
  private Map<Processor, List<String>> copies(SubjectId person, Predicate<Category> of) {
    var copies = new EnumMap<Processor, List<String>>(Processor.class);
    for (var kind : RecordKinds.ALL) {
      if (!of.test(kind.category())) {
        continue;
      }
      for (var holding : kind.category().holdings()) {
        if (holding.underRecordId()) {
          copies
              .computeIfAbsent(holding.processor(), _ -> new ArrayList<>())
              .addAll(store.ids(kind, person.value()));
        }
      }
    }
    return copies;
  }

  /**
   * All the numbers by which processors know a person, or a record of theirs.
   *
   * @param known by which they know the person
   * @param of which categories the records are
   */
  Map<Processor, List<String>> numbers(
      SubjectId person, Map<Processor, List<String>> known, Predicate<Category> of) {
    var numbers = new EnumMap<Processor, List<String>>(Processor.class);
    numbers.putAll(known);
    copies(person, of)
        .forEach(
            (processor, copies) ->
                numbers.merge(
                    processor,
                    copies,
                    (others, more) ->
                        Stream.concat(others.stream(), more.stream()).distinct().toList()));
    return numbers;
  }

  private static Set<Table> tables() {
    var tables = EnumSet.noneOf(Table.class);
    for (var category : Category.values()) {
      if (category.atErasure() instanceof AtErasure.Erased
          && category.ownerPath() instanceof OwnerPath.Partition
          && category.table() != Table.SUBJECT_KEYS) {
        tables.add(category.table());
      }
    }
    return tables;
  }

  private static Duration backups() {
    var days = Table.SUBJECT_KEYS.backupDays();
    for (var table : TABLES) {
      days = Math.max(days, table.backupDays());
    }
    return Duration.ofDays(days);
  }

  /**
   * Deletes them, for as long as it may.
   *
   * @param stays whether a record with that sort key is to be left
   * @param held whether records of that category are to be left
   * @param mayGoOn asked before each page, and before the others are
   * @param tally what is counted
   */
  Deleted delete(
      SubjectId person,
      Predicate<String> stays,
      Predicate<Category> held,
      BooleanSupplier mayGoOn,
      Tally tally) {
    for (var table : TABLES) {
      if (!deletion.delete(table, person.value(), stays, held, mayGoOn, tally)) {
        return tally.deleted(false);
      }
    }
    return tally.deleted(true);
  }
}
