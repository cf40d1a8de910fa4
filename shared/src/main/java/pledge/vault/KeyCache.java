package pledge.vault;

import java.io.Serial;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opened keys, for minutes at most: a key destroyed elsewhere works here no longer than that. */
final class KeyCache {
  static final Duration LIFETIME = Duration.ofMinutes(5);
  private static final int MOST = 1_000;

  private record Opened(byte[] key, Instant since, Instant until) {}

  private final InstantSource clock;
  private final Map<String, Opened> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Serial private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Opened> eldest) {
          return size() > MOST;
        }
      };

  KeyCache(InstantSource clock) {
    this.clock = clock;
  }

  synchronized byte @Nullable [] get(String id) {
    var entry = entries.get(id);
    if (entry == null) {
      return null;
    }
    var now = clock.instant();
    // A clock set back must not lengthen a key's life.
    if (now.isBefore(entry.since) || !now.isBefore(entry.until)) {
      entries.remove(id);
      return null;
    }
    return entry.key;
  }

  synchronized void put(String id, byte[] key, Instant notAfter) {
    var now = clock.instant();
    var until = now.plus(LIFETIME);
    entries.put(id, new Opened(key, now, until.isBefore(notAfter) ? until : notAfter));
  }

  synchronized void forget(String id) {
    entries.remove(id);
  }

  synchronized void forgetAll() {
    entries.clear();
  }
}
