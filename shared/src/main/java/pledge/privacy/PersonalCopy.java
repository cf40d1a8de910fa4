package pledge.privacy;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import pledge.policy.Category;
import pledge.policy.OwnerPath;
import pledge.policy.Processor;
import pledge.policy.Purpose;
import pledge.processor.Documents;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Store;
import pledge.vault.Json;
import pledge.vault.SubjectId;

/**
 * Everything that we hold about a person, as a ZIP: each category as JSON and as CSV, what
 * processors hold, the JSON Schema of it all, and a page that says what it is. Which categories
 * there are, and what they say, is derived from the declarations. Of any number of records a page
 * is in memory; each is read twice, once for each form.
 */
final class PersonalCopy {
  /** Where a spreadsheet would begin to calculate (OWASP, "CSV Injection"). */
  private static final Pattern FORMULA = Pattern.compile("^[=+\\-@\\t\\r].*", Pattern.DOTALL);

  private static final Pattern DOCUMENT = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9.-]{0,99}");

  /** What of a person's own records names the pseudonym that others are kept under. */
  private static final Category PSEUDONYMOUS = Category.SUBSCRIPTION;

  private static final String PSEUDONYM = "pseudonym";

  private final Store store;
  private final List<Kind<Fields>> kinds;
  private final SubjectId person;
  private final ZipOutputStream zip;
  private final Instant now;
  private final String issuer;
  private final Map<Category, Long> counts = new EnumMap<>(Category.class);
  private final Map<Processor, List<String>> documents = new EnumMap<>(Processor.class);

  /**
   * @param kinds of records that there are
   * @param issuer the service's address
   */
  PersonalCopy(
      Store store,
      List<Kind<?>> kinds,
      SubjectId person,
      OutputStream out,
      Instant now,
      String issuer) {
    this.store = store;
    this.kinds = kinds.stream().<Kind<Fields>>map(Kind::plain).toList();
    this.person = person;
    this.zip = new ZipOutputStream(out, UTF_8);
    this.now = now;
    this.issuer = issuer;
  }

  /** Where what a processor hands over goes. */
  Documents documents(Processor processor) {
    return name -> {
      if (!DOCUMENT.matcher(name).matches()) {
        throw new IllegalArgumentException("no name of a document");
      }
      var path = "processors/" + processor.name().toLowerCase(Locale.ROOT) + "/" + name;
      documents.computeIfAbsent(processor, _ -> new ArrayList<>()).add(path);
      begin(path);
      return zip;
    };
  }

  /** Writes what we hold ourselves, and the index of all. */
  Map<Category, Long> write() throws IOException {
    for (var category : CopySchema.categories()) {
      var partitions = partitions(category);
      var count = json(category, partitions);
      if (count > 0) {
        csv(category, partitions);
        counts.put(category, count);
      }
    }
    begin("schema.json");
    zip.write(utf8(Json.MAPPER.toJson(CopySchema.of(issuer))));
    begin("index.html");
    zip.write(utf8(new CopyIndex(issuer, now).page(counts, documents)));
    zip.finish();
    return counts;
  }

  /** No entry where there is no record. */
  private long json(Category category, List<String> partitions) throws IOException {
    var count = new long[1];
    each(
        category,
        partitions,
        found -> {
          if (count[0]++ == 0) {
            begin("data/" + CopySchema.name(category) + ".json");
            zip.write('[');
          } else {
            zip.write(',');
          }
          zip.write('\n');
          zip.write(utf8(Json.MAPPER.toJson(view(found))));
        });
    if (count[0] > 0) {
      zip.write(utf8("\n]\n"));
    }
    return count[0];
  }

  private void csv(Category category, List<String> partitions) throws IOException {
    begin("data/" + CopySchema.name(category) + ".csv");
    var columns =
        new ArrayList<>(List.of(CopySchema.ID, CopySchema.RECORDED_AT, CopySchema.KEPT_UNTIL));
    CopySchema.fields(category).forEach(field -> columns.add(field.name()));
    var csv = CsvWriter.builder().build(new OutputStreamWriter(zip, UTF_8));
    csv.writeRecord(columns);
    each(
        category,
        partitions,
        found -> {
          var view = view(found);
          csv.writeRecord(columns.stream().map(name -> cell(view.getOrDefault(name, ""))).toList());
        });
    csv.flush();
  }

  private static String cell(Object value) {
    var text = value.toString();
    return value instanceof String && FORMULA.matcher(text).matches() ? "'" + text : text;
  }

  /** A record, as whom it is about sees it: times are ISO-8601, bytes are base64. */
  private static Map<String, Object> view(Found<Fields> found) {
    var view = new LinkedHashMap<String, Object>();
    if (!found.ref().id().isEmpty()) {
      view.put(CopySchema.ID, found.ref().id());
    }
    view.put(CopySchema.RECORDED_AT, found.createdAt().toString());
    if (!found.expiresAt().equals(Instant.MAX)) {
      view.put(CopySchema.KEPT_UNTIL, found.expiresAt().toString());
    }
    view.putAll(found.value().shown());
    return view;
  }

  /** Where a person's records of a category are. */
  private List<String> partitions(Category category) {
    if (category.ownerPath() instanceof OwnerPath.Partition) {
      return List.of(person.value());
    }
    if (category.ownerPath() instanceof OwnerPath.Pseudonym) {
      var pseudonyms = new TreeSet<String>();
      eachOwn(PSEUDONYMOUS, person.value(), found -> pseudonyms.add(found.value().text(PSEUDONYM)));
      return List.copyOf(pseudonyms);
    }
    throw new IllegalStateException("there is no way from a person to " + category);
  }

  private void each(Category category, List<String> partitions, Visitor visitor)
      throws IOException {
    try {
      for (var partition : partitions) {
        eachOwn(
            category,
            partition,
            found -> {
              try {
                visitor.visit(found);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void eachOwn(Category category, String partition, Consumer<Found<Fields>> visitor) {
    for (var kind : kinds) {
      // A kind without a prefix stands in a chain, where nothing says whose a row is.
      if (kind.category() == category && !kind.prefix().isEmpty()) {
        store.each(kind, partition, Purpose.RIGHTS, visitor);
      }
    }
  }

  private interface Visitor {
    void visit(Found<Fields> found) throws IOException;
  }

  private void begin(String name) throws IOException {
    var entry = new ZipEntry(name);
    entry.setTimeLocal(now.atOffset(ZoneOffset.UTC).toLocalDateTime());
    zip.putNextEntry(entry);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }
}
