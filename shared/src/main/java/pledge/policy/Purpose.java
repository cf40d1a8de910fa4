package pledge.policy;

/** What data may be used for (A§4, B§2); a read names one, and an unlisted one is refused. */
public enum Purpose {
  ACCOUNT("to create and manage your account"),
  AUTHENTICATION("to sign you in and keep you signed in"),
  ASSISTANT("to provision and maintain your AI assistant"),
  API_SERVICE("to provide and maintain our API services"),
  BILLING("to process payments and manage your subscription"),
  SERVICE_MESSAGES("to send you service messages, such as password resets and billing notices"),
  MARKETING("to send you news, if you asked for them"),
  SECURITY("to detect, prevent and respond to abuse, fraud and security incidents"),
  OPERATIONS("to keep the service running and find its faults"),
  SUPPORT("to give you the support that you asked for"),
  IMPROVEMENT("to improve our services from figures that identify nobody"),
  TRAINING("to train models, if you explicitly opted in"),
  LEGAL_DUTY("to comply with the law"),
  RIGHTS("to answer your privacy requests");

  private final String words;

  Purpose(String words) {
    this.words = words;
  }

  /** The purpose in plain words, beginning with "to". */
  public String words() {
    return words;
  }
}
