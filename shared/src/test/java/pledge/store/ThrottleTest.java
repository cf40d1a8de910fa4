package pledge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.AtOnce;
import pledge.TestMachine;
import pledge.policy.Table;
import pledge.store.Throttle.Limit;
import pledge.store.Throttle.Taken;
import pledge.vault.Secrets;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class ThrottleTest {
  private static final Limit LIMIT = new Limit("test", 10, Duration.ofSeconds(10));

  private final Throttle throttle = TestMachine.backend().throttle();
  private final String bucket = Secrets.text(Secrets.random(16));

  @BeforeEach
  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  @Test
  @DisplayName("abuse-and-incidents: a bucket grants its quota, and not one more")
  void grantsExactlyItsQuota() {
    for (var i = 1; i <= 10; i++) {
      var taken = throttle.take(bucket, LIMIT, 1);

      assertThat(taken)
          .isInstanceOfSatisfying(
              Taken.Granted.class,
              granted ->
                  assertThat(granted.remaining()).isEqualTo(LIMIT.quota() - tokens(granted)));
    }
    assertThat(throttle.take(bucket, LIMIT, 1)).isInstanceOf(Taken.Denied.class);
  }

  private static int tokens(Taken.Granted granted) {
    return (int) (granted.untilFull().toMillis() / 1_000);
  }

  @Test
  void saysWhatIsLeft() {
    throttle.take(bucket, LIMIT, 3);

    assertThat(throttle.take(bucket, LIMIT, 2))
        .isEqualTo(new Taken.Granted(LIMIT, 5, Duration.ofSeconds(5)));
  }

  @Test
  void fillsAgainOneTokenAtATime() {
    throttle.take(bucket, LIMIT, 10);
    TestMachine.clock().advance(Duration.ofMillis(999));
    assertThat(throttle.take(bucket, LIMIT, 1)).isInstanceOf(Taken.Denied.class);
    TestMachine.clock().advance(Duration.ofMillis(1));
    assertThat(throttle.take(bucket, LIMIT, 1)).isInstanceOf(Taken.Granted.class);

    assertThat(throttle.take(bucket, LIMIT, 1)).isInstanceOf(Taken.Denied.class);
  }

  @Test
  void isFullAfterItsWindowAndNoFuller() {
    throttle.take(bucket, LIMIT, 10);
    TestMachine.clock().advance(LIMIT.window().multipliedBy(5));
    assertThat(throttle.take(bucket, LIMIT, 10)).isInstanceOf(Taken.Granted.class);

    assertThat(throttle.take(bucket, LIMIT, 1)).isInstanceOf(Taken.Denied.class);
  }

  @Test
  void saysExactlyWhenToTryAgain() {
    throttle.take(bucket, LIMIT, 8);
    TestMachine.clock().advance(Duration.ofMillis(123));
    var denied = (Taken.Denied) throttle.take(bucket, LIMIT, 5);
    assertThat(denied.retryAfter()).isEqualTo(Duration.ofMillis(2_877));
    TestMachine.clock().advance(denied.retryAfter().minusMillis(1));
    assertThat(throttle.take(bucket, LIMIT, 5))
        .as("a millisecond too early")
        .isEqualTo(new Taken.Denied(LIMIT, Duration.ofMillis(1)));
    TestMachine.clock().advance(Duration.ofMillis(1));

    assertThat(throttle.take(bucket, LIMIT, 5)).isInstanceOf(Taken.Granted.class);
  }

  @Test
  void takesNothingWhenItDenies() {
    throttle.take(bucket, LIMIT, 8);
    throttle.take(bucket, LIMIT, 5);

    assertThat(throttle.take(bucket, LIMIT, 2)).isInstanceOf(Taken.Granted.class);
  }

  @Test
  void keepsBucketsAndLimitsApart() {
    throttle.take(bucket, LIMIT, 10);

    assertThat(throttle.take(bucket + "2", LIMIT, 10)).isInstanceOf(Taken.Granted.class);
    assertThat(throttle.take(bucket, new Limit("other", 10, LIMIT.window()), 10))
        .isInstanceOf(Taken.Granted.class);
  }

  @Test
  void grantsNoMoreThanItsQuotaToManyAtOnce() {
    var throttles = Stream.generate(() -> TestMachine.backend().throttle()).limit(16).toList();
    var granted =
        AtOnce.run(
                16,
                thread -> {
                  var mine = 0;
                  for (var i = 0; i < 3; i++) {
                    mine +=
                        throttles.get(thread).take(bucket, LIMIT, 1) instanceof Taken.Granted
                            ? 1
                            : 0;
                  }
                  return mine;
                })
            .stream()
            .mapToInt(i -> i)
            .sum();

    assertThat(granted).isEqualTo(LIMIT.quota());
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void doesWhatABucketInMemoryDoes(long seed) {
    var random = new SplittableRandom(seed);
    var limit =
        new Limit(
            "property", random.nextInt(1, 20), Duration.ofMillis(random.nextInt(1_000, 60_000)));
    var perToken = limit.window().toMillis() / limit.quota();
    var level = limit.window().toMillis();
    for (var step = 0; step < 150; step++) {
      var pause = random.nextBoolean() ? 0 : random.nextLong(2 * perToken);
      TestMachine.clock().advance(Duration.ofMillis(pause));
      level = Math.min(limit.window().toMillis(), level + pause);
      var tokens = random.nextInt(1, Math.min(4, limit.quota() + 1));
      var enough = level >= tokens * perToken;
      var missing = tokens * perToken - level;
      level -= enough ? tokens * perToken : 0;
      var taken = throttle.take(bucket + seed, limit, tokens);

      assertThat(taken)
          .as("seed %d, step %d, %s", seed, step, limit)
          .isEqualTo(
              enough
                  ? new Taken.Granted(
                      limit,
                      (int) Math.min(level / perToken, taken.limit().quota()),
                      Duration.ofMillis(limit.window().toMillis() - level))
                  : new Taken.Denied(limit, Duration.ofMillis(missing)));
    }
  }

  /** As when the clock moves on, and with it the expiry, between the two updates of one call. */
  @Test
  void aBucketThatVanishesInBetweenIsFull() {
    var limit = new Limit("vanishing", 1_000, Duration.ofSeconds(1_000));
    var taken =
        AtOnce.run(
            2,
            thread ->
                IntStream.range(0, 300)
                    .mapToObj(i -> thread == 0 ? throttle.take(bucket, limit, 1) : vanish())
                    .toList());

    assertThat(taken.getFirst()).hasOnlyElementsOfType(Taken.Granted.class);
  }

  private Object vanish() {
    var key =
        Map.of(
            "pk", AttributeValue.fromS(bucket), "sk", AttributeValue.fromS("THROTTLE#vanishing"));
    return TestMachine.dynamo()
        .deleteItem(request -> request.tableName(Table.ACTIVITY.resource()).key(key));
  }

  @Test
  void costsOneWriteAndNoReadAtRest() {
    throttle.take(bucket, LIMIT, 1);

    assertThat(TestMachine.machine().dynamo().operations()).containsExactly("UpdateItem");
  }

  @Test
  void refusesWhileItIsBlind() {
    TestMachine.machine().dynamo().failNext(100, "InternalServerError");

    assertThatThrownBy(() -> throttle.take(bucket, LIMIT, 1))
        .isInstanceOf(UnavailableException.class);
    assertThatThrownBy(() -> throttle.attempt(bucket)).isInstanceOf(UnavailableException.class);
  }

  @Test
  void keepsATimeAndNothingElse() {
    throttle.take(bucket, LIMIT, 1);

    assertThat(TestMachine.item(Table.ACTIVITY, bucket, "THROTTLE#test"))
        .containsOnlyKeys("pk", "sk", "paidUntil", "expiresAt");
  }

  @Test
  void doublesTheDelayFromAttemptToAttemptUpToAQuarterOfAnHour() {
    assertThat(delay()).isZero();
    assertThat(delay()).isZero();
    var delays = new ArrayList<Duration>();
    for (var i = 0; i < 17; i++) {
      var delay = delay();
      delays.add(delay);
      TestMachine.clock().advance(delay.minusMillis(1));
      assertThat(delay()).as("a millisecond before %s", delay).isEqualTo(Duration.ofMillis(1));
      TestMachine.clock().advance(Duration.ofMillis(1));
      assertThat(delay()).as("after %s", delay).isZero();
    }

    assertThat(delays.subList(0, 14))
        .isEqualTo(
            Stream.iterate(Duration.ofMillis(100), delay -> delay.multipliedBy(2))
                .limit(14)
                .toList());
    assertThat(delays.subList(14, 17)).containsOnly(Duration.ofMinutes(15));
  }

  @Test
  void doesNotCountAnAttemptThatMustWait() {
    throttle.attempt(bucket);
    throttle.attempt(bucket);
    for (var i = 0; i < 5; i++) {
      assertThat(delay()).isEqualTo(Duration.ofMillis(100));
    }
  }

  @Test
  void beginsAnewOnceAttemptsAreForgotten() {
    for (var i = 0; i < 3; i++) {
      throttle.attempt(bucket);
    }
    throttle.forget(bucket);

    assertThat(delay()).isZero();
    assertThat(delay()).isZero();
    assertThat(delay()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void knowsTheFirstAttempt() {
    assertThat(throttle.attempt(bucket).first()).isTrue();
    assertThat(throttle.attempt(bucket).first()).isFalse();
    throttle.forget(bucket);

    assertThat(throttle.attempt(bucket).first()).isTrue();
  }

  @Test
  void forgetsAttemptsByItselfWithinADay() {
    TestMachine.nextSecond();
    for (var i = 0; i < 3; i++) {
      throttle.attempt(bucket);
    }
    TestMachine.clock().advance(Duration.ofHours(23));
    assertThat(delay()).isZero();
    assertThat(delay()).isZero();

    assertThat(delay()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void letsNoMorePassAtOnceThanOneAfterTheOther() {
    for (var i = 0; i < 4; i++) {
      var attempts = bucket + i;
      assertThat(AtOnce.run(12, thread -> throttle.attempt(attempts).delay()))
          .filteredOn(Duration::isZero)
          .as("at first")
          .hasSize(2);
      TestMachine.clock().advance(Duration.ofMillis(100));
      assertThat(AtOnce.run(12, thread -> throttle.attempt(attempts).delay()))
          .filteredOn(Duration::isZero)
          .as("after the first delay")
          .hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1000", "-1, 1000", "1001, 1000", "1, 0"})
  void aLimitThatWouldLimitNothingIsNone(int quota, long windowMillis) {
    var window = Duration.ofMillis(windowMillis);

    assertThatThrownBy(() -> new Throttle.Limit("none", quota, window))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 6})
  void noBucketGivesWhatItNeverHolds(int tokens) {
    var limit = new Throttle.Limit("five", 5, Duration.ofMinutes(1));

    assertThatThrownBy(() -> throttle.take(bucket, limit, tokens))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Duration delay() {
    return throttle.attempt(bucket).delay();
  }
}
