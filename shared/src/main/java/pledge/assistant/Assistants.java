package pledge.assistant;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.UnaryOperator;
import pledge.billing.OpenTask;
import pledge.billing.OpenTask.What;
import pledge.policy.Purpose;
import pledge.store.Found;
import pledge.store.Store;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/** The assistants as their people see them, and what people say how they are to be. */
public final class Assistants {
  private static final int MOST_ATTEMPTS = 5;

  private final Store store;
  private final InstantSource clock;

  public Assistants(Store store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** The one of a person, opened; empty where there is none. */
  public Optional<Assistant> of(SubjectId person) {
    return read(person).map(Found::value);
  }

  private Optional<Found<Assistant>> read(SubjectId person) {
    return store.get(Assistant.ref(person), Purpose.ASSISTANT);
  }

  /** What became of a wish to have it another way. */
  public sealed interface Outcome {
    /** It is written, and will be carried to where the assistant runs; or it was so already. */
    record Changed(Assistant assistant) implements Outcome {}

    /** There is none. */
    record Absent() implements Outcome {}

    /** It is being deleted. */
    record Ending() implements Outcome {}

    /** Somebody else changed the settings since they were read. */
    record ChangedMeanwhile() implements Outcome {}

    /** It would be more than an assistant can be given. */
    record TooMuch() implements Outcome {}
  }

  /**
   * Has an assistant be another way.
   *
   * @param settings the id of those that were read
   */
  public Outcome change(SubjectId person, String settings, UnaryOperator<Configuration> change) {
    for (var attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      var found = read(person);
      if (found.isEmpty()) {
        return new Outcome.Absent();
      }
      var before = found.get().value();
      if (before.endedAt().isPresent()) {
        return new Outcome.Ending();
      }
      if (!before.settings().equals(settings)) {
        return new Outcome.ChangedMeanwhile();
      }
      var configuration = change.apply(before.opened().configuration());
      if (configuration.equals(before.opened().configuration())) {
        return new Outcome.Changed(before);
      }
      if (!configuration.fits()) {
        return new Outcome.TooMuch();
      }
      var after = before.with(configuration);
      var transaction = store.transaction().replaceWhere(found.get(), after, "revision");
      OpenTask.put(
          transaction,
          store,
          What.ASSISTANT,
          person,
          clock.instant().truncatedTo(ChronoUnit.MILLIS));
      if (transaction.commit().written()) {
        return new Outcome.Changed(after);
      }
      // Only its state moved on, or its task: what was asked for still holds.
    }
    throw new UnavailableException("the assistant", new IllegalStateException("it keeps changing"));
  }
}
