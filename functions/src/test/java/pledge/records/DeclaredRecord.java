package pledge.records;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Function;
import pledge.policy.Category;
import pledge.privacy.RecordKinds;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Ref;

/** A record of any category, made of the fields that it declares. */
public final class DeclaredRecord {
  private DeclaredRecord() {}

  /** Where it stands: among the records of its category, where there are some by now. */
  public static Ref<Fields> ref(Category category, String partition, String id) {
    var prefix =
        RecordKinds.ALL.stream()
            .filter(kind -> kind.category() == category && !kind.prefix().isEmpty())
            .map(Kind::prefix)
            .findFirst()
            .orElse(category.name());
    return new Kind<>(category, prefix, 1, Function.<Fields>identity(), Function.identity())
        .in(partition, id);
  }

  /** The only one of its category in that partition. */
  public static Ref<Fields> only(Category category, String partition) {
    var several = ref(category, partition, "").kind();
    return several.in(partition);
  }

  /** A value for each declared field. */
  public static Fields fields(Category category, String text, Instant at) {
    var fields = new Fields(category);
    for (var field : category.fields()) {
      switch (field.type()) {
        case TEXT -> fields.text(field.name(), text);
        case INSTANT -> fields.instant(field.name(), at);
        case NUMBER -> fields.number(field.name(), 1);
        case FLAG -> fields.flag(field.name(), true);
        case BYTES -> fields.bytes(field.name(), text.getBytes(StandardCharsets.UTF_8));
      }
    }
    return fields;
  }
}
