package pledge.billing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What people can subscribe to: our names, each with the number of its price at Stripe. An old one
 * stays for as long as somebody pays for it; what a page offers is its own to choose.
 */
public record Plans(Map<String, String> prices) {
  private static final Pattern PAIR = Pattern.compile("([^=\\s]+)=([^=\\s]+)");

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
      var pair = PAIR.matcher(plan.strip());
      if (!pair.matches()
          || prices.containsValue(pair.group(2))
          || prices.put(pair.group(1), pair.group(2)) != null) {
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
