package pledge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import pledge.TestMachine;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.vault.Vault;

/**
 * What is counted is what the price list says: 1 KB a write, 4 KB a read, twice in transactions.
 */
final class CapacityTest {
  private final Vault vault = TestMachine.vault();
  private final Store store = TestMachine.backend(vault).store();
  private final String subject = TestMachine.subject(vault).value();

  @Test
  void isOneUnitForASmallRead() {
    insert("1", 100);

    assertThat(read(() -> store.get(ref("1"), Purpose.RIGHTS))).isEqualTo(1);
  }

  @Test
  void isOneUnitForEach4KbRead() {
    insert("1", 9 * 1024);

    assertThat(read(() -> store.get(ref("1"), Purpose.RIGHTS))).isEqualTo(3);
  }

  @Test
  void isOneUnitForAReadThatFindsNothing() {
    assertThat(read(() -> store.get(ref("none"), Purpose.RIGHTS))).isEqualTo(1);
  }

  @Test
  void isOneUnitForALookUp() {
    assertThat(read(() -> store.find("nothing"))).isEqualTo(1);
  }

  @Test
  void isThatOfAllItemsTogetherForAWalk() {
    insert("1", 3 * 1024);
    insert("2", 3 * 1024);

    assertThat(read(() -> store.walk(Table.SUBJECTS, subject, "", item -> {}))).isEqualTo(2);
  }

  @Test
  void isOneUnitForASmallWrite() {
    assertThat(written(() -> insert("1", 100))).isEqualTo(1);
  }

  @Test
  void isOneUnitForEachKbWritten() {
    assertThat(written(() -> insert("1", 2 * 1024))).isEqualTo(3);
  }

  @Test
  void isOneUnitForARefusedWrite() {
    insert("1", 100);

    assertThat(written(() -> insert("1", 100))).isEqualTo(1);
  }

  @Test
  void isOneUnitForAChange() {
    insert("1", 100);

    assertThat(
            written(
                () ->
                    store.change(
                        ref("1"), Change.of(Category.NOTICE).set("sentAt", Instant.EPOCH))))
        .isEqualTo(1);
  }

  @Test
  void isOneUnitForADeletion() {
    insert("1", 100);

    assertThat(written(() -> store.delete(ref("1")))).isEqualTo(1);
  }

  /** Of one write: for several, DynamoDB Local says what one costs. */
  @Test
  void isTwoUnitsForASmallWriteOfATransaction() {
    assertThat(written(() -> store.transaction().insert(ref("1"), Kinds.notice("x")).commit()))
        .isEqualTo(2);
  }

  private double read(Runnable operation) {
    return consumed(Capacity::readUnits, operation);
  }

  private double written(Runnable operation) {
    return consumed(Capacity::writeUnits, operation);
  }

  private double consumed(ToDoubleFunction<Capacity> units, Runnable operation) {
    var before = units.applyAsDouble(store.capacity());
    operation.run();
    return units.applyAsDouble(store.capacity()) - before;
  }

  private void insert(String id, int length) {
    store.insert(ref(id), Kinds.notice("x".repeat(length)), Instant.MAX);
  }

  private Ref<Fields> ref(String id) {
    return Kinds.of(Category.NOTICE).in(subject, id);
  }
}
