package pledge.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class KeyCacheTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final byte[] KEY = {1, 2, 3};

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final KeyCache cache = new KeyCache(now::get);

  @Test
  void livesForMinutes() {
    assertThat(KeyCache.LIFETIME).isLessThanOrEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void keepsAKeyUntilItsLifetimeIsOver() {
    cache.put("id", KEY, Instant.MAX);
    now.set(START.plus(KeyCache.LIFETIME).minusMillis(1));

    assertThat(cache.get("id")).isEqualTo(KEY);
  }

  @Test
  void losesAKeyTheMomentItsLifetimeIsOver() {
    cache.put("id", KEY, Instant.MAX);
    now.set(START.plus(KeyCache.LIFETIME));

    assertThat(cache.get("id")).isNull();
  }

  @Test
  void doesNotLiveLongerForBeingUsed() {
    cache.put("id", KEY, Instant.MAX);
    for (var i = 1; i < 5; i++) {
      now.set(START.plus(Duration.ofMinutes(i)));
      assertThat(cache.get("id")).isEqualTo(KEY);
    }
    now.set(START.plus(KeyCache.LIFETIME));

    assertThat(cache.get("id")).isNull();
  }

  @Test
  void losesAKeyTheMomentItIsVoid() {
    cache.put("id", KEY, START.plusSeconds(10));
    now.set(START.plusSeconds(10));

    assertThat(cache.get("id")).isNull();
  }

  @Test
  void losesAKeyWhenTheClockIsSetBack() {
    cache.put("id", KEY, Instant.MAX);
    now.set(START.minusSeconds(1));

    assertThat(cache.get("id")).isNull();
  }

  @Test
  void forgetsTheKeyThatWasUsedLongestAgoWhenItIsFull() {
    for (var i = 0; i < 1_000; i++) {
      cache.put("id" + i, KEY, Instant.MAX);
    }
    assertThat(cache.get("id0")).isEqualTo(KEY);
    cache.put("one more", KEY, Instant.MAX);

    assertThat(cache.get("id0")).isEqualTo(KEY);
    assertThat(cache.get("id1")).isNull();
  }
}
