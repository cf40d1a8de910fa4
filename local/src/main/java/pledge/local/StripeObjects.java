package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the account at Stripe holds, by its number. What is changed must be {@linkplain
 * #keep kept} to outlive the machine. Whoever reads or changes holds this object's lock.
 */
final class StripeObjects {
  private static final String KIND = "stripe-";
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int NUMBER_LENGTH = 24;
  private static final int SESSION_LENGTH = 58;
  private static final Map<String, ObjectNode> SHAPES = new HashMap<>();

  private final Store store;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Kept> byId = new HashMap<>();
  private final Map<String, NavigableMap<Long, ObjectNode>> byType = new HashMap<>();
  private long last;
  private @Nullable Instant moment;

  private record Kept(long sequence, ObjectNode object) {}

  StripeObjects(Store store, InstantSource clock, List<String> types) {
    this.store = store;
    this.clock = clock;
    for (var type : types) {
      store
          .all(KIND + type)
          .values()
          .forEach(kept -> add(kept.path("sequence").asLong(), kept.path("object")));
    }
  }

  /** The moment at which something happens: now, or when it was due. */
  Instant now() {
    return moment == null ? clock.instant() : moment;
  }

  /** The same in Stripe's grain. */
  long seconds() {
    return now().getEpochSecond();
  }

  /** Does something as of the moment at which it was due. */
  void at(Instant due, Runnable work) {
    moment = due;
    try {
      work.run();
    } finally {
      moment = null;
    }
  }

  /** A number that nothing has yet, such as {@code cus_…}. */
  String number(String prefix) {
    var length = prefix.startsWith("cs_") ? SESSION_LENGTH : NUMBER_LENGTH;
    var text = new StringBuilder(prefix);
    for (var i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  /** A new object of a type, with every field that Stripe has for it, made now; not kept yet. */
  ObjectNode shape(String type, String prefix) {
    var shape = shape(type);
    shape.put("id", number(prefix));
    if (shape.has("created")) {
      shape.put("created", seconds());
    }
    return shape;
  }

  private static synchronized ObjectNode shape(String type) {
    return SHAPES.computeIfAbsent(type, StripeObjects::read).deepCopy();
  }

  private static ObjectNode read(String type) {
    try (var in = StripeObjects.class.getResourceAsStream("stripe/" + type + ".json")) {
      return (ObjectNode) Json.parse(Objects.requireNonNull(in, type).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keeps an object as it is now. */
  ObjectNode keep(ObjectNode object) {
    var known = byId.get(id(object));
    var sequence = known == null ? ++last : known.sequence();
    add(sequence, object);
    store.put(
        KIND + type(object),
        id(object),
        Json.object().put("sequence", sequence).set("object", object));
    return object;
  }

  private void add(long sequence, JsonNode json) {
    var object = (ObjectNode) json;
    byId.put(id(object), new Kept(sequence, object));
    byType.computeIfAbsent(type(object), _ -> new TreeMap<>()).put(sequence, object);
    last = Math.max(last, sequence);
  }

  void remove(ObjectNode object) {
    var kept = byId.remove(id(object));
    if (kept != null) {
      byType.getOrDefault(type(object), Collections.emptyNavigableMap()).remove(kept.sequence());
      store.remove(KIND + type(object), id(object));
    }
  }

  Optional<ObjectNode> find(String id) {
    return Optional.ofNullable(byId.get(id)).map(Kept::object);
  }

  /** One of a type, by its number. */
  Optional<ObjectNode> find(String type, String id) {
    return find(id).filter(object -> type(object).equals(type));
  }

  /** The same, where it must be there. */
  ObjectNode get(String type, String id) {
    return find(type, id).orElseThrow(() -> StripeError.missing(type, id));
  }

  /** All of a type, the newest first, as Stripe lists them. */
  List<ObjectNode> all(String type) {
    var all = new ArrayList<>(byType.getOrDefault(type, new TreeMap<>()).values());
    Collections.reverse(all);
    return all;
  }

  /** All of a type whose field leads to something. */
  List<ObjectNode> all(String type, String field, String id) {
    return all(type).stream().filter(object -> object.path(field).asText().equals(id)).toList();
  }

  /** Its place in the order in which all were made. */
  long sequence(ObjectNode object) {
    var kept = byId.get(id(object));
    return kept == null ? Long.MAX_VALUE : kept.sequence();
  }

  /** How many there are of each type. */
  Map<String, Integer> counts() {
    var counts = new LinkedHashMap<String, Integer>();
    new TreeMap<>(byType).forEach((type, all) -> counts.put(type, all.size()));
    return counts;
  }

  static String id(ObjectNode object) {
    return object.path("id").asText();
  }

  static String type(ObjectNode object) {
    return object.path("object").asText();
  }
}
