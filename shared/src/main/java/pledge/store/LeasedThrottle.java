package pledge.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import pledge.store.Throttle.Limit;
import pledge.store.Throttle.Taken;
import pledge.vault.Secrets;

/**
 * A {@link Throttle} for the busiest callers: tokens are fetched many at a time and handed out from
 * memory, so that most requests write nothing. What an instance has fetched and does not use is
 * lost to the others.
 */
public final class LeasedThrottle {
  /** Of an instance that a caller comes to once, so that many at a time leave the bucket full. */
  public static final int FIRST_TOKENS = 8;

  /** A lease that is used up in its life is followed by one of twice as many, to this. */
  private static final int MOST_TOKENS = 128;

  private static final Duration LIFETIME = Duration.ofMinutes(2);
  private static final int MOST = 1_000;

  private record Lease(Taken.Granted granted, int size, int left, Instant until) {
    Taken.Granted state() {
      return new Taken.Granted(granted.limit(), granted.remaining() + left, granted.untilFull());
    }
  }

  private final Throttle throttle;
  private final InstantSource clock;
  private final Map<String, Lease> leases = new LinkedHashMap<>();

  public LeasedThrottle(Throttle throttle, InstantSource clock) {
    this.throttle = throttle;
    this.clock = clock;
  }

  /**
   * Takes one token.
   *
   * @param caller stored as a hash
   * @param limit has a quota of at least 128
   */
  public synchronized Taken take(String caller, Limit limit) {
    var now = clock.instant();
    leases.values().removeIf(lease -> !now.isBefore(lease.until()));
    var lease = leases.get(caller);
    if (lease == null && leases.size() >= MOST) {
      // Tokens that cannot be kept are not fetched.
      return fetch(caller, limit, 1);
    }
    if (lease == null || lease.left() == 0) {
      var size = lease == null ? FIRST_TOKENS : Math.min(2 * lease.size(), MOST_TOKENS);
      if (!(fetch(caller, limit, size) instanceof Taken.Granted granted)) {
        // Near its end a bucket is emptied one by one, so that the whole quota can be used.
        return fetch(caller, limit, 1);
      }
      lease = new Lease(granted, size, size, now.plus(LIFETIME));
    }
    var used = new Lease(lease.granted(), lease.size(), lease.left() - 1, lease.until());
    leases.put(caller, used);
    return used.state();
  }

  private Taken fetch(String caller, Limit limit, int tokens) {
    var bucket = Secrets.text(Secrets.sha256(caller.getBytes(StandardCharsets.UTF_8)));
    return throttle.take(bucket, limit, tokens);
  }
}
