package pledge.retention.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.policy.Epoch;
import pledge.policy.RetentionPeriod;
import pledge.store.Fields;
import pledge.store.Ref;

/**
 * Eight years of every category that ends by the destruction of a key: records made at any moment,
 * a schedule that is missed, doubled, delayed and down for days, on a clock that is wrong. The
 * function is called directly, some two hundred times: by the template's schedule it would be 280
 * 000 times.
 */
final class RetentionPropertyTest {
  private static final Instant START = Instant.parse("2027-01-01T00:00:00Z");
  private static final Period TRAVEL = Period.ofYears(8);
  private static final int RECORDS_OF_A_CATEGORY = 4;
  private static final int RUNS = 100;
  private static final Duration MOST_SKEW = Duration.ofMinutes(10);

  /** Of so many records one ends while the schedule is down. */
  private static final int ENDS_IN_AN_OUTAGE = 3;

  static LongStream seeds() {
    return LongStream.of(20_261_121L, System.nanoTime());
  }

  private final TreeMap<Instant, Runnable> plan = new TreeMap<>();
  private final List<Outage> outages = new ArrayList<>();

  /** A time in which no run takes place. */
  private record Outage(Instant start, Duration length) {
    boolean covers(Instant moment) {
      return !moment.isBefore(start) && moment.isBefore(end());
    }

    Instant end() {
      return start.plus(length);
    }
  }

  @ParameterizedTest(
      name =
          "logs-30d, content-24h, analytics-13m: readable for the period less an epoch, and no"
              + " longer (seed {0})")
  @MethodSource("seeds")
  void isReadableForThePeriodLessAnEpochAndNoLonger(long seed) {
    var random = new SplittableRandom(seed);
    try (var world = new World(START)) {
      for (var category : World.CATEGORIES) {
        for (var i = 0; i < RECORDS_OF_A_CATEGORY; i++) {
          var id = Integer.toString(i);
          at(
              someTime(random),
              () -> {
                var ref = world.write(category, id);
                planReads(world, random, ref);
              });
        }
      }
      for (var i = 0; i < RUNS; i++) {
        at(someTime(random), () -> run(world, random));
      }
      for (var next = plan.pollFirstEntry(); next != null; next = plan.pollFirstEntry()) {
        world.clock().set(next.getKey());
        next.getValue().run();
      }
      outages.clear();
      run(world, new SplittableRandom(seed));

      assertThat(world.keys()).as("what is left after 8 years").hasSizeLessThan(60);
    }
  }

  private void planReads(World world, SplittableRandom random, Ref<Fields> ref) {
    var period = ref.kind().category().retention();
    var made = world.now();
    var least = less(period.endsAt(made), period);
    assertThat(world.readable(ref)).as("%s at once", ref).isTrue();
    if (random.nextInt(ENDS_IN_AN_OUTAGE) == 0) {
      planOutage(world, random, least);
    }
    // Runs about the ends, where they could do harm.
    at(least.minusSeconds(random.nextInt(900)), () -> run(world, random));
    at(
        least.minusMillis(1),
        () -> assertThat(world.readable(ref)).as("%s of %s, young", ref, made).isTrue());
    at(
        period.endsAt(made),
        () -> assertThat(world.readable(ref)).as("%s of %s, over", ref, made).isFalse());
    at(period.endsAt(made).plusSeconds(random.nextInt(900)), () -> run(world, random));
  }

  /** It begins within the day before that moment and lasts for days; the next run catches up. */
  private void planOutage(World world, SplittableRandom random, Instant about) {
    var start = about.minusSeconds(random.nextInt(86_400));
    var outage = new Outage(start, Duration.ofMinutes(random.nextInt(24 * 60, 20 * 24 * 60)));
    outages.add(outage);
    at(outage.end(), () -> run(world, random));
  }

  /** The period less one epoch, by the calendar. */
  private static Instant less(Instant end, RetentionPeriod period) {
    var utc = end.atZone(ZoneOffset.UTC);
    return switch (period.epoch().orElseThrow()) {
      case Epoch.HOUR -> utc.minusHours(1).toInstant();
      case Epoch.DAY -> utc.minusDays(1).toInstant();
      case Epoch.MONTH -> utc.minusMonths(1).toInstant();
    };
  }

  /** Late by up to a day, on a clock that is off by up to ten minutes, now and then twice. */
  private void run(World world, SplittableRandom random) {
    if (outages.stream().anyMatch(outage -> outage.covers(world.now()))) {
      return;
    }
    var skew = Duration.ofMillis(random.nextLong(-MOST_SKEW.toMillis(), MOST_SKEW.toMillis() + 1));
    var due = world.now().minusSeconds(random.nextInt(4) == 0 ? random.nextInt(86_400) : 0);
    var before = world.keys();
    world.run(skew, due);
    if (random.nextInt(3) == 0) {
      world.run(skew, due);
    }
    var after = world.keys();
    var surelyOver = skew.isNegative() ? world.now().plus(skew) : world.now();
    var moment = surelyOver.isBefore(due) ? surelyOver : due;

    assertThat(after)
        .as("nothing that was over stays")
        .allSatisfy(key -> assertThat(key.endsAt()).isAfter(moment));
    assertThat(before.stream().filter(key -> key.endsAt().isAfter(world.now())))
        .as("nothing that was not over goes")
        .allSatisfy(key -> assertThat(after).contains(key));
  }

  private static Instant someTime(SplittableRandom random) {
    var end = START.atZone(ZoneOffset.UTC).plus(TRAVEL).toInstant();
    return Instant.ofEpochMilli(random.nextLong(START.toEpochMilli(), end.toEpochMilli()));
  }

  /** Two at one moment happen one after the other, a millisecond apart at most by their order. */
  private void at(Instant moment, Runnable step) {
    plan.merge(
        moment,
        step,
        (first, second) ->
            () -> {
              first.run();
              second.run();
            });
  }
}
