package pledge.policy;

/** The legal bases of GDPR Art. 6(1). */
public enum LegalBasis {
  CONSENT("your consent", "Art. 6(1)(a)"),
  CONTRACT("our contract with you", "Art. 6(1)(b)"),
  LEGAL_OBLIGATION("a legal obligation", "Art. 6(1)(c)"),
  LEGITIMATE_INTERESTS(
      "our legitimate interest in a safe, working and useful service", "Art. 6(1)(f)");

  private final String words;
  private final String article;

  LegalBasis(String words, String article) {
    this.words = words;
    this.article = article;
  }

  public String words() {
    return words;
  }

  /** The clause of the GDPR. */
  public String article() {
    return article;
  }
}
