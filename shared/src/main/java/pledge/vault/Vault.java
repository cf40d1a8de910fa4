package pledge.vault;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.vault.WrappedKeys.WrappedKey;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * Seals and opens personal data under keys that can be destroyed. A subject has one data key, an
 * epoch of a retention period has one; both are wrapped by one KMS key and kept in tables of their
 * own. To delete a wrapped key is to make all that it sealed unreadable, everywhere, at once.
 *
 * <p>Every method that needs a key throws {@link UnavailableException} where KMS or DynamoDB cannot
 * answer for now.
 */
public final class Vault {
  private static final Logger LOG = LoggerFactory.getLogger(Vault.class);

  /** The id of the key that blind indexes are made with; no subject's id has this form. */
  private static final String INDEX_KEY = "index";

  private final KmsClient kms;
  private final DataKeys dataKeys;
  private final WrappedKeys subjectKeys;
  private final WrappedKeys epochKeys;
  private final KeyCache cache;
  private final InstantSource clock;

  /** Stands in for the index key during a rehearsal; null outside of one. */
  private volatile @Nullable WrappedKey standIn;

  /** The wrapped index key, once it was read: there is one, and no other ever takes its place. */
  private volatile @Nullable WrappedKey wrappedIndex;

  public Vault(
      KmsClient kms,
      String kmsKeyId,
      DynamoDbClient dynamo,
      String subjectKeysTable,
      String epochKeysTable,
      InstantSource clock) {
    this.kms = kms;
    this.dataKeys = new DataKeys(kms, kmsKeyId);
    this.subjectKeys = new WrappedKeys(dynamo, subjectKeysTable, clock);
    this.epochKeys = new WrappedKeys(dynamo, epochKeysTable, clock);
    this.cache = new KeyCache(clock);
    this.clock = clock;
  }

  /** A key of KMS that signs, by its id, over the same connections. */
  public SigningKey signingKey(String id) {
    return new SigningKey(kms, id);
  }

  /** Grants to that role, by its ARN, to open a subject's key, over the same connections. */
  public KeyGrants keyGrants(String role) {
    return new KeyGrants(kms, dataKeys.keyId(), role);
  }

  /**
   * Opens a subject's key by the token of a grant, until keys are {@linkplain #forgetKeys
   * forgotten}; where the key is destroyed, nothing happens.
   */
  public void openByGrant(SubjectId subject, String token) {
    opened(
        subjectCacheId(subject),
        () -> subjectKeys.get(subject.value()),
        subjectContext(subject),
        List.of(token));
  }

  /**
   * Makes the data key of a new subject.
   *
   * @param expiresAt when the key is void unless it is {@linkplain #keepSubjectKey kept} before
   * @return the write that keeps it, to stand in the transaction that creates the subject; until
   *     then the key works in this process only
   */
  public TransactWriteItem newSubjectKey(SubjectId subject, Instant expiresAt) {
    var key = dataKeys.generate(subjectContext(subject));
    cache.put(subjectCacheId(subject), key.clear(), expiresAt);
    return subjectKeys.insertion(subject.value(), key.wrapped(), expiresAt);
  }

  /**
   * The write that takes the expiry from a subject's key; its condition fails where the key is
   * already void.
   */
  public TransactWriteItem keepSubjectKey(SubjectId subject) {
    return subjectKeys.prolongation(subject.value());
  }

  /** Whether a subject has a key: one that is void, or destroyed, is none. */
  public boolean hasSubjectKey(SubjectId subject) {
    return subjectKeys.get(subject.value()).isPresent();
  }

  /**
   * Destroys a subject's key: what it sealed opens nowhere once caches are {@link
   * KeyCache#LIFETIME} old.
   */
  public void destroySubjectKey(SubjectId subject) {
    subjectKeys.delete(subject.value());
    cache.forget(subjectCacheId(subject));
  }

  /**
   * Destroys the key of a subject that never came to be: its time is over, and nobody {@linkplain
   * #keepSubjectKey kept} it.
   *
   * @return false where there is none, or it was kept
   */
  public boolean destroyVoidSubjectKey(SubjectId subject) {
    var destroyed = subjectKeys.deleteIfOver(subject.value());
    cache.forget(subjectCacheId(subject));
    return destroyed;
  }

  /**
   * The epochs that have a key, over or not, the first to end first. All of them are read: there
   * are as many as a day has hours, a month days and a year months, however much they sealed.
   */
  public List<EpochId> epochs() {
    return inOrder(epochKeys.ids());
  }

