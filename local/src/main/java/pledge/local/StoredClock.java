package pledge.local;

import java.time.Duration;
import java.time.Instant;

/** A clock that shows the moved time again after a restart: what has expired must not come back. */
final class StoredClock {
  private static final String KIND = "clock";
  private static final String ID = "offset";

  private StoredClock() {}

  static MachineClock open(Options options, Store store) {
    if (!options.ticking()) {
      return MachineClock.frozen(options.startAt().orElseGet(Instant::now));
    }
    var kept = store.all(KIND).get(ID);
    var offset =
        options
            .startAt()
            .map(at -> Duration.between(Instant.now(), at))
            .orElse(kept == null ? Duration.ZERO : Duration.parse(kept.path("offset").asText()));
    var clock = MachineClock.ticking(offset);
    clock.onMove(() -> store.put(KIND, ID, Json.object().put("offset", clock.offset().toString())));
    return clock;
  }
}
