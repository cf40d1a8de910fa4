package pledge.policy;

/** The tables, by what must outlive what: backup and end of life are properties of a table. */
public enum Table {
  SUBJECTS("subjects", 7),
  SUBJECT_KEYS("subject-keys", 7),
  EPOCH_KEYS("epoch-keys", 0),
  ACTIVITY("activity", 0),
  USAGE("usage", 7),
  BILLING("billing", 35),
  AUDIT("audit", 35);

  private final String id;
  private final int backupDays;

  Table(String id, int backupDays) {
    this.id = id;
    this.backupDays = backupDays;
  }

  /**
   * The table's name in the field's terms; part of what a ciphertext is bound to, so it never
   * changes.
   */
  public String id() {
    return id;
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
