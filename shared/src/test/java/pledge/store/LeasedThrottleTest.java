package pledge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.TestMachine;
import pledge.store.Throttle.Limit;
import pledge.store.Throttle.Taken;
import pledge.vault.Secrets;

final class LeasedThrottleTest {
  private static final Limit LIMIT = new Limit("leased", 250, Duration.ofSeconds(250));

  private final LeasedThrottle throttle = instance();
  private final String bucket = Secrets.text(Secrets.random(16));

  @BeforeEach
  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  @Test
  void writesOnceALease() {
    for (var i = 0; i < 8; i++) {
      assertThat(throttle.take(bucket, LIMIT)).isInstanceOf(Taken.Granted.class);
    }
    assertThat(TestMachine.machine().dynamo().operations()).hasSize(1);
    throttle.take(bucket, LIMIT);

    assertThat(TestMachine.machine().dynamo().operations()).hasSizeBetween(2, 3);
  }

  @Test
  void letsACallerInThatMeetsManyInstancesAtOnce() {
    for (var i = 0; i < 30; i++) {
      assertThat(instance().take(bucket, LIMIT)).isInstanceOf(Taken.Granted.class);
    }
  }

  @Test
  void fetchesTwiceAsManyForACallerThatUsesThemUp() {
    var once = new Limit("doubled", 1_200, Duration.ofMinutes(10));
    for (var i = 0; i < 8 + 16 + 32 + 64 + 128 + 128; i++) {
      assertThat(throttle.take(bucket, once)).isInstanceOf(Taken.Granted.class);
    }

    // The first finds the bucket idle, each later one asks twice.
    assertThat(TestMachine.machine().dynamo().operations()).hasSize(1 + 2 * 5);
  }

  @Test
  void asksUpToFourTimesNearTheEndOfTheBucket() {
    for (var i = 0; i < 31; i++) {
      instance().take(bucket, LIMIT);
    }
    TestMachine.reset();

    // Two tokens are left: a lease of eight is refused, one token is not.
    assertThat(throttle.take(bucket, LIMIT)).isInstanceOf(Taken.Granted.class);
    assertThat(TestMachine.machine().dynamo().operations()).hasSize(4);
  }

  @Test
  void saysWhatIsLeftOfTheWholeBucket() {
    assertThat(((Taken.Granted) throttle.take(bucket, LIMIT)).remaining()).isEqualTo(249);
    assertThat(((Taken.Granted) throttle.take(bucket, LIMIT)).remaining()).isEqualTo(248);
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void grantsItsQuotaToManyInstancesTogetherAndNotOneMore(long seed) {
    var random = new SplittableRandom(seed);
    var instances = Stream.generate(LeasedThrottleTest::instance).limit(3).toList();
    var granted = 0;
    var denied = 0;
    while (denied < 200) {
      var taken = instances.get(random.nextInt(instances.size())).take(bucket + seed, LIMIT);
      switch (taken) {
        case Taken.Granted(var limit, var remaining, var untilFull) -> {
          granted++;
          denied = 0;
        }
        case Taken.Denied(var limit, var retryAfter) -> denied += 20;
      }
    }

    assertThat(granted).as("seed %d", seed).isLessThanOrEqualTo(LIMIT.quota());
    for (var instance : instances) {
      while (instance.take(bucket + seed, LIMIT) instanceof Taken.Granted) {
        granted++;
      }
    }
    assertThat(granted).as("seed %d, the leases used up", seed).isEqualTo(LIMIT.quota());
  }

  @Test
  void handsOutNoLeaseThatIsOlderThanTwoMinutes() {
    throttle.take(bucket, LIMIT);
    TestMachine.clock().advance(Duration.ofMinutes(2));
    TestMachine.reset();
    throttle.take(bucket, LIMIT);

    assertThat(TestMachine.machine().dynamo().operations()).isNotEmpty();
  }

  @Test
  void takesNoMoreThanIsAskedForWhereItHasTooManyLeases() {
    for (var i = 0; i < 1_000; i++) {
      throttle.take(bucket + "/" + i, LIMIT);
    }
    var last = 0;
    for (var i = 0; i < 5; i++) {
      last = ((Taken.Granted) throttle.take(bucket, LIMIT)).remaining();
    }

    assertThat(last).isEqualTo(LIMIT.quota() - 5);
  }

  private static LeasedThrottle instance() {
    return new LeasedThrottle(TestMachine.backend().throttle(), TestMachine.clock());
  }
}
