package pledge.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.AtOnce;
import pledge.TestMachine;
import pledge.policy.Category;
import pledge.privacy.AuditChain.Rows;
import pledge.privacy.AuditChain.Verdict;
import pledge.store.Chains;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

@DisplayName("staff-access: the audit shows whether it was altered")
final class AuditChainTest {
  private final Chained chained = new Chained();
  private final AuditChain audit = chained.audit;

  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  private Verdict verdict() {
    return audit.verify(Category.STAFF_ACCESS);
  }

  @Test
  void isOneForEachCategoryThatDeclaresIt() {
    assertThat(AuditChain.categories())
        .containsExactly(
            Category.ERASURE_RECEIPT,
            Category.STAFF_ACCESS,
            Category.LEGAL_HOLD,
            Category.MINOR_REPORT,
            Category.INCIDENT,
            Category.PLEDGE_CHECK);
  }

  @Test
  void isKeptWhileItIsEmpty() {
    assertThat(verdict()).isEqualTo(new Verdict.Kept(0));
  }

  @Test
  void keepsRowsInTheirOrder() {
    audit.append(Chained.ACCESS, List.of("a", "b"));
    chained.now = chained.now.plus(Duration.ofDays(1));
    audit.append(Chained.ACCESS, List.of("c"));

    assertThat(chained.rows()).containsExactly("a", "b", "c");
    assertThat(verdict()).isEqualTo(new Verdict.Kept(3));
  }

  @Test
  void takes99RowsAtOnceAndNotOneMore() {
    audit.append(Chained.ACCESS, Chained.texts(99));

    assertThat(verdict()).isEqualTo(new Verdict.Kept(99));
    assertThatThrownBy(() -> audit.append(Chained.ACCESS, Chained.texts(100)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(verdict()).isEqualTo(new Verdict.Kept(99));
  }

  @Test
  void appendsNothingWhereNothingIsToBeAppended() {
    audit.append(Chained.ACCESS, List.of());

    assertThat(TestMachine.machine().dynamo().writes()).isZero();
  }

  @Test
  void aClockThatIsBehindMakesNoRowOlderThanTheOneBefore() {
    chained.append(1);
    chained.now = chained.now.minus(Duration.ofHours(1));
    chained.append(1);

    assertThat(chained.row(2).get("_at")).isEqualTo(chained.row(1).get("_at"));
    assertThat(verdict()).isEqualTo(new Verdict.Kept(2));
  }

  // ── Altered ────────────────────────────────────────────────────────────────────────────────

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 5})
  void findsARowThatWasEdited(long sequence) {
    chained.append(5);
    chained.alter(sequence, "outcome", AttributeValue.fromS("another"));

    assertThat(verdict()).isEqualTo(new Verdict.Broken(sequence));
  }

  @ParameterizedTest
  @ValueSource(strings = {"_v", "_at", "expiresAt", "_previousAt", "more"})
  void findsAnyAttributeThatWasEdited(String attribute) {
    chained.append(5);
    chained.alter(3, attribute, AttributeValue.fromN("2"));

    assertThat(verdict()).isEqualTo(new Verdict.Broken(3));
  }

