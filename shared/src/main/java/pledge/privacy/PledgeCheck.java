package pledge.privacy;

import java.time.Instant;
import pledge.policy.Category;
import pledge.policy.Pledge;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * What a pledge was found to be.
 *
 * @param evidence in plain words and figures, naming nobody: the public reads it
 */
public record PledgeCheck(Pledge pledge, Result result, String evidence, Instant at) {
  /** How a pledge stands; the later, the worse. */
  public enum Result {
    KEPT,
    /** Late, or not to be told for now. */
    AT_RISK,
    BROKEN
  }

  public static final Kind<PledgeCheck> KIND =
      new Kind<>(Category.PLEDGE_CHECK, "", 1, PledgeCheck::write, PledgeCheck::read);

  private Fields write() {
    return new Fields(Category.PLEDGE_CHECK)
        .text("pledge", pledge.id())
        .text("result", result.name())
        .text("evidence", evidence)
        .instant("at", at);
  }

  private static PledgeCheck read(Fields fields) {
    return new PledgeCheck(
        Pledge.byId(fields.text("pledge")).orElseThrow(),
        Result.valueOf(fields.text("result")),
        fields.text("evidence"),
        fields.instant("at"));
  }
}
