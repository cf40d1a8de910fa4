package pledge.retention.audit;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import pledge.policy.Category;
import pledge.policy.Pledge;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;

/** Which pledges are proved by what is seen of a kind of data, a period or a table. */
final class Promised {
  /** Those that promise a time. Others are about the same data, and not proved by its end. */
  private static final Set<Pledge> BY_TIME =
      Collections.unmodifiableSet(
          EnumSet.of(
              Pledge.SERVER_LOGS,
              Pledge.ACCOUNT_30D,
              Pledge.LOGS_30D,
              Pledge.CONTENT_24H,
              Pledge.ANALYTICS_13M,
              Pledge.BILLING_7Y));

  private Promised() {}

  static Set<Pledge> ofAnyCategory() {
    var pledges = EnumSet.noneOf(Pledge.class);
    for (var category : Category.values()) {
      pledges.addAll(of(category));
    }
    return pledges;
  }

  static Set<Pledge> of(Category category) {
    return of(other -> other == category);
  }

  static Set<Pledge> of(RetentionPeriod period) {
    return of(category -> category.retention().equals(period));
  }

  static Set<Pledge> of(Table table) {
    return table == Table.EPOCH_KEYS
        ? of(category -> category.retention().epoch().isPresent())
        : of(category -> category.table() == table);
  }

  /** What no pledge gives a time is still audited regularly, as B§5 says. */
  private static Set<Pledge> of(Predicate<Category> which) {
    var pledges = EnumSet.noneOf(Pledge.class);
    for (var pledge : BY_TIME) {
      if (pledge.categories().stream().anyMatch(which)) {
        pledges.add(pledge);
      }
    }
    return pledges.isEmpty() ? Set.of(Pledge.ACCESS_CONTROLS) : pledges;
  }
}
