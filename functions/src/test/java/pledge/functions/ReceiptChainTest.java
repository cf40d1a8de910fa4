package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.privacy.AuditChain;
import pledge.privacy.AuditChain.Verdict;
import pledge.store.Chains;
import pledge.vault.Secrets;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Receipts are listed in a chain of the audit: none can be altered, or be missing, unseen. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReceiptChainTest {
  private static final int RECEIPTS = 3;
  private static final String CHAIN = "chain#ERASURE_RECEIPT";
  private static final AttributeValue OTHER = AttributeValue.fromS("another");

  private final Erasures erasures = new Erasures();
  private final List<String> ids = new ArrayList<>();
  private List<Map<String, AttributeValue>> audit = List.of();

  @BeforeAll
  void erase() {
    for (var receipt = 0; receipt < RECEIPTS; receipt++) {
      ids.add(erasures.requests().erase(erasures.somebody()));
      erasures.toTheEnd(erasures.erasure(), erasures.open());
    }
    audit = erasures.backstage.raw(Table.AUDIT);
  }

  @AfterEach
  void putBack() {
    erasures.backstage.put(Table.AUDIT, audit);
  }

  @AfterAll
  void close() {
    erasures.close();
  }

  /** What somebody with the table in their hands might do to the row of one receipt. */
  record Tampering(String words, BiConsumer<ReceiptChainTest, Integer> with) {
    @Override
    public String toString() {
      return words;
    }
  }

  static Stream<Tampering> tamperings() {
    return Stream.of(
        new Tampering("says another person", (test, row) -> test.edit(row, "subject", OTHER)),
        new Tampering("says another receipt", (test, row) -> test.edit(row, "receipt", OTHER)),
        new Tampering(
            "says another time",
            (test, row) -> test.edit(row, "completedAt", AttributeValue.fromN("1"))),
        new Tampering("is removed", (test, row) -> test.remove(row)),
        new Tampering(
            "changed places with another", (test, row) -> test.swap(row, row % RECEIPTS + 1)));
  }

  @ParameterizedTest(name = "erase-everywhere: that a receipt''s row {0} is noticed")
  @MethodSource("tamperings")
  void noticesWhatIsDoneToTheRowOfAReceipt(Tampering tampering) {
    for (var row = 1; row <= RECEIPTS; row++) {
      assertThat(verdict()).isEqualTo(new Verdict.Kept(RECEIPTS));

      tampering.with().accept(this, row);

      assertThat(verdict()).as("row %d", row).isInstanceOf(Verdict.Broken.class);
      putBack();
    }
  }

  @Test
  @DisplayName("erase-everywhere: the row of a receipt says which text was signed")
  void holdsTheHashOfEachReceipt() {
    for (var row = 1; row <= RECEIPTS; row++) {
      var id = ids.get(row - 1);
      var signed = erasures.receipt(id).signed().getBytes(StandardCharsets.US_ASCII);

      assertThat(row(row))
          .containsEntry("receipt", AttributeValue.fromS(id))
          .containsEntry(
              "hash", AttributeValue.fromB(SdkBytes.fromByteArray(Secrets.sha256(signed))));
    }
  }

  private Map<String, AttributeValue> row(int sequence) {
    return audit.stream()
        .filter(item -> AttributeValue.fromS(CHAIN).equals(item.get("pk")))
        .filter(item -> AttributeValue.fromS(Chains.sort(sequence)).equals(item.get("sk")))
        .findFirst()
        .orElseThrow();
  }

  private void edit(int sequence, String attribute, AttributeValue value) {
    var row = new HashMap<>(row(sequence));
    assertThat(row.put(attribute, value)).isNotNull().isNotEqualTo(value);
    erasures.backstage.put(Table.AUDIT, List.of(row));
  }

  private void remove(int sequence) {
    var key =
        Map.of(
            "pk", AttributeValue.fromS(CHAIN), "sk", AttributeValue.fromS(Chains.sort(sequence)));
    erasures
        .backstage
        .dynamo()
        .deleteItem(request -> request.tableName(Table.AUDIT.resource()).key(key));
  }

  private void swap(int one, int other) {
    var first = new HashMap<>(row(one));
    var second = new HashMap<>(row(other));
    first.put("sk", AttributeValue.fromS(Chains.sort(other)));
    second.put("sk", AttributeValue.fromS(Chains.sort(one)));
    erasures.backstage.put(Table.AUDIT, List.of(first, second));
  }

  private Verdict verdict() {
    return new AuditChain(new Chains(erasures.backstage.store()), erasures.machine.clock())
        .verify(Category.ERASURE_RECEIPT);
  }
}
