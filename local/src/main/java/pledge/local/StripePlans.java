package pledge.local;

import java.util.LinkedHashMap;
import java.util.Map;

/** The plans that can be subscribed to, as functions find them in {@code STRIPE_PLANS}. */
final class StripePlans {
  static final String USUAL = "personal=price_1LocalPersonal,family=price_1LocalFamily";

  private StripePlans() {}

  /** The number of each plan's price, by our name. */
  static Map<String, String> read(String setting) {
    var plans = new LinkedHashMap<String, String>();
    for (var pair : setting.split(",", -1)) {
      var parts = pair.strip().split("=", 2);
      if (parts.length != 2 || !parts[1].matches("price_[A-Za-z0-9_]+")) {
        throw new MachineException(
            "The plans must be name=price_… with commas between them, not " + setting + ".");
      }
      plans.put(parts[0], parts[1]);
    }
    return plans;
  }
}
