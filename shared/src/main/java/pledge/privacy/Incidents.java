package pledge.privacy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.privacy.AuditChain.Rows;
import pledge.privacy.Incident.Done;
import pledge.privacy.IncidentEntry.Extent;
import pledge.privacy.IncidentEntry.Step;
import pledge.store.Chains;
import pledge.vault.Secrets;

/**
 * Incidents, from the finding to the closing (GDPR Art. 33, 34). All that is done about them is
 * appended to the audit, and what an incident is now is what its entries say: what two do at once
 * is decided one after the other, and nothing is lost.
 */
public final class Incidents {
  private static final int ID_BYTES = 16;

  private final Chains chains;
  private final AuditChain audit;

  public Incidents(Chains chains, AuditChain audit) {
    this.chains = chains;
    this.audit = audit;
  }

  /** What a member of staff says of an incident; what is empty stays as it is. */
  public record Change(
      Optional<String> measures,
      Set<Category> categories,
      Optional<Instant> beganAt,
      Optional<Instant> endedAt,
      Optional<Instant> reportedAt,
      Optional<Step.TellingBegun> telling,
      Optional<Step.Closed> closing) {}

  /** What became of a change. */
  public sealed interface Outcome {
    /** All of it is done. */
    record Changed(Incident incident) implements Outcome {}

    /** There is no incident of that id. */
    record Unknown() implements Outcome {}

    /** It is closed, and takes no change. */
    record AlreadyClosed() implements Outcome {}

    /** It cannot be closed while people wait to be told. */
    record StillTelling() implements Outcome {}

    /** A field does not fit the incident as it is by now. */
    record Unfitting(String field, String rule) implements Outcome {}
  }

  /** The first entry of a new incident. */
  static IncidentEntry opening(Optional<String> staff, Step.Opened opened) {
    return new IncidentEntry(Secrets.text(Secrets.random(ID_BYTES)), staff, opened);
  }

  /** What is wrong with the times of an incident that was found then. */
  public static Optional<Outcome.Unfitting> unfitting(Extent extent, Instant foundAt) {
    var beganAt = extent.beganAt();
    if (beganAt.filter(foundAt::isBefore).isPresent()) {
      return Optional.of(new Outcome.Unfitting("beganAt", "must not be later than it was found"));
    }
    if (extent.endedAt().filter(end -> beganAt.filter(end::isBefore).isPresent()).isPresent()) {
      return Optional.of(new Outcome.Unfitting("endedAt", "must not be earlier than it began"));
    }
    return Optional.empty();
  }

  /** Opens one, and answers it. */
  public Incident open(String staff, Step.Opened opened) {
    var entry = opening(Optional.of(staff), opened);
    audit.append(IncidentEntry.KIND, List.of(entry));
    return find(entry.incident()).orElseThrow();
  }

  /** Every incident, the oldest first. */
  public List<Incident> all() {
    Map<String, List<Done>> histories = new LinkedHashMap<>();
    for (var found : chains.all(IncidentEntry.KIND, Purpose.SECURITY)) {
      var entry = found.value();
      var history =
          entry.step() instanceof Step.Opened
              ? histories.computeIfAbsent(entry.incident(), id -> new ArrayList<>())
              // Of one whose opening is over after seven years, the rest will be soon.
              : histories.getOrDefault(entry.incident(), new ArrayList<>());
      history.add(new Done(found.createdAt(), entry));
    }
    return histories.entrySet().stream()
        .map(history -> new Incident(history.getKey(), List.copyOf(history.getValue())))
        .toList();
  }

  public Optional<Incident> find(String id) {
    return all().stream().filter(incident -> incident.id().equals(id)).findFirst();
  }

  /** Does what a member of staff says, all of it or nothing. */
  public Outcome change(String id, String staff, Change change) {
    var refusal = new AtomicReference<Optional<Outcome>>(Optional.empty());
    audit.append(
        Set.of(Category.INCIDENT),
        () -> {
          var found = find(id);
          if (found.isEmpty()) {
            refusal.set(Optional.of(new Outcome.Unknown()));
            return List.of();
          }
          refusal.set(refusal(found.get(), change));
          return refusal.get().isPresent()
              ? List.of()
              : rows(id, Optional.of(staff), steps(found.get(), change));
        });
    return refusal.get().orElseGet(() -> new Outcome.Changed(find(id).orElseThrow()));
  }

  /** Writes down that everybody was told, unless it is known better whom it touched by now. */
  public void allTold(Incident.Telling telling, String id, long affected) {
    audit.append(
        Set.of(Category.INCIDENT),
        () -> {
          var now = find(id).filter(Incident::isTelling).flatMap(Incident::telling);
          return now.filter(it -> it.mailing().equals(telling.mailing())).isEmpty()
              ? List.of()
              : rows(id, Optional.empty(), List.of(new Step.AllTold(affected)));
        });
  }

  private static List<Rows<?>> rows(String id, Optional<String> staff, List<Step> steps) {
    return List.of(
        new Rows<>(
            IncidentEntry.KIND,
            steps.stream().map(step -> new IncidentEntry(id, staff, step)).toList()));
  }

  private static Extent extent(Incident incident, Change change) {
    var extent = incident.extent();
    return new Extent(
        change.categories().isEmpty() ? extent.categories() : change.categories(),
        change.beganAt().or(extent::beganAt),
        change.endedAt().or(extent::endedAt));
  }

  private static Optional<Outcome> refusal(Incident incident, Change change) {
    if (incident.isClosed()) {
      return Optional.of(new Outcome.AlreadyClosed());
    }
    var extent = extent(incident, change);
    var unfitting = unfitting(extent, incident.foundAt());
    if (unfitting.isPresent()) {
      return Optional.of(unfitting.get());
    }
    if (change.reportedAt().filter(at -> at.isBefore(incident.foundAt())).isPresent()) {
      return unfitting("reportedAt", "must not be earlier than it was found");
    }
    if (change.telling().isPresent() && extent.beganAt().isEmpty()) {
      return unfitting("beganAt", "must be known before people are told");
    }
    if (change.closing().isEmpty()) {
      return Optional.empty();
    }
    if (incident.isTelling() || change.telling().isPresent()) {
      return Optional.of(new Outcome.StillTelling());
    }
    var reported = incident.reportedAt().isPresent() || change.reportedAt().isPresent();
    var because = change.closing().get().notReportedBecause();
    if (reported == because.isPresent()) {
      return unfitting(
          "notReportedBecause",
          reported
              ? "is not asked for: the authority was told"
              : "must say why the authority need not be told, or reportedAt when it was");
    }
    return Optional.empty();
  }

  private static Optional<Outcome> unfitting(String field, String rule) {
    return Optional.of(new Outcome.Unfitting(field, rule));
  }

  private static List<Step> steps(Incident incident, Change change) {
    var steps = new ArrayList<Step>();
    change.measures().map(Step.MeasuresAdded::new).ifPresent(steps::add);
    var extent = extent(incident, change);
    if (!extent.equals(incident.extent())) {
      steps.add(new Step.Corrected(extent));
    }
    change.reportedAt().map(Step.Reported::new).ifPresent(steps::add);
    change.telling().ifPresent(steps::add);
    change.closing().ifPresent(steps::add);
    return steps;
  }
}
