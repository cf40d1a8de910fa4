package pledge.store;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import pledge.policy.Category;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * Counters that slow callers down, each in one conditional update of one item. They hold times and
 * numbers under a keyed hash, nothing else. Where DynamoDB does not answer they refuse ({@link
 * UnavailableException}): a guard that lets all pass when it is blind is none.
 */
public final class Throttle {
  /** The most that a growing delay grows to. */
  private static final Duration LONGEST_DELAY = Duration.ofMinutes(15);

  private static final Duration FIRST_DELAY = Duration.ofMillis(100);
  private static final String DELAY = "delay";
  private static final String PREFIX = "THROTTLE#";

  /** Below the category's period, because it begins anew with each attempt. */
  private static final Duration MEMORY = Duration.ofHours(23);

  private final Store store;

  public Throttle(Store store) {
    this.store = store;
  }

  /**
   * A token bucket's size and speed.
   *
   * @param name of the policy, as in the {@code RateLimit-Policy} header
   * @param quota tokens of a full bucket
   * @param window in which an empty bucket fills
   */
  public record Limit(String name, int quota, Duration window) {
    /**
     * With these numbers.
     *
     * @throws IllegalArgumentException where a token would cost less than a millisecond: nothing
     *     would be limited
     */
    public Limit {
      if (quota < 1 || window.toMillis() < quota) {
        throw new IllegalArgumentException(quota + " in " + window);
      }
    }
  }

  /** What a bucket answered. */
  public sealed interface Taken {
    /** The bucket it is. */
    Limit limit();

    /** Tokens that are left for now. */
    int remaining();

    /** Until there are more: all of them, or as many as were asked for. */
    Duration until();

    /** Tokens were left. */
    record Granted(Limit limit, int remaining, Duration untilFull) implements Taken {
      @Override
      public Duration until() {
        return untilFull;
      }
    }

    /** Too few were left; nothing was taken. */
    record Denied(Limit limit, Duration retryAfter) implements Taken {
      @Override
      public int remaining() {
        return 0;
      }

      @Override
      public Duration until() {
        return retryAfter;
      }
    }
  }

  /**
   * Takes tokens from a bucket. The bucket is kept as the time until which the tokens taken so far
   * are paid for (the generic cell rate algorithm, ITU-T I.371): a caller at rest costs one update,
   * one in a burst two, and nothing is read.
   *
   * @param bucket opaque: a keyed hash
   * @throws IllegalArgumentException where no bucket ever holds that many
   */
  public Taken take(String bucket, Limit limit, int tokens) {
    if (tokens < 1 || tokens > limit.quota()) {
      throw new IllegalArgumentException(tokens + " of " + limit);
    }
    var bucketRef = new Target(Category.RATE_LIMIT, bucket, limit.name());
    var now = store.now().toEpochMilli();
    var window = limit.window().toMillis();
    var cost = window / limit.quota() * tokens;
    var latest = now + window - cost;
    var numbers = Map.of(":now", now, ":cost", cost, ":latest", latest, ":full", now + cost);
    // Idle: the bucket is full.
    var burst =
        update(
            bucketRef,
            "SET paidUntil = :full",
            "attribute_not_exists(paidUntil) OR paidUntil <= :now",
            numbers,
            now + window);
    if (burst.isEmpty()) {
      return granted(limit, cost);
    }
    // In a burst: what is taken must fit into the window.
    var full =
        update(
            bucketRef,
            "SET paidUntil = paidUntil + :cost",
            "paidUntil <= :latest",
            numbers,
            now + window);
    if (full.isPresent() && full.get().isEmpty()) {
      // It expired and was removed in between: it is full again.
      return take(bucket, limit, tokens);
    }
    return full.isEmpty()
        ? granted(limit, number(burst.get(), "paidUntil") + cost - now)
        : new Taken.Denied(
            limit, Duration.ofMillis(Math.max(1, number(full.get(), "paidUntil") - latest)));
  }

  /**
   * What an attempt was answered.
   *
   * @param delay zero where it may be made now; else how long to wait, and it does not count
   * @param first whether no other is remembered
   */
  public record Attempted(Duration delay, boolean first) {}

