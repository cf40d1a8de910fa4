package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Category;
import pledge.policy.Epoch;
import pledge.policy.RetentionPeriod;
import pledge.records.Backstage;
import pledge.records.DeclaredRecord;
import pledge.store.Fields;
import pledge.store.Ref;
import pledge.vault.SubjectId;

/**
 * Time passes for a record of every category, made at the moments at which calendars go wrong. Keys
 * are made and destroyed, records swept, and expirations heard of as the template wires it; TTL
 * comes when the test says so, and so does the audit at the end.
 */
class EightYearsTest {
  /**
   * The first and the last second of an hour, which is a day's, a month's and a leap day's last.
   */
  private static final List<Instant> CREATIONS =
      List.of(
          Instant.parse("2028-02-29T23:00:00Z"),
          Instant.parse("2028-02-29T23:59:59Z"),
          Instant.parse("2031-08-15T13:37:42Z"));

  private static final Period TRAVEL = Period.ofYears(8);
  private static final Duration SOME_DAYS = Duration.ofDays(3);

  private final Machine machine =
      Machine.start(
          Options.inMemory()
              .withoutExpiry()
              .withFunctions(
                  "RetentionScheduleFunction", "RetentionSweepFunction", "RetentionStreamFunction")
              .withClockAt(CREATIONS.getFirst().minus(Duration.ofHours(1))));
  private final Backstage backstage = new Backstage(machine);
  private final SubjectId subject = backstage.subject();
  private final List<Made> all = new ArrayList<>();

  /** A record and when it was made. */
  private record Made(Ref<Fields> ref, Instant at) {
    RetentionPeriod period() {
      return ref.kind().category().retention();
    }

    /** Whether it must be readable then: for its period, or that less an epoch. */
    boolean mustBeReadable(Instant now) {
      return switch (period().from()) {
        case CREATION -> now.isBefore(least(period(), at));
        case ERASURE_REQUEST -> true;
      };
    }

    boolean isOver(Instant now) {
      return switch (period().from()) {
        case CREATION -> !now.isBefore(period().endsAt(at));
        case ERASURE_REQUEST -> false;
      };
    }
  }

  @AfterEach
  void close() {
    backstage.close();
    machine.close();
  }

  @Test
  @DisplayName(
      "account-30d, logs-30d, content-24h, analytics-13m, billing-7y: for 8 years each kind of data"
          + " is readable until its end, absent at it, and gone some days later; what is kept until"
          + " an erasure stays")
  void keepsEveryKindOfDataAsLongAsDeclaredAndNoLonger() {
    var end = CREATIONS.getFirst().atZone(ZoneOffset.UTC).plus(TRAVEL).toInstant();
    for (var moment : moments(end)) {
      travelTo(moment);
      if (CREATIONS.contains(moment)) {
        makeOneOfEach();
      }
      look();
      machine.expireNow();
      machine.settle();
    }
    assertThat(Audits.notKept(machine)).as("the audit").isEmpty();

    assertThat(all)
        .filteredOn(made -> made.period().from() == RetentionPeriod.From.ERASURE_REQUEST)
        .hasSizeGreaterThan(CREATIONS.size())
        .allMatch(made -> backstage.isReadable(made.ref()));
    assertThat(all)
        .filteredOn(made -> made.isOver(end))
        .hasSizeGreaterThan(CREATIONS.size())
        .allMatch(made -> backstage.raw(made.ref()).isEmpty());
  }

  /** When records are made and end, and the last at which they must be readable. */
  private static SortedSet<Instant> moments(Instant end) {
    var moments = new TreeSet<>(CREATIONS);
    for (var creation : CREATIONS) {
      for (var category : Category.values()) {
        var period = category.retention();
        if (period.from() == RetentionPeriod.From.CREATION) {
          moments.add(least(period, creation).minusMillis(1));
          moments.add(period.endsAt(creation));
        }
      }
    }
    moments.add(end);
    return moments.headSet(end.plusMillis(1));
  }

  private void travelTo(Instant moment) {
    machine.clock().set(moment);
    machine.settle();
  }

  private void makeOneOfEach() {
    var now = machine.clock().instant();
    var store = backstage.store();
    for (var category : Category.values()) {
      var ref = DeclaredRecord.ref(category, subject.value(), "made-" + now);
      var fields = DeclaredRecord.fields(category, "x", now);
      assertThat(store.insert(ref, fields, Instant.MAX).written()).as("%s", ref).isTrue();
      all.add(new Made(ref, now));
    }
  }

  /** Looks at every record as it is now, and at whether it lies there still. */
  private void look() {
    var now = machine.clock().instant();
    var store = backstage.store();
    for (var made : all) {
      if (made.mustBeReadable(now)) {
        assertThat(Backstage.isReadable(store, made.ref())).as("%s at %s", made, now).isTrue();
      }
      if (made.isOver(now)) {
        assertThat(Backstage.isReadable(store, made.ref())).as("%s at %s", made, now).isFalse();
      }
      if (made.isOver(now.minus(SOME_DAYS))) {
        assertThat(backstage.raw(made.ref())).as("%s at %s", made, now).isEmpty();
      }
    }
  }

  /** When it may become unreadable at the earliest, by the calendar. */
  private static Instant least(RetentionPeriod period, Instant start) {
    var end = period.endsAt(start).atZone(ZoneOffset.UTC);
    return period
        .epoch()
        .map(
            epoch ->
                switch (epoch) {
                  case Epoch.HOUR -> end.minusHours(1);
                  case Epoch.DAY -> end.minusDays(1);
                  case Epoch.MONTH -> end.minusMonths(1);
                })
        .orElse(end)
        .toInstant();
  }
}
