package pledge.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The kinds of data that we hold: each says in one place all that depends on it. What is stored,
 * sealed, exported, erased, kept and told to the public is derived from here.
 *
 * <p>One constant a kind; its declaration stands in {@link AccountCategories}, {@link
 * ServiceCategories} or {@link ConductCategories}.
 */
public enum Category {
  ACCOUNT(AccountCategories.ACCOUNT),
  SIGN_UP(AccountCategories.SIGN_UP),
  CREDENTIAL(AccountCategories.CREDENTIAL),
  IDENTITY(AccountCategories.IDENTITY),
  SESSION(AccountCategories.SESSION),
  LINK(AccountCategories.LINK),
  PHONE(AccountCategories.PHONE),
  ORGANISATION(AccountCategories.ORGANISATION),
  MEMBERSHIP(AccountCategories.MEMBERSHIP),
  CONSENT(AccountCategories.CONSENT),
  LOOKUP(AccountCategories.LOOKUP),
  SUBJECT_KEY(AccountCategories.SUBJECT_KEY),

  ASSISTANT(ServiceCategories.ASSISTANT),
  SUBSCRIPTION(ServiceCategories.SUBSCRIPTION),
  OPEN_TASK(ServiceCategories.OPEN_TASK),
  BILLING_RECORD(ServiceCategories.BILLING_RECORD),
  METER_LEDGER(ServiceCategories.METER_LEDGER),
  API_KEY(ServiceCategories.API_KEY),
  API_REQUEST_LOG(ServiceCategories.API_REQUEST_LOG),
  REQUEST_CONTENT(ServiceCategories.REQUEST_CONTENT),
  USAGE_ANALYTICS(ServiceCategories.USAGE_ANALYTICS),
  USAGE_AGGREGATE(ServiceCategories.USAGE_AGGREGATE),
  SERVER_LOG(ServiceCategories.SERVER_LOG),

  SECURITY_EVENT(ConductCategories.SECURITY_EVENT),
  SIGN_IN_THROTTLE(ConductCategories.SIGN_IN_THROTTLE),
  RATE_LIMIT(ConductCategories.RATE_LIMIT),
  NOTICE(ConductCategories.NOTICE),
  MAILING(ConductCategories.MAILING),
  TEXT_MESSAGE(ConductCategories.TEXT_MESSAGE),
  REMOTE_COPY(ConductCategories.REMOTE_COPY),
  PRIVACY_REQUEST(ConductCategories.PRIVACY_REQUEST),
  OPEN_REQUEST(ConductCategories.OPEN_REQUEST),
  EXPORT(ConductCategories.EXPORT),
  ERASURE_RECEIPT(ConductCategories.ERASURE_RECEIPT),
  SUPPORT_GRANT(ConductCategories.SUPPORT_GRANT),
  STAFF_ACCESS(ConductCategories.STAFF_ACCESS),
  LEGAL_HOLD(ConductCategories.LEGAL_HOLD),
  MINOR_REPORT(ConductCategories.MINOR_REPORT),
  INCIDENT(ConductCategories.INCIDENT),
  PLEDGE_CHECK(ConductCategories.PLEDGE_CHECK),
  PROVIDER_EVENT(ConductCategories.PROVIDER_EVENT);

  /** Complete before the constant is made, and changed by nobody after. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Declaration declaration;

  Category(Declaration declaration) {
    this.declaration = declaration;
  }

  /** What it is, in plain words, to the person it is about. */
  public String words() {
    return declaration.words;
  }

  /** The clauses of the two policies that it comes from. */
  public SortedSet<Clause> clauses() {
    return declaration.clauses;
  }

  /** Whom it concerns. */
  public Set<Audience> audiences() {
    return declaration.audiences;
  }

  /** All that it may be used for; a read names one of them. */
  public Set<Purpose> purposes() {
    return declaration.purposes;
  }

  /** Why we may have it at all. */
  public LegalBasis legalBasis() {
    return declaration.basis();
  }

  /**
   * Why we may use it for that purpose: what has a basis of its own, such as security or consent,
   * keeps it; what follows from the contract follows from what the category itself rests on.
   */
  public LegalBasis legalBasis(Purpose purpose) {
    return switch (purpose.basis()) {
      case CONTRACT -> legalBasis();
      case CONSENT, LEGAL_OBLIGATION, LEGITIMATE_INTERESTS -> purpose.basis();
    };
  }

  public RetentionPeriod retention() {
    return declaration.retention();
  }

  public Table table() {
    return declaration.table();
  }

  public OwnerPath ownerPath() {
    return declaration.ownerPath();
  }

  public AtErasure atErasure() {
    return declaration.atErasure;
  }

  /**
   * Why no legal hold can pause its deletion; empty where one can: what is a person's own, and kept
   * until the person is erased.
   */
  public Optional<String> whyNotHeld() {
    if (this == SUBJECT_KEY || this == PRIVACY_REQUEST) {
      return Optional.of("stays by itself for as long as an erasure waits");
    }
    if (atErasure() instanceof AtErasure.Kept) {
      return Optional.of("is kept through an erasure in any case");
    }
    if (!(ownerPath() instanceof OwnerPath.Partition)) {
      return Optional.of("is not among a person's own records");
    }
    return retention().from() == RetentionPeriod.From.ERASURE_REQUEST
            && retention().epoch().isEmpty()
        ? Optional.empty()
        : Optional.of("ends on its date, for everybody");
  }

  /** Why it is not in an export; empty where it is. */
  public Optional<String> whyNotExported() {
    return Optional.ofNullable(declaration.whyNotExported);
  }

  public List<Field> fields() {
    return declaration.fields;
  }

  /** What processors hold of it in their own systems. */
  public List<Holding> holdings() {
    return declaration.holdings;
  }

  /** The processors that are sent a field of it. */
  public SortedSet<Processor> seenBy() {
    var all = new TreeSet<Processor>();
    for (var field : declaration.fields) {
      all.addAll(field.seenBy());
    }
    return all;
  }

  /** Which key its sealed fields are under. */
  public KeyScheme keyScheme() {
    var nothingSealed =
        declaration.fields.stream().allMatch(field -> field.protection() == Field.Protection.CLEAR);
    if (nothingSealed) {
      return KeyScheme.NONE;
    }
    return declaration.retention().epoch().isPresent()
        ? KeyScheme.SUBJECT_AND_EPOCH
        : KeyScheme.SUBJECT;
  }

  /** Whether it says anything about a person. */
  public boolean personal() {
    return !(declaration.ownerPath() instanceof OwnerPath.Impersonal);
  }

  /**
   * The declared field of that name.
   *
   * @throws IllegalArgumentException where the category declares none
   */
  public Field field(String name) {
    for (var field : declaration.fields) {
      if (field.name().equals(name)) {
        return field;
      }
    }
    throw new IllegalArgumentException(this + " declares no field " + name);
  }
}
