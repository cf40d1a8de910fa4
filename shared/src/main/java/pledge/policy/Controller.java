package pledge.policy;

/** Who answers for the data (GDPR Art. 4(7)): the operator that both policies name (B§10). */
public final class Controller {
  public static final String NAME = "Assisters, LLC";
  public static final String ADDRESS =
      "1111B S Governors Ave STE 44806, Dover, DE 19904, United States";

  /** For questions about privacy, and for whoever cannot use the dashboard. */
  public static final String EMAIL = "legal@assisters.io";

  private Controller() {}
}
