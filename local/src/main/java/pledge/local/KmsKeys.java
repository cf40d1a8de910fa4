package pledge.local;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of the template, with what was decided about each since. */
final class KmsKeys {
  private static final String KIND = "keys";

  private final Map<String, KmsKey> byId = new LinkedHashMap<>();
  private final Map<String, String> aliases = new LinkedHashMap<>();
  private final Store store;
  private final InstantSource clock;

  KmsKeys(
      List<KeyDefinition> definitions,
      Map<String, String> keyAliases,
      Store store,
      InstantSource clock) {
    this.store = store;
    this.clock = clock;
    var kept = store.all(KIND);
    for (var definition : definitions) {
      var old = kept.get(definition.id());
      var key = old == null ? KmsKey.generate(definition) : KmsKey.read(definition.id(), old);
      byId.put(Names.keyId(definition.id()), key);
      if (old == null) {
        store.put(KIND, definition.id(), key.toJson());
      }
    }
    keyAliases.forEach((alias, logicalId) -> aliases.put(alias, Names.keyId(logicalId)));
  }

  synchronized List<KmsKey> all() {
    removeDeleted();
    return List.copyOf(byId.values());
  }

  /** A key by its id, ARN or alias. */
  synchronized KmsKey find(String name) {
    removeDeleted();
    var last = name.substring(name.lastIndexOf(':') + 1);
    var id = aliases.getOrDefault(last, last.startsWith("key/") ? last.substring(4) : last);
    @Nullable KmsKey key = byId.get(id);
    if (key == null) {
      throw new KmsException(
          "NotFoundException", "Key '" + Names.arn("kms", "key/" + id) + "' does not exist");
    }
    return key;
  }

  synchronized void enable(KmsKey key) {
    refuseIfPending(key);
    keep(key, KmsKey.State.ENABLED, null);
  }

  synchronized void disable(KmsKey key) {
    refuseIfPending(key);
    keep(key, KmsKey.State.DISABLED, null);
  }

  synchronized void scheduleDeletion(KmsKey key, Duration after) {
    refuseIfPending(key);
    keep(key, KmsKey.State.PENDING_DELETION, clock.instant().plus(after));
  }

  /** The key is disabled afterwards, as KMS leaves it. */
  synchronized void cancelDeletion(KmsKey key) {
    if (key.state() != KmsKey.State.PENDING_DELETION) {
      throw new KmsException("KMSInvalidStateException", key.arn() + " is not pending deletion.");
    }
    keep(key, KmsKey.State.DISABLED, null);
  }

  private void keep(KmsKey key, KmsKey.State state, java.time.@Nullable Instant deletion) {
    key.become(state, deletion);
    store.put(KIND, key.logicalId(), key.toJson());
  }

  private static void refuseIfPending(KmsKey key) {
    if (key.state() == KmsKey.State.PENDING_DELETION) {
      throw new KmsException("KMSInvalidStateException", key.arn() + " is pending deletion.");
    }
  }

  private void removeDeleted() {
    var now = clock.instant();
    byId.values()
        .removeIf(
            key -> {
              var deletion = key.deletion();
              return deletion != null && !deletion.isAfter(now);
            });
  }
}
