package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class StreamCursorTest {
  private static final TableDefinition TABLE = Sample.table("Things");

  private DynamoDb database;
  private Loopback aws;

  @BeforeEach
  void open() {
    database = DynamoDb.open(null);
    // With a second stream, DynamoDB Local no more counts the first one's records from zero.
    database.create(List.of(TABLE, Sample.table("Others")));
    aws = Loopback.open("aws", 0);
    aws.serve(database.handler());
  }

  @AfterEach
  void close() throws Exception {
    aws.close();
    database.close();
  }

  /** An iterator from before a shard's first record is of no use after it, and is made anew. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void findsTheFirstRecordAtOnce(boolean fromStart) {
    var cursor = new StreamCursor(database, TABLE.id(), "reader", fromStart, Store.none());
    assertThat(cursor.next(10).records()).isEmpty();

    put(aws.address(), "first");

    assertThat(cursor.next(10).records()).hasSize(1);
  }

  private static void put(URI address, String key) {
    try (var client = Sample.dynamo(address)) {
      client.putItem(
          request -> request.tableName(TABLE.id()).item(Map.of("pk", AttributeValue.fromS(key))));
    }
  }
}
