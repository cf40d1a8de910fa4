package pledge.policy;

import java.util.List;
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

  /**
   * One text that was published.
   *
   * @param date as in {@code 2026-11-21}: the version's name
   * @param sha256 of the text's UTF-8 bytes, in lower-case hexadecimal
   */
  public record Version(PublicDocument document, String date, String sha256) {
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
    return Resource.text("published.txt")
        .lines()
        .filter(line -> line.startsWith(id + " "))
        .map(line -> line.split(" ", -1))
        .map(parts -> new Version(this, parts[1], parts[2]))
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
