package pledge.bench;

import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.joda.time.DateTime;
import org.joda.time.DateTimeZone;
import org.jspecify.annotations.Nullable;
import pledge.bench.CapacityMeter.Consumed;
import pledge.local.Machine;
import pledge.policy.Category;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.records.Backstage;
import pledge.records.ManyRecords;
import pledge.retention.audit.RetentionAuditHandler;
import pledge.retention.schedule.RetentionScheduleHandler;
import pledge.store.Residue;
import pledge.vault.EpochId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * What it costs to end a period on time, to remove what that leaves, and to see that it was done.
 */
final class RetentionCosts {
  /** A million takes DynamoDB Local hours to be given. */
  private static final int MOST_RECORDS = Integer.getInteger("bench.records", 1_000_000);

  private static final int FEWEST_RECORDS = 1_000;
  private static final double SWEEP_TARGET = 0.8;
  private static final int BATCH = 25;
  private static final int DAYS = 31;

  /** Records of a turn. */
  private static final int TURN = Math.clamp(MOST_RECORDS / 50, BATCH, 5_000);

  /** A minute before an hour ends, in which the first records are made. */
  private static final Instant BEGIN = Instant.parse("2027-03-01T06:59:00Z");

  private static final Duration HOUR = Duration.ofHours(1);

  private final Report report;

  RetentionCosts(Report report) {
    this.report = report;
  }

  void run() {
    try (var machine = start();
        var backstage = new Backstage(machine)) {
      var hours = write(machine, backstage);
      destroy(machine, backstage, hours);
      sweep(backstage, hours.keySet().stream().toList().getLast());
    }
    audit();
  }

  private static Machine start() {
    return Machine.start(ManyRecords.machine().withoutFunctions().withClockAt(BEGIN));
  }

  /** Ten times as many in each hour as in the one before. */
  private Map<EpochId, Integer> write(Machine machine, Backstage backstage) {
    var hours = new LinkedHashMap<EpochId, Integer>();
    var writer = backstage.manyRecords();
    var begin = System.nanoTime();
    for (var records = FEWEST_RECORDS; records <= MOST_RECORDS; records *= 10) {
      writer.write(Category.REQUEST_CONTENT, records);
      hours.put(EpochId.of(RetentionPeriod.HOURS_24, machine.clock().instant()), records);
      machine.clock().advance(HOUR);
    }
    var all = hours.values().stream().mapToInt(records -> records).sum();
    report.say("");
    report.say(
        "%,d records sealed and written, %,.0f a second."
            .formatted(all, all / (Report.millis(since(begin)) / 1_000)));
    return hours;
  }

  private void destroy(Machine machine, Backstage backstage, Map<EpochId, Integer> hours) {
    report.heading(
        "To end an hour on time", "reads", "writes", "KMS calls", "calls", "ms", "as 1,000");
    try (var meter = new CapacityMeter(machine.aws())) {
      var metered =
          new RetentionScheduleHandler(
              meter.settings(machine, "RetentionScheduleFunction"), machine.clock());
      var bare =
          new RetentionScheduleHandler(
              machine.environment("RetentionScheduleFunction"), machine.clock());
      @Nullable Consumed fewest = null;
      for (var hour : hours.entrySet()) {
        var end = hour.getKey().endsAt();
        // What the run at the end would make as well is made before, and so are its connections.
        machine.clock().set(end.minus(Duration.ofMinutes(15)));
        run(metered, machine);
        run(bare, machine);
        backstage
            .vault()
            .prepareEpochKey(EpochId.of(RetentionPeriod.HOURS_24, end.plus(HOUR.multipliedBy(2))));
        var key = key(backstage, hour.getKey());
        machine.clock().set(end);
        var times = new ArrayList<Double>();
        for (var run = 0; run < Bench.RUNS; run++) {
          var begin = System.nanoTime();
          run(bare, machine);
          times.add(Report.millis(since(begin)));
          backstage.put(Table.EPOCH_KEYS, List.of(key));
        }
        meter.consumed();
        machine.kms().reset();
        run(metered, machine);
        var consumed = meter.consumed();
        fewest = fewest == null ? consumed : fewest;
        // Reads are of all keys that there are, whatever they sealed.
        var same =
            consumed.calls() == fewest.calls()
                && consumed.writeUnits() == fewest.writeUnits()
                && machine.kms().calls().isEmpty()
                && !backstage.hasKey(hour.getKey());
        var what = "%,d records".formatted(hour.getValue());
        report.row(
            what,
            consumed.readUnits(),
            consumed.writeUnits(),
            machine.kms().calls().size(),
            consumed.calls(),
            Report.median(times, time -> time),
            report.verdict("to end an hour of " + what, same));
      }
    }
  }

  @SuppressWarnings("NullAway") // the function has no use for a context
  private static void run(RetentionScheduleHandler handler, Machine machine) {
    var now = machine.clock().instant().toEpochMilli();
    handler.handleRequest(new ScheduledEvent().withTime(new DateTime(now, DateTimeZone.UTC)), null);
  }

  private static Map<String, AttributeValue> key(Backstage backstage, EpochId epoch) {
    return backstage.raw(Table.EPOCH_KEYS).stream()
        .filter(item -> AttributeValue.fromS(epoch.value()).equals(item.get("pk")))
        .filter(item -> AttributeValue.fromS("KEY").equals(item.get("sk")))
        .findFirst()
        .orElseThrow();
  }

