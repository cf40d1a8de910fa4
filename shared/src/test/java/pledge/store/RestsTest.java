package pledge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestsTest {
  @Test
  void goesOnForAsLongAsMoreThanTheReserveIsLeft() {
    var left = new ArrayDeque<>(List.of(100, 95, 90, 80, 70, 60, 50));
    var rests = new Rests(left::removeFirst, 60);

    assertThat(rests.getAsBoolean()).as("90 left").isTrue();
    assertThat(rests.getAsBoolean()).as("70 left").isTrue();
    assertThat(rests.getAsBoolean()).as("50 left").isFalse();
  }

  @Test
  void restsForAsLongAsAPageTook() {
    var left = new ArrayDeque<>(List.of(10_000, 9_960, 9_960, 100, 100));
    var rests = new Rests(left::removeFirst, 0);

    assertThat(millis(rests)).as("a page of 40 ms").isGreaterThanOrEqualTo(39);
    assertThat(millis(rests)).as("what was no page").isGreaterThanOrEqualTo(249);
  }

  private static long millis(Rests rests) {
    var start = System.nanoTime();
    assertThat(rests.getAsBoolean()).isTrue();
    return (System.nanoTime() - start) / 1_000_000;
  }
}
