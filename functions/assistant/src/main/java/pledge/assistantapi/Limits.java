package pledge.assistantapi;

import java.time.Duration;
import pledge.store.Throttle.Limit;

/** How often: each change is carried to Cloudflare, which counts all of ours together. */
final class Limits {
  /** Changes of one person's assistant. */
  static final Limit CHANGE = new Limit("assistant", 30, Duration.ofHours(1));

  private Limits() {}
}
