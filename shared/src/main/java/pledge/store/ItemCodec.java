package pledge.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import pledge.policy.Category;
import pledge.policy.Field;
import pledge.policy.OwnerPath;
import pledge.vault.EpochId;
import pledge.vault.SealingKey;
import pledge.vault.SubjectId;
import pledge.vault.Vault;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A record as an item of its table: clear fields as attributes of their own, sealed ones together
 * as one ciphertext. The attributes that begin with an underscore are the store's own.
 */
final class ItemCodec {
  static final String PARTITION = "pk";
  static final String SORT = "sk";
  static final String EXPIRES_AT = "expiresAt";
  static final String LOOKUPS = "_lookups";
  private static final String VERSION = "_v";
  static final String CREATED_AT = "_at";
  private static final String SEALED = "_sealed";

  private final Vault vault;

  ItemCodec(Vault vault) {
    this.vault = vault;
  }

  <T> Map<String, AttributeValue> write(
      Ref<T> ref, T value, Instant createdAt, Instant expiresAt, Collection<String> lookups) {
    var kind = ref.kind();
    var category = kind.category();
    var fields = kind.write().apply(value);
    if (fields.category() != category) {
      throw new IllegalArgumentException("fields of " + fields.category() + " for " + category);
    }
    var item = new HashMap<>(key(ref));
    item.put(VERSION, number(kind.schemaVersion()));
    item.put(CREATED_AT, number(createdAt.toEpochMilli()));
    var sealed = new TreeMap<String, String>();
    fields
        .values()
        .forEach(
            (name, field) -> {
              switch (category.field(name).protection()) {
                case SEALED -> sealed.put(name, asText(field));
                case CLEAR -> item.put(name, asAttribute(field));
              }
            });
    if (!sealed.isEmpty()) {
      var key = sealingKey(ref, createdAt);
      item.put(SEALED, bytes(vault.seal(key, ref.place(kind.schemaVersion()), pack(sealed))));
    }
    if (category.retention().epoch().isPresent()) {
      var epoch = EpochId.of(category.retention(), createdAt);
      var bucket = Residue.Bucket.of(category.table(), epoch, ref.partition(), ref.sort());
      item.put(Residue.BUCKET, AttributeValue.fromS(bucket.value()));
    }
    var end = endOfRetention(category, createdAt);
    var expiry = expiresAt.isBefore(end) ? expiresAt : end;
    if (!expiry.equals(Instant.MAX)) {
      item.put(EXPIRES_AT, number(expiry.getEpochSecond()));
    }
    if (!lookups.isEmpty()) {
      item.put(LOOKUPS, AttributeValue.fromSs(lookups.stream().sorted().toList()));
    }
    return item;
  }

  /**
   * Reads an item; empty where its key is destroyed. Expiry is the caller's to check, before
   * anything is opened.
   */
  <T> Optional<Found<T>> read(Ref<T> ref, Map<String, AttributeValue> item, boolean openSealed) {
    var category = ref.kind().category();
    var fields = new Fields(category);
    for (var field : category.fields()) {
      var attribute = item.get(field.name());
      if (attribute != null && field.protection() == Field.Protection.CLEAR) {
        fields.with(field.name(), field.type(), fromAttribute(field.type(), attribute));
      }
    }
    if (openSealed && item.containsKey(SEALED)) {
      var plaintext = open(ref, item);
      if (plaintext.isEmpty()) {
        return Optional.empty();
      }
      unpack(plaintext.get())
          .forEach(
              (name, text) -> {
                var type = category.field(name).type();
                fields.with(name, type, fromText(type, text));
              });
    }
    return Optional.of(
        new Found<>(
            ref,
            ref.kind().read().apply(fields),
            createdAt(item),
            expiresAt(item),
            Store.lookupsOf(item)));
  }

  /** Whether nothing in an item is sealed, or the key is there that opens it. */
  boolean opens(Ref<?> ref, Map<String, AttributeValue> item) {
    return !item.containsKey(SEALED) || open(ref, item).isPresent();
  }

  private Optional<byte[]> open(Ref<?> ref, Map<String, AttributeValue> item) {
    return vault.open(
        sealingKey(ref, createdAt(item)),
        ref.place(ref.kind().schemaVersion()),
        required(item, SEALED).b().asByteArray());
  }