  /** Half of the hour's shares are swept, of the other half the keys are known before. */
  private void sweep(Backstage backstage, EpochId hour) {
    var buckets = Residue.buckets(hour);
    var half = buckets.size() / 2;
    var others = new Leftovers(backstage, hour, half, buckets.size());
    var rates = new ArrayList<double[]>();
    // The first turn warms up.
    for (var turn = 0; turn <= Bench.RUNS; turn++) {
      var batches = others.next();
      if (batches.isEmpty()) {
        break;
      }
      var first = turn % 2 == 0 ? sweep(backstage, hour, buckets.subList(0, half)) : 0;
      var bare = delete(backstage, batches);
      var swept = turn % 2 == 0 ? first : sweep(backstage, hour, buckets.subList(0, half));
      if (turn > 0) {
        rates.add(new double[] {swept, bare});
      }
    }
    var ratio = Report.median(rates, rate -> rate[0] / rate[1]);
    report.heading("To remove what an hour leaves", "a second", "the least", "ratio", "", "");
    report.row(
        "sweep, beside bare BatchWriteItem",
        Report.median(rates, rate -> rate[0]),
        Report.median(rates, rate -> rate[1]),
        Report.ratio(ratio),
        "",
        "≥ " + SWEEP_TARGET + " " + report.verdict("sweep", ratio >= SWEEP_TARGET));
  }

  /** Records a second. */
  private static double sweep(Backstage backstage, EpochId hour, List<Residue.Bucket> buckets) {
    var residue = new Residue(backstage.store());
    var left = new int[] {TURN};
    var deleted = 0;
    var begin = System.nanoTime();
    for (var bucket : buckets) {
      var swept =
          residue.sweep(
              bucket, hour.endsAt(), records -> records < left[0] && (left[0] -= records) >= 0);
      deleted += swept.deleted();
      if (!swept.finished()) {
        break;
      }
    }
    return deleted / (Report.millis(since(begin)) / 1_000);
  }

  private static double delete(Backstage backstage, List<List<WriteRequest>> batches) {
    var deleted = 0;
    var begin = System.nanoTime();
    for (var batch : batches) {
      backstage
          .dynamo()
          .batchWriteItem(
              request -> request.requestItems(Map.of(Table.ACTIVITY.resource(), batch)));
      deleted += batch.size();
    }
    return deleted / (Report.millis(since(begin)) / 1_000);
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }

  /** The first of all, and one after a month of days. */
  private void audit() {
    report.heading("To audit", "reads", "writes", "KMS calls", "calls", "ms");
    try (var machine = start();
        var meter = new CapacityMeter(machine.aws())) {
      var schedule =
          new RetentionScheduleHandler(
              machine.environment("RetentionScheduleFunction"), machine.clock());
      say("the first time", audit(machine, meter));
      var last = audit(machine, meter);
      for (var day = 0; day < DAYS; day++) {
        machine.clock().advance(Duration.ofDays(1));
        run(schedule, machine);
        machine.expireNow();
        last = audit(machine, meter);
      }
      say("a day, after %d".formatted(DAYS), last);
    }
  }

  private record AuditCost(Consumed consumed, int kmsCalls, double millis) {}

  /** By a new instance, as a daily run finds none that is warm. */
  @SuppressWarnings("NullAway") // the function has no use for a context
  private static AuditCost audit(Machine machine, CapacityMeter meter) {
    var handler =
        new RetentionAuditHandler(
            meter.settings(machine, "RetentionAuditFunction"), machine.clock());
    meter.consumed();
    machine.kms().reset();
    var begin = System.nanoTime();
    var results = handler.handleRequest(new ScheduledEvent(), null);
    var millis = Report.millis(since(begin));
    // Nobody is there to be told of policies, so that nobody was looked at yet.
    if (results.containsValue("BROKEN")) {
      throw new IllegalStateException("the audit found " + results);
    }
    return new AuditCost(meter.consumed(), machine.kms().calls().size(), millis);
  }

  private void say(String when, AuditCost cost) {
    report.row(
        when,
        cost.consumed.readUnits(),
        cost.consumed.writeUnits(),
        cost.kmsCalls,
        cost.consumed.calls(),
        cost.millis);
    var categories = (double) Category.values().length;
    report.row(
        "  for each of %d categories".formatted(Category.values().length),
        cost.consumed.readUnits() / categories,
        cost.consumed.writeUnits() / categories,
        cost.kmsCalls / categories,
        cost.consumed.calls() / categories,
        cost.millis / categories);
  }

  /** What the index names of some shares of an hour, a turn at a time. */
  private static final class Leftovers {
    private final Iterator<List<WriteRequest>> batches;

    Leftovers(Backstage backstage, EpochId hour, int firstShard, int endShard) {
      batches =
          IntStream.range(firstShard, endShard)
              .mapToObj(shard -> hour.value() + "#" + shard)
              .flatMap(bucket -> keys(backstage, bucket))
              .limit((Bench.RUNS + 1L) * TURN)
              .gather(Gatherers.windowFixed(BATCH))
              .iterator();
    }

    private static Stream<WriteRequest> keys(Backstage backstage, String bucket) {
      return backstage
          .dynamo()
          .queryPaginator(
              request ->
                  request
                      .tableName(Table.ACTIVITY.resource())
                      .indexName(Residue.INDEX)
                      .keyConditionExpression("#bucket = :bucket")
                      .expressionAttributeNames(Map.of("#bucket", "_bucket"))
                      .expressionAttributeValues(Map.of(":bucket", AttributeValue.fromS(bucket))))
          .items()
          .stream()
          .map(
              item ->
                  item.entrySet().stream()
                      .filter(entry -> !entry.getKey().equals("_bucket"))
                      .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
          .map(key -> WriteRequest.builder().deleteRequest(delete -> delete.key(key)).build());
    }

    List<List<WriteRequest>> next() {
      var turn = new ArrayList<List<WriteRequest>>();
      while (batches.hasNext() && turn.size() < TURN / BATCH) {
        turn.add(batches.next());
      }
      return turn;
    }
  }
}
