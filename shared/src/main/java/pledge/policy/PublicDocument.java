package pledge.policy;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What anybody may read of what we declare: the privacy notices, the record of processing, the
 * register of processors, each in every version that was ever published.
 */
public enum PublicDocument {
  ASSISTANT_PRIVACY("assistant-privacy", "Privacy notice for customers of the assistant"),
  PLATFORM_PRIVACY("platform-privacy", "Privacy notice for developers"),
  RECORD_OF_PROCESSING("record-of-processing", "Record of processing activities (GDPR Art. 30)"),
  PROCESSOR_REGISTER("processor-register", "Register of processors");

  private final String id;
  private final String title;

  PublicDocument(String id, String title) {
    this.id = id;
    this.title = title;
  }

  /** What a version is to whoever knows the one before it. */
  public enum Change {
    /**
     * It changes what people are promised, or what is done with their data: whoever accepted an
     * older one is told. So is the first of all.
     */
    MATERIAL,
    /** It says the same in other words. */
    EDITORIAL
  }

  /**
   * One text that was published.
   *
   * @param date as in {@code 2026-11-21}: the version's name, and the later the newer
   * @param sha256 of the text's UTF-8 bytes, in lower-case hexadecimal
   */
  public record Version(PublicDocument document, String date, String sha256, Change change) {
    /** Where anybody reads it, on our own address. */
    public String path() {
      return "/privacy/" + document.id + "/" + date;
    }

    /** The text, in Markdown. */
    public String text() {
      return Resource.text(
          equals(document.current())
              ? document.id + ".md"
              : "published/" + document.id + "/" + date + ".md");
    }
  }

  /** Stable, as in the address of its page. */
  public String id() {
    return id;
  }

  public String title() {
    return title;
  }

  /** Every version that was ever published, the first of all first. */
  public List<Version> versions() {
    return Resource.text("versions.txt")
        .lines()
        .filter(line -> line.startsWith(id + " "))
        .map(line -> line.split(" ", -1))
        .map(
            parts ->
                new Version(
                    this, parts[1], parts[2], Change.valueOf(parts[3].toUpperCase(Locale.ROOT))))
        .toList();
  }

  /** The version that stands today. */
  public Version current() {
    return versions().getLast();
  }

  /** The version of that date. */
  public Optional<Version> version(String date) {
    return versions().stream().filter(version -> version.date().equals(date)).findFirst();
  }

  /** What people accept, each with its versions, the first of all first. */
  public static Map<PublicDocument, List<Version>> accepted() {
    var accepted = new EnumMap<PublicDocument, List<Version>>(PublicDocument.class);
    for (var policy : PolicyDocument.values()) {
      byId(policy.id()).ifPresent(document -> accepted.put(document, document.versions()));
    }
    return accepted;
  }

  /** The document of that id. */
  public static Optional<PublicDocument> byId(String id) {
    for (var document : values()) {
      if (document.id.equals(id)) {
        return Optional.of(document);
      }
    }
    return Optional.empty();
  }
}
