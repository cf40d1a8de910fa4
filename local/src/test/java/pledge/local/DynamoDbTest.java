package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class DynamoDbTest {
  private static final TableDefinition TABLE = Sample.table("Things");

  private DynamoDb database;

  @BeforeEach
  void open() {
    database = DynamoDb.open(null);
    database.create(List.of(TABLE));
  }

  @AfterEach
  void close() {
    database.close();
  }

  /** Between looking and deleting, a write may have given the item more time. */
  @Test
  void leavesAnItemThatIsNotExpiredAnyMore() {
    var key = Map.of("pk", AttributeValue.fromS("a"));

    assertThat(database.deleteExpired(TABLE, "expiresAt", key, 1)).isFalse();
  }
}
