package pledge.privacy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import pledge.privacy.IncidentEntry.Extent;
import pledge.privacy.IncidentEntry.Step;

/**
 * An incident, as all that was done about it tells.
 *
 * @param history the oldest first; the first opened it
 */
public record Incident(String id, List<Done> history) {
  /** The 72 hours within which the authority must be told (GDPR Art. 33(1)). */
  public static final Duration TIME_TO_REPORT = Duration.ofDays(3);

  /** Something that was done, and when. */
  public record Done(Instant at, IncidentEntry entry) {
    /** What was done, in small words. */
    public String words() {
      return entry.name().words();
    }
  }

  public String kind() {
    return opened().kind();
  }

  /** The 72 hours count from here. */
  public Instant foundAt() {
    return opened().foundAt();
  }

  public Instant reportBy() {
    return foundAt().plus(TIME_TO_REPORT);
  }

  /** What it touched, as far as is known by now. */
  public Extent extent() {
    return last(Step.Corrected.class).map(Step.Corrected::extent).orElseGet(opened()::extent);
  }

  /** What was done against it, the oldest first. */
  public List<String> measures() {
    return history.stream()
        .flatMap(
            done ->
                switch (done.entry().step()) {
                  case Step.Opened opened -> Stream.of(opened.measures());
                  case Step.MeasuresAdded(var measures) -> Stream.of(measures);
                  case Step.Corrected _,
                      Step.Reported _,
                      Step.TellingBegun _,
                      Step.AllTold _,
                      Step.Closed _ ->
                      Stream.<String>empty();
                })
        .toList();
  }

  public Optional<Instant> reportedAt() {
    return last(Step.Reported.class).map(Step.Reported::at);
  }

  /** Whether the authority is still to be told, or the reason why not to be given. */
  public boolean isToBeReported() {
    return reportedAt().isEmpty() && !isClosed();
  }

  public Optional<Step.Closed> closed() {
    return last(Step.Closed.class);
  }

  public boolean isClosed() {
    return closed().isPresent();
  }

  /**
   * How people are told.
   *
   * @param mailing everybody is gone through anew whenever it is known better whom it touched, or
   *     what to say; nobody is told twice
   * @param affected how many were told, once all of them were
   */
  public record Telling(
      String mailing, String consequences, String advice, Optional<Long> affected) {}

  /** Empty while nobody is to be told. */
  public Optional<Telling> telling() {
    return last(Step.TellingBegun.class)
        .map(
            begun -> {
              var rounds = 0;
              var affected = Optional.<Long>empty();
              for (var done : history) {
                switch (done.entry().step()) {
                  case Step.TellingBegun _ -> {
                    rounds++;
                    affected = Optional.empty();
                  }
                  case Step.Corrected _ -> {
                    rounds += rounds > 0 ? 1 : 0;
                    affected = Optional.empty();
                  }
                  case Step.AllTold(var count) -> affected = Optional.of(count);
                  case Step.Opened _, Step.MeasuresAdded _, Step.Reported _, Step.Closed _ -> {}
                }
              }
              return new Telling(
                  "incident#" + id + "#" + rounds, begun.consequences(), begun.advice(), affected);
            });
  }

  /** Whether people wait to be told. */
  public boolean isTelling() {
    return telling().filter(telling -> telling.affected().isEmpty()).isPresent();
  }

  private Step.Opened opened() {
    return last(Step.Opened.class).orElseThrow();
  }

  private <S extends Step> Optional<S> last(Class<S> type) {
    return history.reversed().stream()
        .map(done -> done.entry().step())
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }
}
