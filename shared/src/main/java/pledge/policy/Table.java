package pledge.policy;

/** The tables, by what must outlive what: backup and end of life are properties of a table. */
public enum Table {
  SUBJECTS("subjects", "account data", 7),
  SUBJECT_KEYS("subject-keys", "people's keys", 7),
  EPOCH_KEYS("epoch-keys", "the keys of hours, days and months", 0),
  ACTIVITY("activity", "logs and counters", 0),
  USAGE("usage", "usage analytics", 7),
  BILLING("billing", "billing records", 35),
  AUDIT("audit", "the audit", 35);

  private final String id;
  private final String words;
  private final int backupDays;

  Table(String id, String words, int backupDays) {
    this.id = id;
    this.words = words;
    this.backupDays = backupDays;
  }

  /**
   * The table's name in the field's terms; part of what a ciphertext is bound to, so it never
   * changes.
   */
  public String id() {
    return id;
  }

  /** What it holds, in plain words. */
  public String words() {
    return words;
  }

  /** Days that point-in-time recovery reaches back; 0 where a backup would outlive the period. */
  public int backupDays() {
    return backupDays;
  }

  /** The environment variable that holds the deployed table's name. */
  public String setting() {
    return name() + "_TABLE";
  }

  /** The table's logical id in {@code template.yaml}. */
  public String resource() {
    var words = new StringBuilder();
    for (var word : id.split("-", -1)) {
      words.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
    }
    return words.append("Table").toString();
  }
}