  /**
   * Makes an epoch's key before anybody needs it; where there is one, it stays.
   *
   * @return false where the epoch is over: it never has a key again
   */
  public boolean prepareEpochKey(EpochId epoch) {
    if (isOver(epoch)) {
      return false;
    }
    var key = dataKeys.generate(context(epoch.value(), "epoch"));
    // Before the key: whoever deletes that, TTL included, what it sealed is known of.
    epochKeys.noteResidue(epoch.value());
    epochKeys.putIfAbsent(epoch.value(), key.wrapped(), epoch.endsAt());
    return true;
  }

  /**
   * Destroys an epoch's key: one delete, however much it sealed.
   *
   * @return false where it was destroyed already
   */
  public boolean destroyEpochKey(EpochId epoch) {
    var destroyed = epochKeys.deleteIfPresent(epoch.value());
    cache.forget(epochCacheId(epoch));
    return destroyed;
  }

  /**
   * The epochs of which records may lie about, over or not, with a key or without, the first to end
   * first.
   */
  public List<EpochId> epochsWithResidue() {
    return inOrder(epochKeys.residues());
  }

  /** Says that nothing of an epoch is left in any table, and nothing can come. */
  public void forgetResidue(EpochId epoch) {
    epochKeys.forgetResidue(epoch.value());
  }

  private static List<EpochId> inOrder(List<String> ids) {
    return ids.stream()
        .flatMap(id -> parsed(id).stream())
        .sorted(Comparator.comparing(EpochId::endsAt))
        .toList();
  }

  /** What we do not know, an older version may have left: it must not hold up the others. */
  private static Optional<EpochId> parsed(String id) {
    try {
      return Optional.of(EpochId.parse(id));
    } catch (IllegalArgumentException e) {
      LOG.error("no epoch that we know: {}", id);
      return Optional.empty();
    }
  }

  /**
   * Seals a text for its place.
   *
   * @throws KeyDestroyedException where the subject's key is destroyed or the epoch is over
   */
  public byte[] seal(SealingKey key, Place place, byte[] plaintext) {
    var opened = derive(key, true);
    if (opened == null) {
      throw new KeyDestroyedException();
    }
    return Sealing.seal(opened, place, plaintext);
  }

  /**
   * Opens a sealed text.
   *
   * @return empty where its key is destroyed or its epoch is over
   * @throws DoesNotOpenException where it was altered, or moved from another place, or is another
   *     subject's
   */
  public Optional<byte[]> open(SealingKey key, Place place, byte[] sealed) {
    var opened = derive(key, false);
    return opened == null ? Optional.empty() : Optional.of(Sealing.open(opened, place, sealed));
  }

