package pledge.local;

import java.util.LinkedHashMap;
import java.util.Map;

/** A third party that is spoken to itself, where its key is in this process's environment. */
enum RealService {
  STRIPE("STRIPE_KEY", "STRIPE_"),
  CLOUDFLARE("CLOUDFLARE_TOKEN", "CLOUDFLARE_", "ASSISTANT_URL");

  private final String key;
  private final String[] settings;

  /**
   * @param key without which there is a stand-in
   * @param settings how those begin that functions then find, the key among them
   */
  RealService(String key, String... settings) {
    this.key = key;
    this.settings = settings;
  }

  boolean isSet() {
    return !System.getenv().getOrDefault(key, "").isEmpty();
  }

  /** What functions find of those that are set. */
  static Map<String, String> settings() {
    var found = new LinkedHashMap<String, String>();
    for (var service : values()) {
      if (service.isSet()) {
        System.getenv()
            .forEach(
                (name, value) -> {
                  for (var start : service.settings) {
                    if (name.startsWith(start)) {
                      found.put(name, value);
                    }
                  }
                });
      }
    }
    return found;
  }
}
