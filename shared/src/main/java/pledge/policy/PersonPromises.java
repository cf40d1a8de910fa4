package pledge.policy;

import static pledge.policy.Clause.a;
import static pledge.policy.Clause.b;
import static pledge.policy.Promise.keptBy;

/** What we promise to a person: retention and deletion, rights, and our conduct. */
final class PersonPromises {
  // Retention and deletion

  static final Promise ACCOUNT_30D =
      keptBy(
              "Account data is kept while the account is active. An erasure is finished, keys and"
                  + " backups included, within 30 days of the request, or one calendar month if"
                  + " that is shorter.")
          .as(b(4), "Account data: Until account deletion + 30 days")
          .as(a(7), "We retain your account information for as long as your account is active.")
          .about(
              Category.ACCOUNT,
              Category.CREDENTIAL,
              Category.IDENTITY,
              Category.SESSION,
              Category.PHONE,
              Category.ORGANISATION,
              Category.MEMBERSHIP,
              Category.CONSENT,
              Category.SUBSCRIPTION,
              Category.API_KEY,
              Category.LOOKUP,
              Category.SUBJECT_KEY);

  static final Promise LOGS_30D =
      keptBy(
              "Logs are sealed under keys of a day, which are destroyed on time, so that all of"
                  + " that day is unreadable at once; the records are deleted after that.")
          .as(b(4), "API request logs: 30 days")
          .about(Category.API_REQUEST_LOG, Category.SERVER_LOG, Category.SECURITY_EVENT);

  static final Promise CONTENT_24H =
      keptBy(
              "Request content is sealed under keys of an hour, which are destroyed on time, so"
                  + " that all of that hour is unreadable at once; the records are deleted after"
                  + " that.")
          .as(b(4), "Request content: 24 hours (for debugging)")
          .about(Category.REQUEST_CONTENT);

  static final Promise ANALYTICS_13M =
      keptBy(
              "Usage analytics are sealed under keys of a month, which are destroyed on time; the"
                  + " records are deleted after that.")
          .as(b(4), "Usage analytics: 13 months")
          .about(Category.USAGE_ANALYTICS, Category.METER_LEDGER, Category.USAGE_AGGREGATE);

  static final Promise BILLING_7Y =
      keptBy(
              "Billing records stand in a table of their own under a random id, without any"
                  + " personal field, and are deleted after 7 years.")
          .as(b(4), "Billing records: 7 years (legal requirement)")
          .as(
              a(7),
              "Account information (name, email) is retained for a reasonable period to support"
                  + " billing records and legal obligations, after which it is deleted.")
          .about(Category.BILLING_RECORD);

  static final Promise CANCEL_DEPROVISIONS =
      keptBy(
              "The end of the subscription deletes the assistant and all that it stores. A payment"
                  + " that failed has a time of grace, with messages first.")
          .as(
              a(7),
              "If you cancel your subscription, your AI assistant instance and its associated data"
                  + " are deprovisioned and deleted.")
          .about(Category.ASSISTANT, Category.SUBSCRIPTION, Category.PROVIDER_EVENT);

  static final Promise ERASE_EVERYWHERE =
      keptBy(
              "One process erases at every processor and in every table, tries again until each has"
                  + " confirmed, and ends with a signed receipt that also lists what copy remains"
                  + " where, and until when.")
          .as(
              a(8),
              "we will delete your account, deprovision your assistant, and remove your data from"
                  + " our systems within 30 days.")
          .aboutAllThatIsPersonal();

  // Rights

  static final Promise RIGHT_ACCESS =
      keptBy("All that is held about a person is in their dashboard, in words, and in a file.")
          .as(b(6), "Access: Request a copy of your data")
          .aboutAllThatIsExported();

  static final Promise RIGHT_CORRECTION =
      keptBy(
              "Name, e-mail address, phone number, organisation and settings can be corrected; a"
                  + " new address or number is verified first.")
          .as(b(6), "Correction: Update inaccurate information")
          .about(
              Category.ACCOUNT,
              Category.PHONE,
              Category.ORGANISATION,
              Category.API_KEY,
              Category.ASSISTANT);

