package pledge.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import pledge.TestMachine;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Store;

final class ExpirationsTest {
  private final Store store = TestMachine.backend().store();
  private final Expirations expirations = new Expirations(store);

  @Test
  void areTheSumOfADaysBatches() {
    var day = someDay();
    expirations.count(day, "subjects#1", Map.of(Category.SESSION, 3L, Category.NOTICE, 1L));
    expirations.count(day, "subjects#9", Map.of(Category.SESSION, 2L));
    expirations.count(day.plusDays(1), "subjects#7", Map.of(Category.SESSION, 50L));

    assertThat(expirations.of(day)).isEqualTo(Map.of(Category.SESSION, 5L, Category.NOTICE, 1L));
  }

  @Test
  void countABatchOnceAndSayWhatIsNew() {
    var day = someDay();
    var three = Map.of(Category.SESSION, 3L);
    var five = Map.of(Category.SESSION, 4L, Category.NOTICE, 1L);
    assertThat(expirations.count(day, "subjects#1", three)).isEqualTo(three);
    assertThat(expirations.count(day, "subjects#1", three)).isEmpty();
    assertThat(expirations.count(day, "subjects#1", five))
        .isEqualTo(Map.of(Category.SESSION, 1L, Category.NOTICE, 1L));
    assertThat(expirations.of(day)).isEqualTo(five);
  }

  /** Its longer self was not acknowledged: what follows is counted under its own first record. */
  @Test
  void countABatchThatComesAgainShorterAsItCameLast() {
    var day = someDay();
    var three = Map.of(Category.SESSION, 3L);
    expirations.count(day, "subjects#1", Map.of(Category.SESSION, 5L));
    assertThat(expirations.count(day, "subjects#1", three)).isEmpty();
    assertThat(expirations.of(day)).isEqualTo(three);

    assertThat(expirations.count(day, "subjects#1", Map.of())).isEmpty();
    assertThat(expirations.of(day)).isEmpty();
  }

  @Test
  void areReadByAVersionThatDoesNotKnowAllCategories() {
    var day = someDay();
    var row =
        new Kind<Fields>(
            Category.PLEDGE_CHECK, "EXPIRED", 1, Function.identity(), Function.identity());
    var counts = new Fields(Category.PLEDGE_CHECK).text("evidence", "OF_TOMORROW:4 SESSION:2");
    store.insert(row.in("expired#" + day, "subjects#1"), counts, Instant.MAX);

    assertThat(expirations.of(day)).isEqualTo(Map.of(Category.SESSION, 2L));
  }

  /** One of this test alone. */
  private static LocalDate someDay() {
    TestMachine.clock().advance(Duration.ofDays(3));
    return LocalDate.ofInstant(TestMachine.clock().instant(), ZoneOffset.UTC);
  }
}
