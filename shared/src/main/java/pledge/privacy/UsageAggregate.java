package pledge.privacy;

import java.time.Instant;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * How much a feature was used in a day or month, over 20 customers or more.
 *
 * @param period its first moment
 */
public record UsageAggregate(
    Instant period, String feature, long customers, long requests, long tokens) {
  static final Kind<UsageAggregate> KIND =
      new Kind<>(
          Category.USAGE_AGGREGATE, "AGGREGATE", 1, UsageAggregate::write, UsageAggregate::read);

  private Fields write() {
    return new Fields(Category.USAGE_AGGREGATE)
        .instant("period", period)
        .text("feature", feature)
        .number("customers", customers)
        .number("requests", requests)
        .number("tokens", tokens);
  }

  private static UsageAggregate read(Fields fields) {
    return new UsageAggregate(
        fields.instant("period"),
        fields.text("feature"),
        fields.number("customers"),
        fields.number("requests"),
        fields.number("tokens"));
  }
}
