package pledge.subject;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pledge.policy.PublicDocument;
import pledge.policy.PublicDocument.Change;
import pledge.policy.PublicDocument.Version;
import pledge.policy.Purpose;
import pledge.store.Backend;
import pledge.store.Found;
import pledge.store.Store;
import pledge.vault.KeyDestroyedException;
import pledge.vault.SubjectId;

/**
 * Which versions of which policies people accepted, and what they are told when one changes in what
 * it promises (A§12, B§9). A version that a person was told of, or accepted, is a record of its
 * own, so that nobody is told twice and no acceptance is lost.
 */
public final class Policies {
  private final Store store;
  private final InstantSource clock;
  private final Map<PublicDocument, List<Version>> published;

  /** Of the versions that were published. */
  public Policies(Backend backend, InstantSource clock) {
    this(backend, PublicDocument.accepted(), clock);
  }

  /**
   * @param published every version of the policies that people accept, the first of each first
   */
  Policies(Backend backend, Map<PublicDocument, List<Version>> published, InstantSource clock) {
    this.store = backend.store();
    this.published = Map.copyOf(published);
    this.clock = clock;
  }

  /**
   * Where a person stands with a policy that they accepted once.
   *
   * @param accepted the newest version that they accepted
   * @param current the version that stands today
   * @param changed whether it changed in what it promises since the one that they accepted
   * @param toldAt when they were written to of that change; empty where they were not yet
   */
  public record Standing(
      String accepted,
      Instant acceptedAt,
      Version current,
      boolean changed,
      Optional<Instant> toldAt) {}

  /** The newest versions that changed what their policies promise. */
  public List<Version> materialChanges() {
    return published.values().stream()
        .flatMap(versions -> newestMaterial(versions).stream())
        .toList();
  }

  private static Optional<Version> newestMaterial(List<Version> versions) {
    return versions.reversed().stream()
        .filter(version -> version.change() == Change.MATERIAL)
        .findFirst();
  }

  /**
   * Tells a person of a change, by a message and a mark for the dashboard, if they accepted an
   * older version and neither this one nor a newer: once, however often it is said.
   *
   * @return whether the change concerns them, and so they are told by now
   */
  public boolean tell(SubjectId person, Version change) {
    var prefix = Consent.id(change.document().id(), "");
    var known = store.allClear(Consent.told(), person.value(), prefix, Purpose.ACCOUNT);
    var newer =
        known.stream()
            .filter(found -> found.ref().id().compareTo(prefix + change.date()) >= 0)
            .toList();
    if (!newer.isEmpty() || known.isEmpty()) {
      return newer.stream().anyMatch(found -> found.value().isPresent());
    }
    var now = clock.instant();
    var id = prefix + change.date();
    try {
      return store
          .transaction()
          .insert(
              Consent.KIND.in(person.value(), id),
              Consent.told(change.date(), change.sha256(), now))
          .insert(
              Notice.KIND.in(person.value(), "POLICY#" + id),
              Notice.queued(Notice.About.POLICY_CHANGE, id, now))
          .commit()
          .written();
    } catch (KeyDestroyedException e) {
      // Erased meanwhile: nothing reaches them any more, nor concerns them.
      return false;
    }
  }

  /** Where a person stands with each policy that they accepted once. */
  public List<Standing> of(SubjectId person) {
    var consents = store.all(Consent.KIND, person.value(), Purpose.ACCOUNT);
    return published.keySet().stream()
        .sorted()
        .flatMap(document -> standing(document, consents).stream())
        .toList();
  }

  private Optional<Standing> standing(PublicDocument document, List<Found<Consent>> consents) {
    var prefix = Consent.id(document.id(), "");
    // In the order of their dates, as they stand in the partition.
    var ours = consents.stream().filter(found -> found.ref().id().startsWith(prefix)).toList();
    return ours.stream()
        .map(Found::value)
        .filter(Consent::given)
        .reduce((older, newer) -> newer)
        .map(
            accepted -> {
              var material = newestMaterial(versions(document)).map(Version::date).orElse("");
              var changed = accepted.version().compareTo(material) < 0;
              return new Standing(
                  accepted.version(),
                  accepted.decidedAt().orElseThrow(),
                  versions(document).getLast(),
                  changed,
                  ours.stream()
                      .map(Found::value)
                      .filter(told -> told.version().compareTo(accepted.version()) > 0)
                      .flatMap(told -> told.toldAt().stream())
                      .reduce((older, newer) -> newer));
            });
  }

  /** Records that a person accepts a version: once, whether or not they were told of it. */
  public void accept(SubjectId person, Acceptance acceptance) {
    var id = Consent.id(acceptance.document(), acceptance.version());
    var ref = Consent.KIND.in(person.value(), id);
    var accepted =
        Consent.decided(true, acceptance.version(), acceptance.sha256(), clock.instant());
    if (store.insert(ref, accepted, Instant.MAX).written()) {
      return;
    }
    // They were told, or accepted already: the first time stands.
    store
        .get(ref, Purpose.ACCOUNT)
        .filter(found -> !found.value().given())
        .ifPresent(
            found -> store.transaction().replace(found, accepted.after(found.value())).commit());
  }

  /** Records that nobody accepted what stands today, for a minute, so that a rehearsal reads it. */
  public void rehearse(SubjectId nobody) {
    var now = clock.instant();
    published.forEach(
        (document, versions) -> {
          var current = versions.getLast();
          store.insert(
              Consent.KIND.in(nobody.value(), Consent.id(document.id(), current.date())),
              Consent.decided(true, current.date(), current.sha256(), now),
              now.plus(Sessions.REHEARSAL));
        });
  }

  private List<Version> versions(PublicDocument document) {
    return published.getOrDefault(document, List.of());
  }
}
