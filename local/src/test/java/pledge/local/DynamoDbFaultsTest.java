package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

final class DynamoDbFaultsTest {
  private Machine machine;

  @BeforeEach
  void start() {
    machine = Machine.start(Sample.options().withoutFunctions());
  }

  @AfterEach
  void stop() {
    machine.close();
  }

  @Test
  void remembersOperations() {
    Sample.put(machine, "a");
    try (var client = Sample.dynamo(machine)) {
      client.scan(request -> request.tableName(Sample.TABLE));
    }

    assertThat(machine.dynamo().operations()).containsExactly("PutItem", "Scan");
    assertThat(machine.dynamo().writes()).isEqualTo(1);
  }

  @Test
  void cutsOnceBeforeAWriteSoThatTheSdkTriesAgain() {
    machine.dynamo().cutBeforeWrite(2);
    Sample.put(machine, "a");
    Sample.put(machine, "b");

    assertThat(machine.dynamo().operations()).containsExactly("PutItem", "PutItem", "PutItem");
    assertThat(machine.count(Sample.TABLE)).isEqualTo(2);
  }

  @Test
  void cutsOnceAfterAWriteSoThatItIsDoneTwice() {
    machine.dynamo().cutAfterWrite(1);
    Sample.put(machine, "a");

    assertThat(machine.dynamo().operations()).containsExactly("PutItem", "PutItem");
    assertThat(machine.count(Sample.TABLE)).isEqualTo(1);
  }

  @Test
  void diesBeforeAWriteForGood() {
    machine.dynamo().dieBeforeWrite(2);
    Sample.put(machine, "a");

    assertThatThrownBy(() -> Sample.put(machine, "b")).isInstanceOf(DynamoDbException.class);
    assertThatThrownBy(() -> Sample.put(machine, "c")).isInstanceOf(DynamoDbException.class);
    assertThat(machine.dynamo().isDead()).isTrue();
    assertThat(machine.count(Sample.TABLE)).isEqualTo(1);
  }

  @Test
  void diesAfterAWriteThatIsDone() {
    machine.dynamo().dieAfterWrite(1);

    assertThatThrownBy(() -> Sample.put(machine, "a")).isInstanceOf(DynamoDbException.class);
    assertThat(machine.count(Sample.TABLE)).isEqualTo(1);
  }

  @Test
  void comesBackToLife() {
    machine.dynamo().dieBeforeWrite(1);
    assertThatThrownBy(() -> Sample.put(machine, "a")).isInstanceOf(DynamoDbException.class);
    machine.dynamo().reset();
    Sample.put(machine, "a");

    assertThat(machine.count(Sample.TABLE)).isEqualTo(1);
  }

  @Test
  void answersTheErrorAskedFor() {
    machine.dynamo().failNext(1, "ResourceNotFoundException");

    assertThatThrownBy(() -> Sample.put(machine, "a"))
        .isInstanceOf(ResourceNotFoundException.class);
    Sample.put(machine, "a");
    assertThat(machine.count(Sample.TABLE)).isEqualTo(1);
  }

  @Test
  void waits() {
    machine.dynamo().delay(Duration.ofMillis(300));
    var before = System.nanoTime();
    Sample.put(machine, "a");

    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isGreaterThanOrEqualTo(Duration.ofMillis(300));
  }
}
