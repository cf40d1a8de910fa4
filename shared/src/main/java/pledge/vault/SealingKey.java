package pledge.vault;

/** Which key a record is sealed under. */
public sealed interface SealingKey {
  /** The subject's data key: readable until the subject is erased. */
  record OfSubject(SubjectId subject) implements SealingKey {}

  /** The subject's data key and the epoch's together: readable until either is destroyed. */
  record OfSubjectInEpoch(SubjectId subject, EpochId epoch) implements SealingKey {}

  /**
   * The epoch's key alone, for what belongs to nobody we know: readable until the epoch's period
   * ends.
   */
  record OfEpoch(EpochId epoch) implements SealingKey {}
}