  static final Promise RIGHT_DELETION =
      keptBy(
              "A button in the dashboard, which needs a recent sign-in, or a mail that the person"
                  + " then confirms by a link. It can be taken back for 14 days, or for as many of"
                  + " them as a late confirmation leaves.")
          .as(b(6), "Deletion: Request deletion of your data")
          .as(a(8), "You may request deletion of your account and all associated data at any time")
          .about(Category.PRIVACY_REQUEST, Category.ERASURE_RECEIPT, Category.LINK);

  static final Promise RIGHT_PORTABILITY =
      keptBy(
              "The export is a ZIP of JSON and CSV with a published JSON Schema, and an index that"
                  + " can be read in a browser.")
          .as(b(6), "Portability: Export your data in a portable format")
          .aboutAllThatIsExported();

  static final Promise RIGHT_OPT_OUT =
      keptBy("One switch, and one click in the mail itself (RFC 8058).")
          .as(b(6), "Opt-out: Unsubscribe from marketing communications")
          .about(Category.CONSENT, Category.ACCOUNT);

  static final Promise RIGHTS_DEADLINE =
      keptBy(
              "Each request has a due date that the person and our staff see, and an alarm before"
                  + " it is missed.")
          .as(
              b(6),
              "To exercise these rights, contact us at legal@assisters.io or use the settings in"
                  + " your dashboard.")
          .about(Category.PRIVACY_REQUEST, Category.OPEN_REQUEST);

  // Conduct

  static final Promise ESSENTIAL_COOKIES =
      keptBy(
              "Our cookies sign people in and keep them signed in. No page makes a request to a"
                  + " third party.")
          .as(
              a(10),
              "We use only essential cookies required for authentication and session management. We"
                  + " do not use tracking cookies, advertising cookies, or any third-party"
                  + " analytics cookies.")
          .as(
              b(7),
              "We do not use tracking cookies or third-party advertising cookies on the developer"
                  + " platform.")
          .about(Category.SESSION);

  static final Promise HASHED_SECRETS =
      keptBy(
              "Passwords are hashed with Argon2id and hashed anew when its parameters are raised."
                  + " API keys are kept as a hash, and shown once.")
          .as(b(1), "Password (securely hashed)")
          .as(b(5), "API key hashing and secure storage")
          .about(
              Category.CREDENTIAL,
              Category.SIGN_UP,
              Category.API_KEY,
              Category.SESSION,
              Category.LINK);

  static final Promise ADULTS_ONLY =
      keptBy(
              "Sign-up asks for the statement to be 18 or older. The report of a minor leads to an"
                  + " erasure without the 14 days.")
          .as(a(11), "Aiko is not intended for use by individuals under the age of 18.")
          .as(
              a(11),
              "If you believe a child has provided us with personal information, please contact us"
                  + " and we will delete it.")
          .about(Category.SIGN_UP, Category.CONSENT, Category.MINOR_REPORT);

  static final Promise POLICY_CHANGES =
      keptBy(
              "Policies have versions. A material change is mailed to every account and shown on"
                  + " the dashboard, once each; whoever accepts a policy, the version and the hash"
                  + " of its text are recorded.")
          .as(
              a(12),
              "We will notify you of material changes by email or by posting a notice on our"
                  + " website.")
          .as(b(9), "We will notify you of material changes via email or dashboard notification.")
          .about(Category.CONSENT, Category.NOTICE, Category.MAILING);

  static final Promise TRANSFERS =
      keptBy(
              "The processor register names each processor's country and safeguard. The region of"
                  + " our own data is a parameter of the deployment.")
          .as(
              b(8),
              "We implement appropriate safeguards for international transfers, including Standard"
                  + " Contractual Clauses where required.")
          .aboutAllThatIsSent();

  static final Promise ACCESS_CONTROLS =
      keptBy(
              "Each function may do only what it needs, on exactly the tables and keys that it"
                  + " needs. Alarms watch them, and every change is checked before it is deployed.")
          .as(b(5), "Access controls and monitoring")
          .as(b(5), "Regular security audits")
          .aboutEverything();

  private PersonPromises() {}
}
