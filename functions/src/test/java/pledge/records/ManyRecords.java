package pledge.records;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import pledge.local.Options;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.store.Tables;
import pledge.vault.SubjectId;
import pledge.vault.Vault;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Writes as many records of one moment as wanted: made by the store as any other, each sealed for
 * its own place, and put 25 at a time where a function puts them one by one.
 */
public final class ManyRecords {
  /** The kinds of which there can be very many of one person. */
  public static final List<Category> ACTIVITY =
      List.of(
          Category.API_REQUEST_LOG,
          Category.REQUEST_CONTENT,
          Category.SECURITY_EVENT,
          Category.SERVER_LOG);

  private static final int THREADS = 3;

  /** DynamoDB Local takes longer for each record of a partition that there is. */
  private static final int OF_A_SUBJECT = 200;

  private final DynamoDbClient dynamo;
  private final Tables tables;
  private final Vault vault;
  private final InstantSource clock;

  ManyRecords(DynamoDbClient dynamo, Tables tables, Vault vault, InstantSource clock) {
    this.dynamo = dynamo;
    this.tables = tables;
    this.vault = vault;
    this.clock = clock;
  }

  /**
   * A machine for them, without streams: DynamoDB Local takes longer for each record of a stream
   * that there is.
   */
  public static Options machine() {
    return machine("\\w+Pipe", "\\w+Table");
  }

  /**
   * The same, of these pipes and tables.
   *
   * @param pipes their names, as a regular expression
   * @param tables whose streams are left out, as a regular expression
   */
  public static Options machine(String pipes, String tables) {
    try {
      var template = Files.createTempFile("template", ".yaml");
      template.toFile().deleteOnExit();
      var all = Files.readString(Path.of("..", "template.yaml"));
      Files.writeString(
          template,
          all.replaceAll("(?ms)^  " + pipes + ":$.*?^$", "")
              .replaceAll(
                  "(?m)(^  " + tables + ":$(?:\\n(?:    .*)?$)*?)\\n      StreamSpecification:.*$",
                  "$1"));
      return Options.inMemory().withTemplate(template).withoutExpiry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes them.
   *
   * @return where the first of each subject stands
   */
  public List<Ref<Fields>> write(Category category, int records) {
    try (var threads = Executors.newFixedThreadPool(THREADS)) {
      var shares = new ArrayList<Future<Ref<Fields>>>();
      for (var first = 0; first < records; first += OF_A_SUBJECT) {
        var number = Math.min(OF_A_SUBJECT, records - first);
        shares.add(threads.submit(() -> writeOfASubject(category, number)));
      }
      var firsts = new ArrayList<Ref<Fields>>();
      for (var share : shares) {
        firsts.add(share.get());
      }
      return firsts;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Ref<Fields> writeOfASubject(Category category, int records) {
    var subject = SubjectId.random();
    var key = vault.newSubjectKey(subject, clock.instant().plus(Duration.ofDays(10_000)));
    dynamo.transactWriteItems(request -> request.transactItems(key));
    write(subject, category, records);
    return ref(category, subject, 0);
  }

  /** Writes them all of somebody who has a key. */
  public void write(SubjectId subject, Category category, int records) {
    var now = clock.instant();
    var batches = new Batches();
    var store = new Store(batches, tables, vault, clock);
    for (var number = 0; number < records; number++) {
      store.insert(
          ref(category, subject, number),
          DeclaredRecord.fields(category, "record " + number, now),
          Instant.MAX);
    }
    batches.end();
  }

  /** Writes what is to be deleted unread, and need not be sealed: keys and nothing else. */
  public void writeKeys(SubjectId subject, Category category, int records) {
    try (var threads = Executors.newFixedThreadPool(THREADS)) {
      var shares = new ArrayList<Future<?>>();
      for (var first = 0; first < records; first += OF_A_SUBJECT) {
        var from = first;
        var end = Math.min(first + OF_A_SUBJECT, records);
        shares.add(threads.submit(() -> writeKeys(subject, category, from, end)));
      }
      for (var share : shares) {
        share.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void writeKeys(SubjectId subject, Category category, int from, int end) {
    var batches = new Batches();
    for (var number = from; number < end; number++) {
      var ref = DeclaredRecord.ref(category, subject.value(), "key" + number);
      var key =
          Map.of(
              "pk", AttributeValue.fromS(ref.partition()), "sk", AttributeValue.fromS(ref.sort()));
      batches.putItem(
          PutItemRequest.builder().tableName(category.table().resource()).item(key).build());
    }
    batches.end();
  }

  private static Ref<Fields> ref(Category category, SubjectId subject, int number) {
    return DeclaredRecord.ref(category, subject.value(), Integer.toString(number));
  }

  /** A store's client that gathers what it is to put. */
  private final class Batches implements DynamoDbClient {
    private static final int BATCH = 25;

    private final List<WriteRequest> gathered = new ArrayList<>(BATCH);
    private String table = "";

    @Override
    public PutItemResponse putItem(PutItemRequest request) {
      table = request.tableName();
      gathered.add(WriteRequest.builder().putRequest(put -> put.item(request.item())).build());
      if (gathered.size() == BATCH) {
        end();
      }
      return PutItemResponse.builder().build();
    }

    void end() {
      if (gathered.isEmpty()) {
        return;
      }
      var answer =
          dynamo.batchWriteItem(
              request -> request.requestItems(Map.of(table, List.copyOf(gathered))));
      if (!answer.unprocessedItems().isEmpty()) {
        throw new IllegalStateException("DynamoDB Local takes every batch whole");
      }
      gathered.clear();
    }

    @Override
    public String serviceName() {
      return dynamo.serviceName();
    }

    @Override
    public void close() {}
  }
}
