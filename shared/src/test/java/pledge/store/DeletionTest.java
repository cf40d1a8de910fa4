package pledge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.TestMachine;
import pledge.policy.Table;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class DeletionTest {
  private static final String PARTITION = "partition";

  private final Deletion deletion =
      new Deletion(
          TestMachine.backend(TestMachine.vault()).store(), new Contents(List.of()), (_, _) -> {});

  @BeforeEach
  void reset() {
    TestMachine.reset();
  }

  @Test
  @DisplayName("erase-everywhere: whoever has no more time is asked every few records")
  void stopsWithinAPageAndGoesOnThere() {
    for (var number = 0; number <= Deletion.PAGE; number++) {
      TestMachine.put(
          Table.ACTIVITY,
          Map.of("pk", AttributeValue.fromS(PARTITION), "sk", AttributeValue.fromS("X#" + number)));
    }
    var asked = new AtomicInteger();

    assertThat(delete(new Tally(), () -> asked.getAndIncrement() == 0))
        .isEqualTo(new Deletion.Deleted(Map.of("OTHER", (long) Deletion.PAGE), Map.of(), false));
    assertThat(delete(new Tally(), () -> true))
        .isEqualTo(new Deletion.Deleted(Map.of("OTHER", 1L), Map.of(), true));
  }

  private Deletion.Deleted delete(Tally tally, BooleanSupplier mayGoOn) {
    return tally.deleted(
        deletion.delete(Table.ACTIVITY, PARTITION, _ -> false, _ -> false, mayGoOn, tally));
  }
}
