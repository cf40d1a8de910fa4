package pledge.privacy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import pledge.policy.Category;
import pledge.policy.RetentionPeriod;
import pledge.store.Chains;
import pledge.store.Chains.Addition;
import pledge.store.Chains.Head;
import pledge.store.Chains.Row;
import pledge.store.Kind;
import pledge.store.Transaction;
import pledge.vault.UnavailableException;

/**
 * Logs that can be added to and not be altered unseen: one chain for each category that declares
 * {@code previousHash}. A row ends with its category's period; the rows after it still say when it
 * was made, so that an end in time is told from a removal.
 */
public final class AuditChain {
  private static final int MOST_ATTEMPTS = 12;
  private static final Duration LONGEST_WAIT = Duration.ofMillis(200);

  private final Chains chains;
  private final InstantSource clock;

  public AuditChain(Chains chains, InstantSource clock) {
    this.chains = chains;
    this.clock = clock;
  }

  /** Rows for the chain of their kind's category. */
  public record Rows<T>(Kind<T> kind, List<T> values) {
    private Addition<T> after(Head head) {
      return new Addition<>(kind, head, values);
    }
  }

  /** What is to be appended, and what else is written with it. */
  public record Decision(List<Rows<?>> rows, Consumer<Transaction> together) {
    static Decision nothing() {
      return new Decision(List.of(), transaction -> {});
    }
  }

  /** What a walk through a chain found. */
  public sealed interface Verdict {
    /** Every row is there, as it was written. */
    record Kept(long rows) implements Verdict {}

    /** The first row that shows it: altered, missing, or too many. */
    record Broken(long sequence) implements Verdict {}
  }

  /** The categories that are kept as chains. */
  public static List<Category> categories() {
    return Arrays.stream(Category.values())
        .filter(
            category ->
                category.fields().stream().anyMatch(field -> field.name().equals("previousHash")))
        .toList();
  }

  /** Appends rows in that order, all or nothing; 99 at most. */
  public <T> void append(Kind<T> kind, List<T> rows) {
    append(Set.of(kind.category()), () -> List.of(new Rows<>(kind, rows)));
  }

  /**
   * Appends to several chains, all or nothing, what was decided while none of them grew: where
   * another came first, it is decided anew.
   *
   * @param decide reads what it needs, and names rows of these chains only
   * @throws UnavailableException where others came first each time
   */
  public void append(Set<Category> categories, Supplier<List<Rows<?>>> decide) {
    appendTogether(categories, () -> new Decision(decide.get(), transaction -> {}));
  }

  /**
   * As {@link #append(Set, Supplier)}, with writes of another kind in the same transaction; where
   * nothing is appended, none of those is done.
   */
  public void appendTogether(Set<Category> categories, Supplier<Decision> decide) {
    for (var attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      var heads = new EnumMap<Category, Head>(Category.class);
      categories.forEach(category -> heads.put(category, chains.head(category)));
      var decision = decide.get();
      var additions =
          decision.rows().stream()
              .filter(rows -> !rows.values().isEmpty())
              .<Addition<?>>map(rows -> rows.after(head(heads, rows.kind().category())))
              .toList();
      if (additions.isEmpty() || chains.append(additions, decision.together())) {
        return;
      }
      pause(attempt);
    }
    throw new UnavailableException(
        "the audit", new ConcurrentModificationException("others came first"));
  }

  private static Head head(EnumMap<Category, Head> heads, Category category) {
    return Objects.requireNonNull(heads.get(category), "a chain whose head was not read");
  }

  private static void pause(int attempt) {
    try {
      var longest = Math.min(LONGEST_WAIT.toMillis(), 5L << attempt);
      Thread.sleep(ThreadLocalRandom.current().nextLong(1, longest));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("the audit", e);
    }
  }

  /** Walks through a whole chain, page by page. Rows that are appended meanwhile do no harm. */
  public Verdict verify(Category category) {
    var before = chains.head(category);
    var walk = new Walk(category.retention(), clock.instant(), before);
    chains.walk(category, walk);
    if (walk.broken > 0) {
      return new Verdict.Broken(walk.broken);
    }
    // The first row that neither the head before the walk nor the one after it knows.
    var after = walk.sequence > before.sequence() ? chains.head(category) : before;
    if (walk.sequence > after.sequence()) {
      return new Verdict.Broken(after.sequence() + 1);
    }
    if (walk.sequence < before.sequence() && !walk.isOver(before.at())) {
      return new Verdict.Broken(walk.sequence + 1);
    }
    if (walk.sequence == after.sequence()
        && walk.rows > 0
        && !Arrays.equals(walk.hash, after.hash())) {
      return new Verdict.Broken(walk.sequence);
    }
    return new Verdict.Kept(walk.rows);
  }

  /** What is known after each row. */
  private static final class Walk implements Predicate<Row> {
    private final RetentionPeriod period;
    private final Instant now;
    private final Head head;
    private long rows;
    private long sequence;
    private byte[] hash = new byte[0];
    private long broken;

    Walk(RetentionPeriod period, Instant now, Head head) {
      this.period = period;
      this.now = now;
      this.head = head;
    }

    @Override
    public boolean test(Row row) {
      if (isOver(row.createdAt())) {
        // The database removes what is over when it likes, and in any order.
        return true;
      }
      var next = sequence + 1;
      if (rows == 0 && isOver(row.previousAt())) {
        next = Math.max(next, sequence(row));
      } else if (rows == 0 && sequence(row) > next) {
        broken = sequence(row) - 1;
        return false;
      }
      if (!row.sort().equals(Chains.sort(next))) {
        broken = next;
        return false;
      }
      if (rows > 0 && !Arrays.equals(hash, row.previousHash())) {
        // The row before was altered, unless the head knows it as it is.
        broken = sequence == head.sequence() ? next : sequence;
        return false;
      }
      sequence = next;
      hash = row.hash();
      rows++;
      if (sequence == head.sequence() && !Arrays.equals(hash, head.hash())) {
        broken = sequence;
        return false;
      }
      return true;
    }

    boolean isOver(Instant madeAt) {
      return !now.isBefore(period.endsAt(madeAt).truncatedTo(ChronoUnit.SECONDS));
    }

    private static long sequence(Row row) {
      return row.sort().matches("\\d{20}") && row.sort().compareTo(Chains.sort(Long.MAX_VALUE)) <= 0
          ? Long.parseLong(row.sort())
          : 0;
    }
  }
}
