package pledge.erasurereplay;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import pledge.privacy.Replay;
import pledge.store.Backend;
import pledge.vault.Environment;

/**
 * By hand, after a copy of a table was put back: erases again whoever was erased since that copy
 * was made. What comes back of them is unreadable, for their keys are gone; it is to be gone too.
 */
public final class ErasureReplayHandler
    implements RequestHandler<Map<String, String>, Map<String, Object>> {
  private static final long RESERVE_MILLIS = 30_000;
  private static final String BEFORE = "Before";

  private final Replay replay;

  /** For Lambda: a missing setting fails here, at start. */
  public ErasureReplayHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public ErasureReplayHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private ErasureReplayHandler(Environment environment) {
    replay = new Replay(Backend.of(environment), environment.clock());
  }

  /**
   * Erases them again, the last to be erased first: a copy is seldom older than they are many. An
   * answer that is not finished is the next event.
   *
   * @throws pledge.vault.UnavailableException where the database did not answer
   */
  @Override
  public Map<String, Object> handleRequest(Map<String, String> event, Context context) {
    var before = event.getOrDefault(BEFORE, Long.toString(Replay.NEWEST));
    var progress =
        replay.eraseAgain(
            Long.parseLong(before), () -> context.getRemainingTimeInMillis() > RESERVE_MILLIS);
    var answer = new HashMap<String, Object>();
    answer.put("ErasedAgain", progress.back());
    answer.put("Finished", progress.before().isEmpty());
    progress.before().ifPresent(place -> answer.put(BEFORE, Long.toString(place)));
    return answer;
  }
}
