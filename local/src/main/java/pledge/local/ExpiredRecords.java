package pledge.local;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Which records of streams tell of an item that expired: DynamoDB Local does not say. While expired
 * items are deleted, nobody else writes and nobody reads a stream, so that each such record is
 * known before it is seen.
 */
final class ExpiredRecords {
  private static final int REMEMBERED = 100_000;

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Set<String> known =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > REMEMBERED;
                }
              }));

  ReentrantReadWriteLock lock() {
    return lock;
  }

  Lock reading() {
    return lock.readLock();
  }

  void add(String table, String sequenceNumber) {
    known.add(table + " " + sequenceNumber);
  }

  boolean contains(String table, String sequenceNumber) {
    return known.contains(table + " " + sequenceNumber);
  }
}
