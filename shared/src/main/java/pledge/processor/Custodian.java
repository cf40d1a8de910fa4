package pledge.processor;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import pledge.policy.Processor;
import pledge.vault.SubjectId;

/**
 * A third party that holds data of people for us in systems of its own: what an erasure, or the end
 * of a record's time, has it delete, and a copy has it hand over. An adapter stays with the
 * functions that need it; it is called again, with the same numbers, until it answers for good, so
 * it must not mind what is gone already.
 */
public interface Custodian {
  /** Who it is. */
  Processor processor();

  /**
   * The numbers by which it knows a person, from the person's own records, while those are there;
   * none where it knows nothing of the person.
   */
  List<String> numbers(SubjectId person);

  /** Those of these numbers by which it is asked again for what it deletes {@link Answer.Later}. */
  default List<String> forLater(List<String> numbers) {
    return numbers;
  }

  /**
   * Has it end what goes on by itself, such as a subscription that is charged again or an assistant
   * that answers, where the law has what it holds kept. To do it twice is no error.
   *
   * @throws pledge.vault.UnavailableException where it does not answer for now: it is asked again
   */
  default void stop(List<String> numbers) {}

  /**
   * Has it delete what it holds under these numbers, and looks again whether it is gone.
   *
   * @throws pledge.vault.UnavailableException where it does not answer for now: it is asked again
   */
  Answer erase(List<String> numbers);

  /**
   * Has it hand over what it holds under these numbers, for a person's copy (GDPR Art. 15, 20).
   *
   * @throws pledge.vault.UnavailableException where it does not answer for now: it is asked again,
   *     and what was written then is thrown away
   */
  Handover copy(List<String> numbers, Documents into) throws IOException;

  /** What became of a wish to have a copy. */
  sealed interface Handover {
    /** All that it holds is written. */
    record HandedOver() implements Handover {}

    /**
     * It says no: somebody of ours has to see to it.
     *
     * @param why in words that name nobody
     */
    record Refused(String why) implements Handover {}
  }

  /** What it answered. */
  sealed interface Answer {
    /** We looked again, and it is gone. */
    record Gone() implements Answer {}

    /**
     * It will be gone.
     *
     * @param what remains there until then
     */
    record Scheduled(String what, Instant until) implements Answer {}

    /**
     * It deletes the rest when it is asked again then, and no sooner: the same numbers are kept
     * until it has, apart from the person's records.
     *
     * @param what remains there until then
     */
    record Later(String what, Instant until) implements Answer {}

    /**
     * The law has it keep some of it.
     *
     * @param what it keeps
     * @param why which law
     */
    record KeptByLaw(String what, String why, Instant until) implements Answer {}

    /**
     * It says no: somebody of ours has to see to it.
     *
     * @param why in words that name nobody
     */
    record Refused(String why) implements Answer {}
  }
}
