package pledge.billing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What people can subscribe to: our names, each with the number of its price at Stripe. An old one
 * stays for as long as somebody pays for it; what a page offers is its own to choose.
 */
public record Plans(Map<String, String> prices) {
  /** The most that a setting of names and numbers has of them. */
  private static final int PAIR = 2;

  /** In the order in which they are to be shown. */
  public Plans {
    prices = Collections.unmodifiableMap(new LinkedHashMap<>(prices));
  }

  /**
   * As a setting says it: {@code name=price_…,name=price_…}.
   *
   * @throws IllegalArgumentException where it says it in another way, or one name or price twice
   */
  public static Plans of(String setting) {
    var prices = new LinkedHashMap<String, String>();
    for (var plan : setting.split(",", -1)) {
      var pair = plan.strip().split("=", PAIR);
      if (pair.length < PAIR
          || pair[0].isEmpty()
          || pair[1].isEmpty()
          || prices.containsValue(pair[1])
          || prices.put(pair[0], pair[1]) != null) {
        throw new IllegalArgumentException("plans are written name=price,name=price");
      }
    }
    return new Plans(prices);
  }

  /** Our names. */
  public List<String> names() {
    return List.copyOf(prices.keySet());
  }

  /** The number of a plan's price; empty where there is no such plan. */
  public Optional<String> price(String name) {
    return Optional.ofNullable(prices.get(name));
  }

  /** Our name of what has that price; empty where it is none of ours. */
  public Optional<String> name(String price) {
    return prices.entrySet().stream()
        .filter(plan -> plan.getValue().equals(price))
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
