package pledge.local;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Which records of streams tell of an item that expired, and when: DynamoDB Local does not say.
 * While expired items are deleted, nobody else writes and nobody reads a stream, so that each such
 * record is known before it is seen.
 */
final class ExpiredRecords {
  private static final int REMEMBERED = 100_000;

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<String, Instant> known =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
              return size() > REMEMBERED;
            }
          });

  ReentrantReadWriteLock lock() {
    return lock;
  }

  Lock reading() {
    return lock.readLock();
  }

  void add(String table, String sequenceNumber, Instant deletedAt) {
    known.put(table + " " + sequenceNumber, deletedAt);
  }

  /** When the item of that record was deleted by its expiry; empty where it was not. */
  Optional<Instant> deletedAt(String table, String sequenceNumber) {
    return Optional.ofNullable(known.get(table + " " + sequenceNumber));
  }
}
