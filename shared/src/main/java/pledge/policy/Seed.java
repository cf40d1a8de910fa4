package pledge.policy;

/** The two published policies that are our specification; one operator's, about one system. */
public enum Seed {
  AIKO('A', "Aiko Assistant, Privacy Policy", "seeds/aiko-assistant.txt"),
  ASSISTERS(
      'B',
      "Assisters Developer Platform, Privacy Policy",
      "seeds/assisters-developer-platform.txt");

  private final char letter;
  private final String title;
  private final String resource;

  Seed(char letter, String title, String resource) {
    this.letter = letter;
    this.title = title;
    this.resource = resource;
  }

  /** As in "A§2". */
  public char letter() {
    return letter;
  }

  public String title() {
    return title;
  }

  /** The policy as it was published, word for word. */
  public String text() {
    return Resource.text(resource);
  }
}
