package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** The answers that were given under a key, for a day: the same request gets the same answer. */
final class StripeIdempotency {
  private static final String KIND = "stripe-idempotency";
  private static final Duration KEPT = Duration.ofHours(24);

  private final Store store;
  private final InstantSource clock;
  private final Map<String, JsonNode> answers = new HashMap<>();

  StripeIdempotency(Store store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
    store.all(KIND).values().forEach(kept -> answers.put(kept.path("key").asText(), kept));
  }

  /** Carries a request out unless it was already; what is refused before it began is not kept. */
  Answer once(String key, String request, Supplier<Answer> work) {
    if (key.length() > 255) {
      throw StripeError.invalid(null, "Idempotency keys have up to 255 characters.");
    }
    var kept = answers.get(key);
    if (kept != null && !isOver(kept)) {
      if (!kept.path("request").asText().equals(request)) {
        throw new StripeError(
            400,
            "idempotency_error",
            null,
            null,
            "Keys for idempotent requests can only be used with the same parameters they were"
                + " first used with.");
      }
      return Answer.json(kept.path("status").asInt(), kept.path("answer"))
          .with("Idempotent-Replayed", "true");
    }
    var answer = carryOut(work);
    var fresh =
        Json.object().put("key", key).put("request", request).put("at", clock.instant().toString());
    fresh.put("status", answer.status()).set("answer", Json.parse(answer.body()));
    answers.put(key, fresh);
    store.put(KIND, file(key), fresh);
    return answer;
  }

  /** A declined card is an answer too: asked again, nobody is charged again. */
  private static Answer carryOut(Supplier<Answer> work) {
    try {
      return work.get();
    } catch (StripeError e) {
      if (e.status() == 402) {
        return e.answer();
      }
      throw e;
    }
  }

  private static String file(String key) {
    return UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** Forgets what was answered long ago. */
  void forgetOld() {
    answers
        .entrySet()
        .removeIf(
            kept -> {
              var over = isOver(kept.getValue());
              if (over) {
                store.remove(KIND, file(kept.getKey()));
              }
              return over;
            });
  }

  private boolean isOver(JsonNode kept) {
    return Instant.parse(kept.path("at").asText()).plus(KEPT).isBefore(clock.instant());
  }
}
