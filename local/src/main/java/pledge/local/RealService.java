package pledge.local;

import java.util.LinkedHashMap;
import java.util.Map;

/** A third party that is spoken to itself, where its key is in this process's environment. */
enum RealService {
  STRIPE("STRIPE_KEY", "STRIPE_.*"),
  CLOUDFLARE("CLOUDFLARE_TOKEN", "CLOUDFLARE_.*|(ASSISTANT|MODEL)_URL.*");

  private final String key;
  private final String settings;

  /**
   * @param key without which there is a stand-in
   * @param settings a pattern of the names that functions then find, the key's among them
   */
  RealService(String key, String settings) {
    this.key = key;
    this.settings = settings;
  }

  boolean isSet() {
    return isSet(System.getenv());
  }

  boolean isSet(Map<String, String> environment) {
    return !environment.getOrDefault(key, "").isEmpty();
  }

  /** What functions find of those that are set. */
  static Map<String, String> settings() {
    return settings(System.getenv());
  }

  static Map<String, String> settings(Map<String, String> environment) {
    var found = new LinkedHashMap<String, String>();
    for (var service : values()) {
      if (service.isSet(environment)) {
        environment.forEach(
            (name, value) -> {
              if (name.matches(service.settings)) {
                found.put(name, value);
              }
            });
      }
    }
    return found;
  }
}
