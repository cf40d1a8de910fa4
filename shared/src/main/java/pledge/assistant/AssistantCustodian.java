package pledge.assistant;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import pledge.policy.Processor;
import pledge.policy.Purpose;
import pledge.processor.AssistantHost;
import pledge.processor.AssistantHost.RefusedException;
import pledge.processor.Custodian;
import pledge.processor.Documents;
import pledge.store.Found;
import pledge.store.Store;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/**
 * Cloudflare, as what is to be gone when a person is, and has conversations to hand over. The
 * numbers are the name that script and storage have, and the id under which we keep the token that
 * the assistant answers to, which is no number to be noted anywhere else.
 */
public final class AssistantCustodian implements Custodian {
  /** D1's Time Travel, which cannot be switched off. */
  private static final Duration BACKUPS = Duration.ofDays(30);

  private final Store store;
  private final AssistantHost host;
  private final InstantSource clock;

  public AssistantCustodian(Store store, AssistantHost host, InstantSource clock) {
    this.store = store;
    this.host = host;
    this.clock = clock;
  }

  @Override
  public Processor processor() {
    return Processor.CLOUDFLARE;
  }

  /**
   * The name and the id.
   *
   * @throws UnavailableException where somebody is at work at the assistant, and might make again
   *     what is deleted
   */
  @Override
  public List<String> numbers(SubjectId person) {
    return store
        .getClear(Assistant.ref(person), Purpose.RIGHTS)
        .map(Found::value)
        .map(
            assistant -> {
              if (assistant.busyUntil().filter(clock.instant()::isBefore).isPresent()) {
                throw new UnavailableException("the assistant", new IllegalStateException("busy"));
              }
              return List.of(assistant.script(), person.value());
            })
        .orElse(List.of());
  }

  /** Nobody is answered any more, as if all were deleted; what it stored stays where it is. */
  @Override
  public void stop(List<String> numbers) {
    checkGone(host.withdraw(numbers.getFirst()));
  }

  @Override
  public Answer erase(List<String> numbers) {
    try {
      checkGone(host.remove(numbers.getFirst()));
      return new Answer.Scheduled(
          "backups of its storage, encrypted with a secret that is deleted",
          clock.instant().plus(BACKUPS).truncatedTo(ChronoUnit.SECONDS));
    } catch (RefusedException e) {
      return new Answer.Refused(e.why());
    }
  }

  private static void checkGone(boolean gone) {
    if (!gone) {
      throw new UnavailableException("the assistant", new IllegalStateException("still there"));
    }
  }

  @Override
  public Handover copy(List<String> numbers, Documents into) throws IOException {
    var found = store.get(Assistant.ref(new SubjectId(numbers.getLast())), Purpose.RIGHTS);
    if (found.isEmpty()) {
      // Deleted since the numbers were read.
      return new Handover.HandedOver();
    }
    var assistant = found.get().value();
    try {
      var document = into.begin("conversations.ndjson");
      host.export(assistant.script(), assistant.opened().token(), document);
      return new Handover.HandedOver();
    } catch (RefusedException e) {
      return new Handover.Refused(e.why());
    }
  }
}
