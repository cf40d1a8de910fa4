package pledge.policy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How a declaration reads in a document. */
final class Words {
  private Words() {}

  /** What is kept of a category: its fields, in words. */
  static String fields(Category category) {
    return fields(category.fields());
  }

  /** The purposes of a category, by what makes each lawful, for one audience or for all. */
  static String purposes(Category category, SortedSet<Audience> readers) {
    var byBasis = new EnumMap<LegalBasis, List<String>>(LegalBasis.class);
    for (var purpose : category.purposes()) {
      if (concerns(purpose, readers)) {
        byBasis
            .computeIfAbsent(category.legalBasis(purpose), basis -> new ArrayList<>())
            .add(purpose.words());
      }
    }
    return byBasis.entrySet().stream()
        .map(entry -> and(entry.getValue()) + " (" + basis(entry.getKey()) + ")")
        .collect(Collectors.joining("; "));
  }

  static boolean concerns(Purpose purpose, SortedSet<Audience> readers) {
    return readers.stream().anyMatch(purpose.audiences()::contains);
  }

  static String basis(LegalBasis basis) {
    return basis.words() + ", " + basis.article() + " GDPR";
  }

  /** What processors are sent of a category, or that they are sent nothing. */
  static String recipients(Category category) {
    if (category.seenBy().isEmpty()) {
      return "nobody";
    }
    return category.seenBy().stream()
        .map(
            processor ->
                processor.shortName() + " (" + fields(seenFields(category, processor)) + ")")
        .collect(Collectors.joining("; "));
  }

  static List<Field> seenFields(Category category, Processor processor) {
    return category.fields().stream().filter(field -> field.seenBy().contains(processor)).toList();
  }

  /** Processors that are sent, or hold, anything of these categories. */
  static SortedSet<Processor> processors(List<Category> categories) {
    var all = new TreeSet<Processor>();
    for (var category : categories) {
      all.addAll(category.seenBy());
      category.holdings().forEach(holding -> all.add(holding.processor()));
    }
    return all;
  }

  static String holdings(Category category) {
    return category.holdings().stream()
        .map(holding -> holding.processor().shortName() + " holds " + holding.words())
        .collect(Collectors.joining("; "));
  }

  static String exported(Category category) {
    var secrets = category.fields().stream().filter(Field::secret).toList();
    return category
        .whyNotExported()
        .map(why -> "no, because " + why)
        .orElseGet(() -> secrets.isEmpty() ? "yes" : "yes, except for secrets: " + fields(secrets));
  }

  static String fields(List<Field> fields) {
    return fields.stream().map(Field::words).collect(Collectors.joining("; "));
  }

  /** "a, b and c". */
  static String and(List<String> all) {
    var last = all.size() - 1;
    return last < 1
        ? String.join("", all)
        : String.join(", ", all.subList(0, last)) + " and " + all.get(last);
  }

  static String capitalised(String words) {
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  static String bullets(List<String> items) {
    return items.stream().map(item -> "- " + item).collect(Collectors.joining("\n"));
  }
}