  /** Names and texts, each with its length before it: a text may be as long as an item. */
  private static byte[] pack(Map<String, String> fields) {
    var bytes = new ByteArrayOutputStream(256);
    try (var out = new DataOutputStream(bytes)) {
      for (var field : fields.entrySet()) {
        out.writeUTF(field.getKey());
        var text = field.getValue().getBytes(StandardCharsets.UTF_8);
        out.writeInt(text.length);
        out.write(text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static Map<String, String> unpack(byte[] bytes) {
    var fields = new TreeMap<String, String>();
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      while (in.available() > 0) {
        var name = in.readUTF();
        fields.put(name, new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return fields;
  }

  static Instant createdAt(Map<String, AttributeValue> item) {
    return Instant.ofEpochMilli(Long.parseLong(required(item, CREATED_AT).n()));
  }

  static Instant expiresAt(Map<String, AttributeValue> item) {
    var attribute = item.get(EXPIRES_AT);
    return attribute == null ? Instant.MAX : Instant.ofEpochSecond(Long.parseLong(attribute.n()));
  }

  static Map<String, AttributeValue> key(Ref<?> ref) {
    return key(ref.partition(), ref.sort());
  }

  static Map<String, AttributeValue> key(String partition, String sort) {
    return Map.of(PARTITION, AttributeValue.fromS(partition), SORT, AttributeValue.fromS(sort));
  }

  static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  /**
   * When a record of that category, made then, is absent by its declaration; {@link Instant#MAX}
   * for never by time.
   */
  static Instant endOfRetention(Category category, Instant createdAt) {
    var retention = category.retention();
    return switch (retention.from()) {
      case CREATION -> retention.endsAt(createdAt);
      case ERASURE_REQUEST -> Instant.MAX;
    };
  }

  /** No switch over types: for its first the JDK makes a class, which costs a cold start 7 ms. */
  static AttributeValue asAttribute(Object value) {
    if (value instanceof String text) {
      return AttributeValue.fromS(text);
    }
    if (value instanceof Long number) {
      return number(number);
    }
    if (value instanceof Instant instant) {
      return number(instant.toEpochMilli());
    }
    if (value instanceof Boolean flag) {
      return AttributeValue.fromBool(flag);
    }
    if (value instanceof byte[] bytes) {
      return bytes(bytes);
    }
    throw new IllegalArgumentException("no such type of field: " + value.getClass());
  }

  private static SealingKey sealingKey(Ref<?> ref, Instant createdAt) {
    var category = ref.kind().category();
    var retention = category.retention();
    var owned = category.ownerPath() instanceof OwnerPath.Partition;
    if (retention.epoch().isPresent()) {
      var epoch = EpochId.of(retention, createdAt);
      return owned && !ref.partition().equals(Store.NOBODY)
          ? new SealingKey.OfSubjectInEpoch(new SubjectId(ref.partition()), epoch)
          : new SealingKey.OfEpoch(epoch);
    }
    if (!owned) {
      throw new IllegalStateException(category + " has sealed fields and no key to seal them");
    }
    return new SealingKey.OfSubject(new SubjectId(ref.partition()));
  }

  private static AttributeValue bytes(byte[] value) {
    return AttributeValue.fromB(SdkBytes.fromByteArray(value));
  }

  static AttributeValue required(Map<String, AttributeValue> item, String name) {
    var attribute = item.get(name);
    if (attribute == null) {
      throw new IllegalStateException("an item lacks " + name);
    }
    return attribute;
  }

  private static Object fromAttribute(Field.Type type, AttributeValue attribute) {
    return switch (type) {
      case TEXT -> attribute.s();
      case NUMBER -> Long.valueOf(attribute.n());
      case INSTANT -> Instant.ofEpochMilli(Long.parseLong(attribute.n()));
      case FLAG -> attribute.bool();
      case BYTES -> attribute.b().asByteArray();
    };
  }

  private static String asText(Object value) {
    if (value instanceof byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
    return value instanceof Instant instant
        ? Long.toString(instant.toEpochMilli())
        : value.toString();
  }

  private static Object fromText(Field.Type type, String text) {
    return switch (type) {
      case TEXT -> text;
      case NUMBER -> Long.valueOf(text);
      case INSTANT -> Instant.ofEpochMilli(Long.parseLong(text));
      case FLAG -> Boolean.valueOf(text);
      case BYTES -> Base64.getDecoder().decode(text.getBytes(StandardCharsets.US_ASCII));
    };
  }
}
