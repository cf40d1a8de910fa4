package pledge.policy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The promises that a person could hold us to: each with the clauses it comes from, what makes it
 * true, and the data it is about. Code, tests and the public page know it by its {@link #id()}.
 *
 * <p>What each says stands in {@link ServicePromises} or {@link PersonPromises}.
 */
public enum Pledge {
  COLLECT_ACCOUNT(Group.COLLECTION, ServicePromises.COLLECT_ACCOUNT),
  NO_CARD_DATA(Group.COLLECTION, ServicePromises.NO_CARD_DATA),
  SERVER_LOGS(Group.COLLECTION, ServicePromises.SERVER_LOGS),
  API_METADATA(Group.COLLECTION, ServicePromises.API_METADATA),
  CONTENT_TEMPORARY(Group.COLLECTION, ServicePromises.CONTENT_TEMPORARY),

  ISOLATION(Group.ASSISTANT, ServicePromises.ISOLATION),
  STAFF_ACCESS(Group.ASSISTANT, ServicePromises.STAFF_ACCESS),
  ANONYMOUS_AGGREGATES(Group.ASSISTANT, ServicePromises.ANONYMOUS_AGGREGATES),
  ENCRYPTED_AT_REST(Group.ASSISTANT, ServicePromises.ENCRYPTED_AT_REST),
  ENCRYPTED_IN_TRANSIT(Group.ASSISTANT, ServicePromises.ENCRYPTED_IN_TRANSIT),
  NO_TRAINING(Group.ASSISTANT, ServicePromises.NO_TRAINING),

  PURPOSE_LIMITS(Group.USE_AND_SHARING, ServicePromises.PURPOSE_LIMITS),
  NO_SALE(Group.USE_AND_SHARING, ServicePromises.NO_SALE),
  PROCESSORS(Group.USE_AND_SHARING, ServicePromises.PROCESSORS),
  SMS_OPT_IN(Group.USE_AND_SHARING, ServicePromises.SMS_OPT_IN),
  LEGAL_HOLD(Group.USE_AND_SHARING, ServicePromises.LEGAL_HOLD),
  SERVICE_MESSAGES(Group.USE_AND_SHARING, ServicePromises.SERVICE_MESSAGES),
  ABUSE_AND_INCIDENTS(Group.USE_AND_SHARING, ServicePromises.ABUSE_AND_INCIDENTS),

  ACCOUNT_30D(Group.RETENTION_AND_DELETION, PersonPromises.ACCOUNT_30D),
  LOGS_30D(Group.RETENTION_AND_DELETION, PersonPromises.LOGS_30D),
  CONTENT_24H(Group.RETENTION_AND_DELETION, PersonPromises.CONTENT_24H),
  ANALYTICS_13M(Group.RETENTION_AND_DELETION, PersonPromises.ANALYTICS_13M),
  BILLING_7Y(Group.RETENTION_AND_DELETION, PersonPromises.BILLING_7Y),
  CANCEL_DEPROVISIONS(Group.RETENTION_AND_DELETION, PersonPromises.CANCEL_DEPROVISIONS),
  ERASE_EVERYWHERE(Group.RETENTION_AND_DELETION, PersonPromises.ERASE_EVERYWHERE),

  RIGHT_ACCESS(Group.RIGHTS, PersonPromises.RIGHT_ACCESS),
  RIGHT_CORRECTION(Group.RIGHTS, PersonPromises.RIGHT_CORRECTION),
  RIGHT_DELETION(Group.RIGHTS, PersonPromises.RIGHT_DELETION),
  RIGHT_PORTABILITY(Group.RIGHTS, PersonPromises.RIGHT_PORTABILITY),
  RIGHT_OPT_OUT(Group.RIGHTS, PersonPromises.RIGHT_OPT_OUT),
  RIGHTS_DEADLINE(Group.RIGHTS, PersonPromises.RIGHTS_DEADLINE),

  ESSENTIAL_COOKIES(Group.CONDUCT, PersonPromises.ESSENTIAL_COOKIES),
  HASHED_SECRETS(Group.CONDUCT, PersonPromises.HASHED_SECRETS),
  ADULTS_ONLY(Group.CONDUCT, PersonPromises.ADULTS_ONLY),
  POLICY_CHANGES(Group.CONDUCT, PersonPromises.POLICY_CHANGES),
  TRANSFERS(Group.CONDUCT, PersonPromises.TRANSFERS),
  ACCESS_CONTROLS(Group.CONDUCT, PersonPromises.ACCESS_CONTROLS);

  /** What kind of promise it is; the sections of the public page. */
  public enum Group {
    COLLECTION("Collection"),
    ASSISTANT("The assistant"),
    USE_AND_SHARING("Use and sharing"),
    RETENTION_AND_DELETION("Retention and deletion"),
    RIGHTS("Rights"),
    CONDUCT("Conduct");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    public String title() {
      return title;
    }
  }

  private final String id;
  private final Group group;

  /** Complete before the constant is made, and changed by nobody after. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Promise promise;

  Pledge(Group group, Promise promise) {
    this.id = name().toLowerCase(Locale.ROOT).replace('_', '-');
    this.group = group;
    this.promise = promise;
  }

  /** Stable, as in {@code content-24h}. */
  public String id() {
    return id;
  }

  public Group group() {
    return group;
  }

  /** What the policies say, in their own words. */
  public List<Quote> quotes() {
    return List.copyOf(promise.quotes);
  }

  /** What makes it true, in plain words. */
  public String enforcement() {
    return promise.enforcement;
  }

  /** The categories that it is about. */
  public Set<Category> categories() {
    return promise.categories;
  }

  /** The pledge of that id. */
  public static Optional<Pledge> byId(String id) {
    for (var pledge : values()) {
      if (pledge.id.equals(id)) {
        return Optional.of(pledge);
      }
    }
    return Optional.empty();
  }
}
