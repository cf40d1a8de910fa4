package pledge.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import pledge.policy.Category;
import pledge.policy.Field;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * A change of clear fields of one record, and what must hold for it. That the record is there and
 * alive always must.
 */
public final class Change {
  private final Fields fields;
  private final List<String> sets = new ArrayList<>();
  private final List<String> removals = new ArrayList<>();
  private final List<String> conditions = new ArrayList<>();
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, AttributeValue> values = new HashMap<>();

  private Change(Category category) {
    fields = new Fields(category);
  }

  /** Of a record of that category. */
  public static Change of(Category category) {
    return new Change(category);
  }

  public Change set(String name, Instant value) {
    fields.instant(name, value);
    sets.add(name(name) + " = " + value(value.toEpochMilli()));
    return this;
  }

  public Change set(String name, long value) {
    fields.number(name, value);
    sets.add(name(name) + " = " + value(value));
    return this;
  }

  public Change set(String name, String value) {
    fields.text(name, value);
    sets.add(name(name) + " = " + value(AttributeValue.fromS(value)));
    return this;
  }

  /** Takes a value away. */
  public Change remove(String name) {
    removals.add(name(name));
    return this;
  }

  /** When the record will be absent. */
  public Change expireAt(Instant moment) {
    sets.add("expiresAt = " + value(moment.getEpochSecond()));
    return this;
  }

  /** Only where the field has that value. */
  public Change where(String name, Instant value) {
    conditions.add(name(name) + " = " + value(value.toEpochMilli()));
    return this;
  }

  /** Only where the field has that value. */
  public Change where(String name, String value) {
    conditions.add(name(name) + " = " + value(AttributeValue.fromS(value)));
    return this;
  }

  /** Only where the field has that value. */
  public Change where(String name, long value) {
    conditions.add(name(name) + " = " + value(value));
    return this;
  }

  /** Only where the field has no value. */
  public Change whereAbsent(String name) {
    conditions.add("attribute_not_exists(" + name(name) + ")");
    return this;
  }

  /** Only where the field has no value or one before that. */
  public Change whereAbsentOrBefore(String name, Instant moment) {
    var field = name(name);
    conditions.add(
        "(attribute_not_exists("
            + field
            + ") OR "
            + field
            + " < "
            + value(moment.toEpochMilli())
            + ")");
    return this;
  }

  UpdateItemRequest request(Store store, Ref<?> ref) {
    conditions.add("attribute_exists(pk)");
    conditions.add(
        "(attribute_not_exists(expiresAt) OR expiresAt > "
            + value(store.now().getEpochSecond())
            + ")");
    return UpdateItemRequest.builder()
        .tableName(store.tables.name(ref.kind().category().table()))
        .key(ItemCodec.key(ref))
        .updateExpression(expression())
        .conditionExpression(String.join(" AND ", conditions))
        .expressionAttributeNames(names.isEmpty() ? null : names)
        .expressionAttributeValues(values)
        .returnConsumedCapacity(store.capacity.wanted())
        .build();
  }

  private String expression() {
    var set = sets.isEmpty() ? "" : "SET " + String.join(", ", sets);
    var remove = removals.isEmpty() ? "" : " REMOVE " + String.join(", ", removals);
    return (set + remove).strip();
  }

  private String name(String field) {
    if (fields.category().field(field).protection() != Field.Protection.CLEAR) {
      throw new IllegalArgumentException(field + " is sealed: write the whole record");
    }
    var placeholder = "#f" + names.size();
    names.put(placeholder, field);
    return placeholder;
  }

  private String value(long number) {
    return value(ItemCodec.number(number));
  }

  private String value(AttributeValue value) {
    var placeholder = ":v" + values.size();
    values.put(placeholder, value);
    return placeholder;
  }
}