  /**
   * Makes an attempt: each one doubles the wait until the next, up to a quarter of an hour, until
   * all are {@linkplain #forget forgotten}. A caller's first attempt costs one update, each further
   * one two or three.
   *
   * @param attempts opaque: a keyed hash of whose attempts are counted
   */
  public Attempted attempt(String attempts) {
    var target = new Target(Category.SIGN_IN_THROTTLE, attempts, DELAY);
    var now = store.now().toEpochMilli();
    var forgottenAt = now + MEMORY.toMillis();
    var longest = LONGEST_DELAY.toMillis();
    var numbers =
        Map.of(
            ":now",
            now,
            ":seconds",
            now / 1_000,
            ":first",
            FIRST_DELAY.toMillis(),
            ":longest",
            longest,
            ":later",
            now + longest);
    var earlier =
        update(
            target,
            "SET notBefore = :now, #delay = :first",
            "attribute_not_exists(pk) OR expiresAt <= :seconds",
            numbers,
            forgottenAt);
    if (earlier.isEmpty()) {
      return new Attempted(Duration.ZERO, true);
    }
    var grows = number(earlier.get(), DELAY) < longest;
    var waiting =
        update(
            target,
            grows
                ? "SET notBefore = :now + #delay, #delay = #delay + #delay"
                : "SET notBefore = :later",
            "notBefore <= :now",
            numbers,
            forgottenAt);
    if (waiting.isPresent() && waiting.get().isEmpty()) {
      // Another attempt succeeded in between, and all were forgotten: this one is the first again.
      return attempt(attempts);
    }
    var delay =
        waiting
            .map(item -> Duration.ofMillis(Math.max(1, number(item, "notBefore") - now)))
            .orElse(Duration.ZERO);
    return new Attempted(delay, false);
  }

  /** Forgets the attempts: one of them succeeded. */
  public void forget(String attempts) {
    store.delete(Category.SIGN_IN_THROTTLE.table(), ItemCodec.key(attempts, sort(DELAY)));
  }

  private static Taken granted(Limit limit, long paidMillis) {
    var window = limit.window().toMillis();
    var remaining = (window - paidMillis) / (window / limit.quota());
    return new Taken.Granted(
        limit, (int) Math.min(remaining, limit.quota()), Duration.ofMillis(paidMillis));
  }

  private record Target(Category category, String partition, String name) {}

  /** Makes one conditional update; empty where its condition held, else the item as it stands. */
  private Optional<Map<String, AttributeValue>> update(
      Target target,
      String set,
      String condition,
      Map<String, Long> numbers,
      long expiresAtMillis) {
    var values = new HashMap<String, AttributeValue>();
    values.put(":expires", ItemCodec.number(Math.ceilDiv(expiresAtMillis, 1_000L)));
    // DynamoDB refuses a value that no expression names. No name of ours begins another.
    numbers.forEach(
        (name, number) -> {
          if (set.contains(name) || condition.contains(name)) {
            values.put(name, ItemCodec.number(number));
          }
        });
    var request =
        UpdateItemRequest.builder()
            .tableName(store.tables.name(target.category().table()))
            .key(ItemCodec.key(target.partition(), sort(target.name())))
            .updateExpression(set + ", expiresAt = :expires")
            .conditionExpression(condition)
            .expressionAttributeValues(values)
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
            .returnConsumedCapacity(store.capacity.wanted());
    if (set.contains("#delay")) {
      request.expressionAttributeNames(Map.of("#delay", DELAY));
    }
    try {
      store.capacity.write(store.dynamo.updateItem(request.build()).consumedCapacity());
      return Optional.empty();
    } catch (ConditionalCheckFailedException e) {
      store.capacity.refusedWrite();
      return Optional.of(e.item());
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  private static String sort(String name) {
    return PREFIX + name;
  }

  /** The category of the counter with that sort key. */
  static Optional<Category> category(String sort) {
    return sort.startsWith(PREFIX)
        ? Optional.of(sort.equals(sort(DELAY)) ? Category.SIGN_IN_THROTTLE : Category.RATE_LIMIT)
        : Optional.empty();
  }

  private static long number(Map<String, AttributeValue> item, String name) {
    return Long.parseLong(ItemCodec.required(item, name).n());
  }
}
