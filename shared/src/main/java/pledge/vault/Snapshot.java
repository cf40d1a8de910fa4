package pledge.vault;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done before Lambda takes a snapshot of a started function (SnapStart): the real path is
 * walked, so that its classes are part of the snapshot, with keys that open nothing, so that no key
 * is, and then these are forgotten.
 */
public final class Snapshot implements Resource {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshot.class);

  /** Who comes again walks another path, and what is walked often is compiled. */
  private static final int TIMES = 5;

  /** The runtime's own references are weak. */
  private static final List<Snapshot> KEPT = new CopyOnWriteArrayList<>();

  /** Where the runtime tells the SDK which request it is part of; nobody's at that time. */
  private static final String TRACE = "com.amazonaws.xray.traceHeader";

  private final Runnable walk;
  private final Vault vault;

  private Snapshot(Runnable walk, Vault vault) {
    this.walk = walk;
    this.vault = vault;
  }

  /**
   * Asks for it; nothing happens where Lambda takes no snapshot.
   *
   * @param walk changes nothing that anybody could notice
   */
  public static void before(Runnable walk, Vault vault) {
    // Without a snapshot the hooks' library, which works by reflection, would only cost a start.
    if (!"snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
      return;
    }
    var snapshot = new Snapshot(walk, vault);
    KEPT.add(snapshot);
    Core.getGlobalContext().register(snapshot);
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    try {
      System.setProperty(TRACE, "Root=1-00000000-000000000000000000000000;Sampled=0");
      vault.rehearse();
      for (var time = 0; time < TIMES; time++) {
        walk.run();
      }
    } catch (UnavailableException e) {
      // Without a rehearsal the first answer is late; without a snapshot there is none.
      LOG.warn("not rehearsed: {}: {}", e.getMessage(), e.reason());
    } finally {
      System.clearProperty(TRACE);
      vault.forgetKeys();
    }
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    // Nothing was kept that would have to be renewed.
  }
}
