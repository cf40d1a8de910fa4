package pledge.policy;

import static pledge.policy.Audience.ASSISTANT_CUSTOMERS;
import static pledge.policy.Audience.DEVELOPERS;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What data may be used for (A§4, B§2); a read names one, and an unlisted one is refused. */
public enum Purpose {
  ACCOUNT("to create and manage your account", LegalBasis.CONTRACT),
  AUTHENTICATION("to sign you in and keep you signed in", LegalBasis.CONTRACT),
  ASSISTANT(
      "to provision and maintain your AI assistant", LegalBasis.CONTRACT, ASSISTANT_CUSTOMERS),
  API_SERVICE("to provide and maintain our API services", LegalBasis.CONTRACT, DEVELOPERS),
  BILLING("to process payments and manage your subscription", LegalBasis.CONTRACT),
  SERVICE_MESSAGES(
      "to send you service messages, such as password resets and billing notices",
      LegalBasis.CONTRACT),
  /** Not for customers of the assistant: A§4 lists its purposes "solely". */
  MARKETING("to send you news, if you asked for them", LegalBasis.CONSENT, DEVELOPERS),
  SECURITY(
      "to detect, prevent and respond to abuse, fraud and security incidents",
      LegalBasis.LEGITIMATE_INTERESTS),
  OPERATIONS("to keep the service running and find its faults", LegalBasis.LEGITIMATE_INTERESTS),
  SUPPORT("to give you the support that you asked for", LegalBasis.CONTRACT),
  IMPROVEMENT(
      "to improve our services from figures that identify nobody", LegalBasis.LEGITIMATE_INTERESTS),
  /** What the consent of that name is about. No category lists it: nothing reads data for it. */
  TRAINING("to train models, if you explicitly opted in", LegalBasis.CONSENT, DEVELOPERS),
  LEGAL_DUTY("to comply with the law", LegalBasis.LEGAL_OBLIGATION),
  RIGHTS("to answer your privacy requests", LegalBasis.LEGAL_OBLIGATION);

  private final String words;
  private final LegalBasis basis;
  private final @Nullable Audience only;

  Purpose(String words, LegalBasis basis) {
    this(words, basis, null);
  }

  Purpose(String words, LegalBasis basis, @Nullable Audience only) {
    this.words = words;
    this.basis = basis;
    this.only = only;
  }

  /** The purpose in plain words, beginning with "to". */
  public String words() {
    return words;
  }

  /** Its usual legal basis; {@link Category#legalBasis(Purpose)} has the one for a category. */
  public LegalBasis basis() {
    return basis;
  }

  /** Whose data may be used for it. */
  public Set<Audience> audiences() {
    return only == null ? Set.of(Audience.values()) : Set.of(only);
  }
}
