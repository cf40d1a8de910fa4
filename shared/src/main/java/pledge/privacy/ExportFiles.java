package pledge.privacy;

import java.util.List;
import pledge.policy.Processor;
import pledge.processor.Custodian;
import pledge.processor.Documents;
import pledge.store.Files;
import pledge.vault.SubjectId;

/** The bucket of copies, as what is to be gone when a copy's record is: AWS holds it for us. */
public final class ExportFiles implements Custodian {
  private final Files files;

  public ExportFiles(Files files) {
    this.files = files;
  }

  @Override
  public Processor processor() {
    return Processor.AWS;
  }

  /** A copy's number is its record's id. */
  @Override
  public List<String> numbers(SubjectId person) {
    return List.of();
  }

  @Override
  public Answer erase(List<String> ids) {
    for (var id : ids) {
      if (!files.deleteAll(ExportFile.prefix(id))) {
        return new Answer.Refused("objects are still there");
      }
    }
    return new Answer.Gone();
  }

  /** A copy of a copy is none. */
  @Override
  public Handover copy(List<String> ids, Documents into) {
    return new Handover.HandedOver();
  }
}
