package pledge.policy;

import java.util.Optional;

/**
 * The documents that people accept at sign-up, each as its current version. Their texts are made
 * from the declarations by {@link PrivacyNotice} and lie in the archive.
 */
public enum PolicyDocument {
  ASSISTANT_PRIVACY(
      "assistant-privacy",
      Audience.ASSISTANT_CUSTOMERS,
      "2026-11-23",
      "e47d94b5f8d02c0fdb9ccf6afd2e665ea6da660bb0b62eeb89017553f5377574"),
  PLATFORM_PRIVACY(
      "platform-privacy",
      Audience.DEVELOPERS,
      "2026-11-23",
      "3a4df10e5530151eec050902a6109720446fbefdadea9cc60beef8d566339281");

  private final String id;
  private final Audience audience;
  private final String version;
  private final String sha256;

  PolicyDocument(String id, Audience audience, String version, String sha256) {
    this.id = id;
    this.audience = audience;
    this.version = version;
    this.sha256 = sha256;
  }

  /** Stable, as in the address of its page. */
  public String id() {
    return id;
  }

  /** Whom it is for. */
  public Audience audience() {
    return audience;
  }

  /** The date of its current text, as in {@code 2026-11-21}. */
  public String version() {
    return version;
  }

  /**
   * The hash of the current text's UTF-8 bytes, in lower-case hexadecimal: a constant, so that no
   * function reads and hashes the text when it starts. A test holds it against the text.
   */
  public String sha256() {
    return sha256;
  }

  /** The current text, in Markdown. */
  public String text() {
    return Resource.text(id + ".md");
  }

  /** The document of that id. */
  public static Optional<PolicyDocument> byId(String id) {
    for (var document : values()) {
      if (document.id.equals(id)) {
        return Optional.of(document);
      }
    }
    return Optional.empty();
  }
}
