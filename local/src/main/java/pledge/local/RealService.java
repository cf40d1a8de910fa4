package pledge.local;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A third party that is spoken to itself, where its key is in this process's environment. */
enum RealService {
  STRIPE("STRIPE_.*", "STRIPE_KEY", "STRIPE_PLANS", "STRIPE_WEBHOOK_SECRETS"),
  CLOUDFLARE(
      "CLOUDFLARE_.*|(ASSISTANT|MODEL)_URL.*",
      "CLOUDFLARE_TOKEN",
      "CLOUDFLARE_ACCOUNT",
      "ASSISTANT_URL",
      "MODEL_URL");

  private final String settings;
  private final String key;

  /** Complete before the constant is made, and changed by nobody after. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> others;

  /**
   * @param settings a pattern of the names that functions then find
   * @param key without which there is a stand-in
   * @param others without which it cannot be spoken to
   */
  RealService(String settings, String key, String... others) {
    this.settings = settings;
    this.key = key;
    this.others = List.of(others);
  }

  boolean isSet() {
    return isSet(System.getenv());
  }

  boolean isSet(Map<String, String> environment) {
    return isThere(key, environment);
  }

  private static boolean isThere(String name, Map<String, String> environment) {
    return !environment.getOrDefault(name, "").isEmpty();
  }

  /**
   * What functions find of those that are set.
   *
   * @throws MachineException where something is missing
   */
  static Map<String, String> settings() {
    return settings(System.getenv());
  }

  static Map<String, String> settings(Map<String, String> environment) {
    var found = new LinkedHashMap<String, String>();
    for (var service : values()) {
      if (service.isSet(environment)) {
        service.check(environment);
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

  private void check(Map<String, String> environment) {
    var missing = others.stream().filter(name -> !isThere(name, environment)).toList();
    if (!missing.isEmpty()) {
      throw new MachineException(
          key + " is set, so " + String.join(", ", missing) + " must be set as well: see --help.");
    }
  }
}
