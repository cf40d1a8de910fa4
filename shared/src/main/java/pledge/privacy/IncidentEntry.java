package pledge.privacy;

import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * Something that was done about an incident: a row of the chain, naming nobody.
 *
 * @param incident its random id
 * @param staff the opaque id of who did it; empty where it was done by itself
 */
public record IncidentEntry(String incident, Optional<String> staff, Step step) {
  /** What the retention audit opens. */
  public static final String PLEDGE_BROKEN = "pledge broken";

  public static final Kind<IncidentEntry> KIND =
      new Kind<>(Category.INCIDENT, "", 1, IncidentEntry::write, IncidentEntry::read);

  /** What was done. */
  public sealed interface Step {
    /**
     * It was learned of.
     *
     * @param foundAt the 72 hours (GDPR Art. 33(1)) count from here
     */
    record Opened(String kind, Extent extent, Instant foundAt, String measures) implements Step {}

    /** More was done against it. */
    record MeasuresAdded(String measures) implements Step {}

    /** It touched more, or less, than was known before. */
    record Corrected(Extent extent) implements Step {}

    /** The authority was told (GDPR Art. 33). */
    record Reported(Instant at) implements Step {}

    /** From now on people are told (GDPR Art. 34), in these words. */
    record TellingBegun(String consequences, String advice) implements Step {}

    /** Everybody whom it touched was told, so many. */
    record AllTold(long affected) implements Step {}

    /** Nothing is left to be done; why the authority was not told, where it was not. */
    record Closed(Optional<String> notReportedBecause) implements Step {}
  }

  /**
   * What an incident touched.
   *
   * @param categories which kinds of data
   * @param beganAt empty while it is not known
   * @param endedAt empty while it goes on
   */
  public record Extent(
      Set<Category> categories, Optional<Instant> beganAt, Optional<Instant> endedAt) {}

  /** The name of each step, as it is stored and shown. */
  enum Name {
    OPENED,
    MEASURES_ADDED,
    CORRECTED,
    REPORTED,
    TELLING_BEGUN,
    ALL_TOLD,
    CLOSED;

    String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  Name name() {
    return switch (step) {
      case Step.Opened _ -> Name.OPENED;
      case Step.MeasuresAdded _ -> Name.MEASURES_ADDED;
      case Step.Corrected _ -> Name.CORRECTED;
      case Step.Reported _ -> Name.REPORTED;
      case Step.TellingBegun _ -> Name.TELLING_BEGUN;
      case Step.AllTold _ -> Name.ALL_TOLD;
      case Step.Closed _ -> Name.CLOSED;
    };
  }

  private Fields write() {
    var fields =
        new Fields(Category.INCIDENT).text("incident", incident).text("step", name().name());
    staff.ifPresent(id -> fields.text("staff", id));
    switch (step) {
      case Step.Opened(var kind, var extent, var foundAt, var measures) ->
          write(extent, fields)
              .text("kind", kind)
              .instant("foundAt", foundAt)
              .text("measures", measures);
      case Step.MeasuresAdded(var measures) -> fields.text("measures", measures);
      case Step.Corrected(var extent) -> write(extent, fields);
      case Step.Reported(var at) -> fields.instant("reportedAt", at);
      case Step.TellingBegun(var consequences, var advice) ->
          fields.text("consequences", consequences).text("advice", advice);
      case Step.AllTold(var affected) -> fields.number("affected", affected);
      case Step.Closed(var because) ->
          because.ifPresent(reason -> fields.text("notReportedBecause", reason));
    }
    return fields;
  }

  private static Fields write(Extent extent, Fields fields) {
    extent.beganAt().ifPresent(moment -> fields.instant("beganAt", moment));
    extent.endedAt().ifPresent(moment -> fields.instant("endedAt", moment));
    return fields.text("categories", names(extent.categories()));
  }

  /** As words with a space between, in the order of their declaration. */
  public static String names(Collection<Category> categories) {
    return categories.stream().sorted().map(Category::name).collect(Collectors.joining(" "));
  }

  /** What {@link #names} wrote. */
  public static Set<Category> categories(String names) {
    var categories = EnumSet.noneOf(Category.class);
    for (var name : names.split(" ", -1)) {
      if (!name.isEmpty()) {
        categories.add(Category.valueOf(name));
      }
    }
    return categories;
  }

  private static IncidentEntry read(Fields fields) {
    var step =
        switch (Name.valueOf(fields.text("step"))) {
          case OPENED ->
              new Step.Opened(
                  fields.text("kind"),
                  extent(fields),
                  fields.instant("foundAt"),
                  fields.text("measures"));
          case MEASURES_ADDED -> new Step.MeasuresAdded(fields.text("measures"));
          case CORRECTED -> new Step.Corrected(extent(fields));
          case REPORTED -> new Step.Reported(fields.instant("reportedAt"));
          case TELLING_BEGUN ->
              new Step.TellingBegun(fields.text("consequences"), fields.text("advice"));
          case ALL_TOLD -> new Step.AllTold(fields.number("affected"));
          case CLOSED -> new Step.Closed(fields.optionalText("notReportedBecause"));
        };
    return new IncidentEntry(fields.text("incident"), fields.optionalText("staff"), step);
  }

  private static Extent extent(Fields fields) {
    return new Extent(
        categories(fields.text("categories")),
        fields.optionalInstant("beganAt"),
        fields.optionalInstant("endedAt"));
  }
}
