package pledge.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.function.Function;
import pledge.Seeds;
import pledge.policy.Category;

/** Kinds of records whose value is their fields. */
final class Kinds {
  private static final int LONGEST = 300;

  private Kinds() {}

  static Kind<Fields> of(Category category) {
    return of(category, 1);
  }

  static Kind<Fields> of(Category category, int schemaVersion) {
    return new Kind<>(category, "TEST", schemaVersion, Function.identity(), Function.identity());
  }

  /** A value for each declared field. */
  static Fields random(SplittableRandom random, Category category) {
    var fields = new Fields(category);
    for (var field : category.fields()) {
      switch (field.type()) {
        case TEXT -> fields.text(field.name(), Seeds.text(random, random.nextInt(LONGEST)));
        case INSTANT ->
            fields.instant(
                field.name(), Instant.ofEpochMilli(random.nextLong(-1L << 40, 1L << 48)));
        case NUMBER -> fields.number(field.name(), random.nextLong());
        case FLAG -> fields.flag(field.name(), random.nextBoolean());
        case BYTES -> fields.bytes(field.name(), Seeds.bytes(random, random.nextInt(1, LONGEST)));
      }
    }
    return fields;
  }

  /** A value for each declared field in which {@code mark} stands wherever a text can. */
  static Fields marked(String mark, Category category) {
    var fields = new Fields(category);
    for (var field : category.fields()) {
      switch (field.type()) {
        case TEXT -> fields.text(field.name(), mark);
        case INSTANT -> fields.instant(field.name(), Instant.EPOCH);
        case NUMBER -> fields.number(field.name(), 0);
        case FLAG -> fields.flag(field.name(), false);
        case BYTES -> fields.bytes(field.name(), mark.getBytes(StandardCharsets.UTF_8));
      }
    }
    return fields;
  }

  static Fields notice(String text) {
    return new Fields(Category.NOTICE).text("kind", "TEST").text("values", text);
  }

  static Fields session(Instant seenAt) {
    return new Fields(Category.SESSION)
        .instant("signedInAt", seenAt)
        .instant("seenAt", seenAt)
        .text("address", "192.0.2.1")
        .text("userAgent", "Test");
  }
}
