package pledge.store;

import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import pledge.vault.UnavailableException;

/**
 * Lets a long deletion rest after each page for as long as the page took, so that it takes half of
 * what the database gives at most, and who is served beside it is served as fast as ever. The
 * slower the database, the longer it rests; one partition key takes 1,000 writes a second at most.
 */
public final class Rests implements BooleanSupplier {
  /** In milliseconds; what took longer was no page. */
  private static final int LONGEST = 250;

  private final IntSupplier timeLeft;
  private final int reserve;
  private int before;

  /**
   * For one deletion, from now on.
   *
   * @param timeLeft milliseconds until it must have ended
   * @param reserve of them, what is left where it does not go on
   */
  public Rests(IntSupplier timeLeft, int reserve) {
    this.timeLeft = timeLeft;
    this.reserve = reserve;
    this.before = timeLeft.getAsInt();
  }

  /** Whether there is time for another page, after a rest. */
  @Override
  public boolean getAsBoolean() {
    try {
      Thread.sleep(Math.clamp(before - timeLeft.getAsInt(), 0, LONGEST));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("the deletion", e);
    }
    before = timeLeft.getAsInt();
    return before > reserve;
  }
}
