package pledge.store;

import java.util.List;
import java.util.Optional;
import pledge.policy.Category;
import pledge.policy.Table;

/** What stands where: the category of a record by its place alone, as a stream tells of it. */
public final class Contents {
  private final List<Kind<?>> kinds;

  /** All kinds of records that are written. */
  public Contents(List<Kind<?>> kinds) {
    this.kinds = List.copyOf(kinds);
  }

  /** Empty where no kind of ours has such a place. */
  public Optional<Category> category(Table table, String partition, String sort) {
    var found =
        kinds.stream()
            .filter(kind -> !kind.prefix().isEmpty())
            .filter(kind -> kind.isAt(sort))
            .<Category>map(Kind::category)
            .findFirst()
            .or(() -> Throttle.category(sort))
            .or(() -> Chains.category(partition));
    if (found.isEmpty() && sort.equals(Store.LOOKUP_SORT)) {
      found = Optional.of(Category.LOOKUP);
    }
    return found.filter(category -> category.table() == table);
  }
}