  /**
   * The keyed hash under which a value is found without being readable: HMAC-SHA-256, base64url.
   *
   * @param field what the value is; equal values of two fields have different hashes
   */
  public String blindIndex(String field, String value) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(indexKey(), "HmacSHA256"));
      mac.update(Secrets.utf8(field));
      mac.update((byte) 0);
      return Secrets.text(mac.doFinal(Secrets.utf8(value)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
    }
  }

  /**
   * Does what opening a subject's key would do, for a subject that does not exist: the same reads,
   * the same call, the same cache. Whoever measures our answers learns nothing.
   *
   * @param alias stands for the missing subject in the cache
   */
  public void pretendToOpen(String alias) {
    var id = "nobody/" + alias;
    if (cache.get(id) == null) {
      wrappedIndexKey()
          .flatMap(key -> dataKeys.open(key.wrapped(), context(INDEX_KEY, "index")))
          .ifPresent(key -> cache.put(id, new byte[0], Instant.MAX));
    }
  }

  /**
   * Gives a subject that nobody is a key, in memory alone, until keys are {@linkplain #forgetKeys
   * forgotten}: so that a rehearsal can seal without asking KMS for a key that the function's role
   * may not make. In a rehearsal it is looked for and opened as any subject's is.
   */
  public void pretendToHold(SubjectId nobody) {
    var instead = standIn;
    var key =
        instead == null
            ? Secrets.random(32)
            : subjectKeys
                .get(nobody.value())
                .or(() -> Optional.of(instead))
                .flatMap(wrapped -> dataKeys.open(wrapped.wrapped(), context(INDEX_KEY, "index")))
                .orElseThrow();
    cache.put(subjectCacheId(nobody), key, Instant.MAX);
  }

  /**
   * Lets a key that is kept nowhere stand in for the index key until keys are {@linkplain
   * #forgetKeys forgotten}. Memory is not wiped when it is freed, so whatever is opened before a
   * snapshot becomes part of it.
   */
  public void rehearse() {
    standIn = new WrappedKey(dataKeys.generate(context(INDEX_KEY, "index")).wrapped(), Instant.MAX);
  }

  /** Forgets every opened key, and what stood in for one. */
  public void forgetKeys() {
    standIn = null;
    cache.forgetAll();
  }

  private @Nullable SecretKey derive(SealingKey key, boolean create) {
    if (key instanceof SealingKey.OfSubject(var subject)) {
      var subjectKey = subjectKey(subject);
      return subjectKey == null ? null : hkdf("subject", subjectKey);
    }
    if (key instanceof SealingKey.OfEpoch(var epoch)) {
      var epochKey = epochKey(epoch, create);
      return epochKey == null ? null : hkdf("epoch", epochKey);
    }
    var both = (SealingKey.OfSubjectInEpoch) key;
    var subjectKey = subjectKey(both.subject());
    var epochKey = subjectKey == null ? null : epochKey(both.epoch(), create);
    return subjectKey == null || epochKey == null
        ? null
        : hkdf("subject in epoch", subjectKey, epochKey);
  }

  /** HKDF-SHA-256 (RFC 5869): one key for one use, from one or two data keys. */
  private static SecretKey hkdf(String use, byte[]... keys) {
    try {
      var extract = HKDFParameterSpec.ofExtract();
      for (var key : keys) {
        extract.addIKM(key);
      }
      // Named, or each provider that there is would be loaded to ask it: 30 ms of a cold start.
      return KDF.getInstance("HKDF-SHA256", "SunJCE")
          .deriveKey("AES", extract.thenExpand(Secrets.utf8("pledge/1/" + use), 32));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("JDK 25 has HKDF (JEP 510)", e);
    }
  }

  private byte @Nullable [] subjectKey(SubjectId subject) {
    return opened(
        subjectCacheId(subject), () -> subjectKeys.get(subject.value()), subjectContext(subject));
  }

  private byte @Nullable [] epochKey(EpochId epoch, boolean create) {
    // The promise does not wait for the schedule that destroys the key.
    if (isOver(epoch)) {
      return null;
    }
    var context = context(epoch.value(), "epoch");
    var key = opened(epochCacheId(epoch), () -> epochKeys.get(epoch.value()), context);
    if (key != null || !create) {
      return key;
    }
    prepareEpochKey(epoch);
    // Whoever came first, we or another: the kept key is the key.
    return opened(epochCacheId(epoch), () -> epochKeys.get(epoch.value()), context);
  }

  private boolean isOver(EpochId epoch) {
    return !clock.instant().isBefore(epoch.endsAt());
  }

  private byte[] indexKey() {
    var context = context(INDEX_KEY, "index");
    var key = opened(INDEX_KEY, this::knownIndexKey, context);
    if (key == null) {
      subjectKeys.putIfAbsent(INDEX_KEY, dataKeys.generate(context).wrapped(), null);
      key = opened(INDEX_KEY, this::knownIndexKey, context);
    }
    if (key == null) {
      throw new KeyDestroyedException();
    }
    return key;
  }

  private Optional<WrappedKey> knownIndexKey() {
    var known = wrappedIndex;
    return known == null || standIn != null ? wrappedIndexKey() : Optional.of(known);
  }

  private Optional<WrappedKey> wrappedIndexKey() {
    // Read in a rehearsal too, which is to do what will be done.
    var kept = subjectKeys.get(INDEX_KEY);
    kept.ifPresent(key -> wrappedIndex = key);
    var instead = standIn;
    return instead == null ? kept : Optional.of(instead);
  }

  private byte @Nullable [] opened(
      String cacheId, Supplier<Optional<WrappedKey>> keys, Map<String, String> context) {
    return opened(cacheId, keys, context, List.of());
  }

  private byte @Nullable [] opened(
      String cacheId,
      Supplier<Optional<WrappedKey>> keys,
      Map<String, String> context,
      List<String> grantTokens) {
    var cached = cache.get(cacheId);
    if (cached != null) {
      return cached;
    }
    var wrapped = keys.get();
    if (wrapped.isEmpty()) {
      return null;
    }
    var key =
        dataKeys
            .open(wrapped.get().wrapped(), context, grantTokens)
            .orElseThrow(() -> new DoesNotOpenException("a wrapped key of another id"));
    cache.put(cacheId, key, wrapped.get().expiresAt());
    return key;
  }

  static Map<String, String> subjectContext(SubjectId subject) {
    return context(subject.value(), "subject");
  }

  private static Map<String, String> context(String subject, String purpose) {
    return Map.of("subject", subject, "purpose", purpose);
  }

  private static String subjectCacheId(SubjectId subject) {
    return "subject/" + subject.value();
  }

  private static String epochCacheId(EpochId epoch) {
    return "epoch/" + epoch.value();
  }
}
