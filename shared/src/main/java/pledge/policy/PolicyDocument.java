package pledge.policy;

import java.util.Optional;

/** The documents that people accept at sign-up. */
public enum PolicyDocument {
  ASSISTANT_PRIVACY("assistant-privacy", "2026-11-21", "0"),
  PLATFORM_PRIVACY("platform-privacy", "2026-11-21", "0");

  private final String id;
  private final String version;
  private final String sha256;

  PolicyDocument(String id, String version, String sha256) {
    this.id = id;
    this.version = version;
    this.sha256 = sha256;
  }

  public String id() {
    return id;
  }

  public String version() {
    return version;
  }

  public String sha256() {
    return sha256;
  }

  public Audience audience() {
    return Audience.DEVELOPERS;
  }

  public String text() {
    return "";
  }

  public static Optional<PolicyDocument> byId(String id) {
    for (var document : values()) {
      if (document.id.equals(id)) {
        return Optional.of(document);
      }
    }
    return Optional.empty();
  }
}