  @Test
  void findsAnAttributeThatBecameAnotherType() {
    chained.append(5);
    chained.alter(3, "_v", AttributeValue.fromS("1"));
    assertThat(verdict()).isEqualTo(new Verdict.Broken(3));

    chained.alter(3, "_v", AttributeValue.fromL(List.of()));
    assertThat(verdict()).isEqualTo(new Verdict.Broken(3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"previousHash", "_at", "_previousAt"})
  void findsARowThatWasMadeUnreadable(String attribute) {
    chained.append(5);
    chained.alter(3, attribute, AttributeValue.fromS("none"));

    assertThat(verdict()).isInstanceOf(Verdict.Broken.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 5})
  void findsARowThatWasRemoved(long sequence) {
    chained.append(5);
    chained.remove(sequence);

    assertThat(verdict()).isEqualTo(new Verdict.Broken(sequence));
  }

  @Test
  void findsThatTheBeginningWasRemoved() {
    chained.append(5);
    for (var sequence = 1; sequence <= 3; sequence++) {
      chained.remove(sequence);
    }

    assertThat(verdict()).isEqualTo(new Verdict.Broken(3));
  }

  @Test
  void findsThatTheEndWasCutOff() {
    chained.append(5);
    chained.remove(4);
    chained.remove(5);

    assertThat(verdict()).isEqualTo(new Verdict.Broken(4));
  }

  @Test
  void findsThatAllWasRemoved() {
    chained.append(2);
    chained.remove(1);
    chained.remove(2);

    assertThat(verdict()).isEqualTo(new Verdict.Broken(1));
  }

  @Test
  void findsThatTheHeadWasRemoved() {
    chained.append(2);
    chained.remove("HEAD");

    assertThat(verdict()).isEqualTo(new Verdict.Broken(1));
  }

  @Test
  void findsThatTheHeadWasEdited() {
    chained.append(2);
    chained.alter(
        "HEAD",
        item -> {
          item.put("_hash", Chained.bytes("another"));
          return item;
        });

    assertThat(verdict()).isEqualTo(new Verdict.Broken(2));
  }

  @Test
  void findsRowsThatChangedPlaces() {
    audit.append(Chained.ACCESS, Chained.texts(5));
    var two = chained.row(2);
    var three = chained.row(3);
    chained.alter(Chains.sort(2), item -> at(2, three));
    chained.alter(Chains.sort(3), item -> at(3, two));

    assertThat(verdict()).isEqualTo(new Verdict.Broken(1));
  }

  @Test
  void findsARowThatWasInsertedAtTheEnd() {
    chained.append(3);
    chained.alter(Chains.sort(3), item -> at(4, item));

    assertThat(verdict()).isEqualTo(new Verdict.Broken(4));
  }

  @Test
  void findsARowThatWasInsertedBetween() {
    chained.append(3);
    chained.alter(
        Chains.sort(2),
        item -> {
          item.put("sk", AttributeValue.fromS(Chains.sort(2) + "x"));
          return item;
        });

    assertThat(verdict()).isInstanceOf(Verdict.Broken.class);
  }

  private static Map<String, AttributeValue> at(long sequence, Map<String, AttributeValue> item) {
    item.put("sk", AttributeValue.fromS(Chains.sort(sequence)));
    return item;
  }

  // ── Over in time ───────────────────────────────────────────────────────────────────────────

  @Test
  void missesNothingThatWasRemovedWhenItsPeriodWasOver() {
    chained.append(2);
    years(4);
    chained.append(2);
    years(3);

    assertThat(verdict()).as("not removed yet").isEqualTo(new Verdict.Kept(2));
    chained.remove(2);
    assertThat(verdict()).as("in any order").isEqualTo(new Verdict.Kept(2));
    chained.remove(1);
    assertThat(verdict()).isEqualTo(new Verdict.Kept(2));
    chained.append(1);
    assertThat(verdict()).isEqualTo(new Verdict.Kept(3));
    chained.remove(3);
    assertThat(verdict()).as("not over").isEqualTo(new Verdict.Broken(3));
  }

  @Test
  void beginsAnewAfterAllIsOver() {
    chained.append(2);
    years(8);
    chained.remove(1);
    chained.remove(2);

    assertThat(verdict()).isEqualTo(new Verdict.Kept(0));
    chained.append(2);
    assertThat(verdict()).isEqualTo(new Verdict.Kept(2));
    assertThat(chained.row(4)).isNotEmpty();
  }

  private void years(int years) {
    chained.now = chained.now.atZone(ZoneOffset.UTC).plus(Period.ofYears(years)).toInstant();
  }

  // ── At once, and when things fail ──────────────────────────────────────────────────────────

  @Test
  void losesNoRowOfManyThatComeAtOnce() {
    AtOnce.run(
        4,
        thread -> {
          for (var i = 0; i < 5; i++) {
            audit.append(Chained.ACCESS, List.of(thread + "a" + i, thread + "b" + i));
          }
          return thread;
        });

    assertThat(verdict()).isEqualTo(new Verdict.Kept(40));
    assertThat(chained.rows())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 20)
                .boxed()
                .flatMap(i -> List.of(i / 5 + "a" + i % 5, i / 5 + "b" + i % 5).stream())
                .toList());
  }

  @Test
  void isKeptForWhoeverLooksWhileItGrows() {
    var verdicts =
        AtOnce.run(
            3,
            thread -> {
              for (var i = 0; i < 15; i++) {
                if (thread == 0) {
                  audit.append(Chained.ACCESS, List.of("row", "row"));
                } else if (verdict() instanceof Verdict.Broken broken) {
                  return broken.toString();
                }
              }
              return "kept";
            });

    assertThat(verdicts).containsOnly("kept");
  }

  @Test
  void givesUpWhereOthersAlwaysComeFirst() {
    assertThatThrownBy(
            () ->
                audit.append(
                    Set.of(Category.STAFF_ACCESS),
                    () -> {
                      chained.append(1);
                      return List.of(new Rows<>(Chained.ACCESS, List.of("never")));
                    }))
        .isInstanceOf(UnavailableException.class);
    assertThat(chained.rows()).doesNotContain("never");
    assertThat(verdict()).isInstanceOf(Verdict.Kept.class);
  }

  @Test
  void appendsOnceWhereAnAnswerWasLost() {
    chained.append(1);
    TestMachine.machine().dynamo().cutAfterWrite(1);
    audit.append(Chained.ACCESS, List.of("b"));
    TestMachine.machine().dynamo().cutBeforeWrite(1);
    audit.append(Chained.ACCESS, List.of("c"));

    assertThat(chained.rows()).containsExactly("row", "b", "c");
    assertThat(verdict()).isEqualTo(new Verdict.Kept(3));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isWholeAfterADeath(boolean afterTheWrite) {
    chained.append(1);
    if (afterTheWrite) {
      TestMachine.machine().dynamo().dieAfterWrite(1);
    } else {
      TestMachine.machine().dynamo().dieBeforeWrite(1);
    }
    assertThatThrownBy(() -> audit.append(Chained.ACCESS, List.of("b", "c")))
        .isInstanceOf(UnavailableException.class);
    TestMachine.reset();

    assertThat(verdict()).isEqualTo(new Verdict.Kept(afterTheWrite ? 3 : 1));
  }

  @Test
  void cannotBeToldWhereDynamoDbDoesNotAnswer() {
    TestMachine.machine().dynamo().failNext(10, "InternalServerError");

    assertThatThrownBy(this::verdict).isInstanceOf(UnavailableException.class);
  }

  // ── What it costs ──────────────────────────────────────────────────────────────────────────

  @Test
  void costsOneReadAndOneTransactionAnAppend() {
    chained.append(1);
    TestMachine.reset();
    audit.append(Chained.ACCESS, List.of("a", "b"));

    assertThat(TestMachine.machine().dynamo().operations())
        .containsExactly("GetItem", "TransactWriteItems");
  }

  @Test
  void isWalkedPageByPage() {
    var text = "x".repeat(200_000);
    for (var i = 0; i < 12; i++) {
      audit.append(Chained.ACCESS, List.of(text));
    }
    TestMachine.reset();

    assertThat(verdict()).isEqualTo(new Verdict.Kept(12));
    assertThat(TestMachine.machine().dynamo().operations())
        .containsExactly("GetItem", "Query", "Query");
    chained.alter(11, "outcome", AttributeValue.fromS("another"));
    assertThat(verdict()).isEqualTo(new Verdict.Broken(11));
  }
}
