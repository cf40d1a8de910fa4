package pledge.bench;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import pledge.erasure.ErasureHandler;
import pledge.export.ExportHandler;
import pledge.policy.Category;
import pledge.runtime.TimeForPages;
import pledge.store.Tables;
import pledge.vault.Environment;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/** A process of its own, in which the functions do what stands in their queues, one by one. */
final class RightsWork {
  static final String LINE = "TAKEN ";

  /** As large as an export reads them. */
  private static final int PAGE = 1_000;

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private RightsWork() {}

  /**
   * Something to do.
   *
   * @param message what stands in the queue, and the time that it is to be done at
   */
  record Task(String what, int records, List<String> message) {
    String line() {
      return what + " " + records + " " + String.join(" ", message);
    }

    static Task parse(String line) {
      var words = line.split(" ", -1);
      return new Task(words[0], Integer.parseInt(words[1]), List.of(words[2], words[3]));
    }
  }

  /**
   * What it took.
   *
   * @param cpu milliseconds of this process alone, its collector's and compiler's included
   * @param bytes of the heap in use at most, dead ones included
   */
  record Taken(String what, int records, double millis, double cpu, long bytes) {
    static Taken parse(String line) {
      var words = line.substring(LINE.length()).split(" ", -1);
      return new Taken(
          words[0],
          Integer.parseInt(words[1]),
          Double.parseDouble(words[2]),
          Double.parseDouble(words[3]),
          Long.parseLong(words[4]));
    }
  }

  /**
   * Does it.
   *
   * @param arguments a file with a task a line
   */
  public static void main(String[] arguments) throws IOException {
    for (var line : Files.readAllLines(Path.of(arguments[0]))) {
      var task = Task.parse(line);
      System.gc();
      pools().forEach(MemoryPoolMXBean::resetPeakUsage);
      var cpu = PROCESS.getProcessCpuTime();
      var start = System.nanoTime();
      if (task.what().equals("read")) {
        read(task);
      } else if (!done(task).getBatchItemFailures().isEmpty()) {
        throw new IllegalStateException(task.what() + " failed");
      }
      var millis = (System.nanoTime() - start) / 1e6;
      System.out.println(
          LINE
              + String.join(
                  " ",
                  task.what(),
                  Integer.toString(task.records()),
                  Double.toString(millis),
                  Double.toString((PROCESS.getProcessCpuTime() - cpu) / 1e6),
                  Long.toString(
                      pools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum())));
    }
    System.exit(0);
  }

  /** The least that it takes to see all of them: page by page, and nothing is done with any. */
  private static void read(Task task) {
    var environment = Environment.ofProcess();
    var table = Tables.of(environment).name(Category.SECURITY_EVENT.table());
    var person = AttributeValue.fromS(task.message().getFirst());
    try (var http = Environment.httpClient();
        var dynamo = environment.dynamo(http)) {
      var read =
          dynamo
              .queryPaginator(
                  query ->
                      query
                          .tableName(table)
                          .keyConditionExpression("pk = :pk")
                          .expressionAttributeValues(Map.of(":pk", person))
                          .limit(PAGE)
                          .consistentRead(true))
              .stream()
              .mapToInt(QueryResponse::count)
              .sum();
      if (read < task.records()) {
        throw new IllegalStateException("only " + read);
      }
    }
  }

  private static SQSBatchResponse done(Task task) {
    var settings = Environment.ofProcess().settings();
    var at = Instant.parse(task.message().getLast());
    var message = new SQSEvent.SQSMessage();
    message.setMessageId("1");
    message.setBody("{\"item\":\"%s\"}".formatted(task.message().getFirst()));
    var event = new SQSEvent();
    event.setRecords(List.of(message));
    var plenty = new TimeForPages(Integer.MAX_VALUE);
    return task.what().equals("export")
        ? new ExportHandler(settings, () -> at).handleRequest(event, plenty)
        : new ErasureHandler(settings, () -> at).handleRequest(event, plenty);
  }

  private static List<MemoryPoolMXBean> pools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }
}
