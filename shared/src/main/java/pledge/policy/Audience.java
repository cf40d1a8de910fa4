package pledge.policy;

/** Whom a policy is for. One account may be both. */
public enum Audience {
  ASSISTANT_CUSTOMERS("customers of the AI assistant"),
  DEVELOPERS("developers on the platform");

  private final String words;

  Audience(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }
}
