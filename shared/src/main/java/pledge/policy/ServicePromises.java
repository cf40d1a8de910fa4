package pledge.policy;

import static pledge.policy.Clause.a;
import static pledge.policy.Clause.b;
import static pledge.policy.Promise.keptBy;

/** What we promise of the service: what it collects, the assistant, use and sharing. */
final class ServicePromises {
  // Collection

  static final Promise COLLECT_ACCOUNT =
      keptBy(
              "Sign-up asks for a name, an e-mail address and a password, or for Google instead of"
                  + " the password; developers may name an organisation. A request with any other"
                  + " field is refused.")
          .as(
              a(2),
              "Your name, email address, and authentication credentials (password or Google OAuth"
                  + " token).")
          .as(b(1), "Organization details (if applicable)")
          .about(
              Category.ACCOUNT,
              Category.SIGN_UP,
              Category.CREDENTIAL,
              Category.IDENTITY,
              Category.ORGANISATION);

  static final Promise NO_CARD_DATA =
      keptBy(
              "Cards and bank accounts are entered on Stripe's own pages. Of what Stripe tells us"
                  + " we keep a list of allowed fields, and no card or bank field is on it.")
          .as(
              a(2),
              "We do not store your credit card numbers or bank account details on our servers.")
          .as(b(1), "Payment information (processed by Stripe)")
          .about(Category.SUBSCRIPTION, Category.BILLING_RECORD, Category.METER_LEDGER);

  static final Promise SERVER_LOGS =
      keptBy(
              "Server logs are sealed, kept for 30 days, and readable for security and operations"
                  + " only, and for the person's own privacy requests.")
          .as(
              a(2),
              "Basic server logs including IP addresses, browser type, and access times for"
                  + " security and operational purposes.")
          .as(b(1), "IP addresses and user agent information")
          .about(Category.SERVER_LOG, Category.SECURITY_EVENT);

  static final Promise API_METADATA =
      keptBy("The API records these fields of each request, sealed, and no others.")
          .as(b(1), "API request metadata (timestamps, endpoints, status codes)")
          .as(b(1), "Token usage and billing data")
          .as(b(1), "Error logs for debugging purposes")
          .about(Category.API_REQUEST_LOG, Category.METER_LEDGER);

  static final Promise CONTENT_TEMPORARY =
      keptBy(
              "What is sent to the API is logged only while its owner has debugging on for the key;"
                  + " it is then sealed under a key that lasts an hour's data, and unreadable after"
                  + " 24 hours.")
          .as(
              b(1),
              "Content submitted through API requests (prompts, inputs) may be temporarily"
                  + " processed and logged for operational purposes.")
          .about(Category.REQUEST_CONTENT, Category.API_KEY);

  // The assistant

  static final Promise ISOLATION =
      keptBy(
              "Each customer's assistant is an environment of its own, with its own storage, its"
                  + " own token and its own key. What is encrypted for one customer does not open"
                  + " for another.")
          .as(
              a(3),
              "Your assistant runs in its own dedicated environment. Your data is not shared with,"
                  + " accessible to, or commingled with any other customer's data.")
          .about(Category.ASSISTANT);

  static final Promise STAFF_ACCESS =
      keptBy(
              "Staff read nothing without a grant that ends by itself: the customer's, or one for a"
                  + " stated reason that the customer is told of. Every read is written to a"
                  + " tamper-evident audit first, and the customer sees it.")
          .as(
              a(3),
              "We do not routinely access, read, review, or monitor the content of your"
                  + " conversations with your AI assistant.")
          .as(
              a(3),
              "our staff may access your assistant data when necessary to provide technical support"
                  + " you have requested, troubleshoot issues affecting your service, or comply"
                  + " with legal obligations.")
          .about(Category.SUPPORT_GRANT, Category.STAFF_ACCESS, Category.ASSISTANT);

  static final Promise ANONYMOUS_AGGREGATES =
      keptBy(
              "Aggregates carry no customer's id, and a figure over fewer than 20 customers is not"
                  + " released.")
          .as(
              a(3),
              "We may also use anonymized, aggregated data (which cannot identify you or any"
                  + " individual) to improve our products and services.")
          .about(Category.USAGE_ANALYTICS, Category.USAGE_AGGREGATE);

  static final Promise ENCRYPTED_AT_REST =
      keptBy(
              "All tables are encrypted under a key of ours; personal fields are sealed on top of"
                  + " that under a key of the customer's own.")
          .as(
              a(3),
              "Sensitive data stored in connection with your assistant, including authentication"
                  + " tokens and assistant configuration, is encrypted at rest using"
                  + " industry-standard encryption.")
          .as(a(9), "encryption at rest and in transit")
          .as(b(5), "Encryption of data at rest")
          .aboutAllThatIsSealed();

  static final Promise ENCRYPTED_IN_TRANSIT =
      keptBy(
              "There is no plain-HTTP endpoint. Connections to us negotiate TLS 1.3 with whoever"
                  + " speaks it, and our own connections to others refuse anything below TLS 1.2.")
          .as(
              a(3),
              "All communications between you and your assistant, and between our systems and"
                  + " third-party infrastructure providers, are encrypted using TLS.")
          .as(b(5), "Encryption of data in transit (TLS 1.3)")
          .aboutAllThatIsPersonal();

  static final Promise NO_TRAINING =
      keptBy(
              "No kind of data lists training among its purposes, so that nothing can be read for"
                  + " it. The choice of a developer to opt in is off until it is made, and recorded"
                  + " when it is made or taken back.")
          .as(
              a(3),
              "Your conversations, files, and any data processed by your assistant are never used"
                  + " to train, fine-tune, or improve AI models.")
          .as(
              b(1),
              "We do not use your API content to train our models unless you explicitly opt in.")
          .about(Category.ASSISTANT, Category.REQUEST_CONTENT, Category.CONSENT);

  // Use and sharing

  static final Promise PURPOSE_LIMITS =
      keptBy(
              "Each kind of data lists its purposes. Whatever reads it names one, and a purpose"
                  + " that is not on the list is refused and recorded.")
          .as(a(4), "We use the information we collect solely for the following purposes:")
          .as(b(2), "We use the information we collect to:")
          .aboutAllThatIsPersonal();

  static final Promise NO_SALE =
      keptBy(
              "Every call to a third party goes through an adapter that declares which fields it"
                  + " sends. A test compares what is really sent with that declaration.")
          .as(
              a(5),
              "We do not sell, rent, lease, or trade your personal information or your assistant"
                  + " data to any third party, for any reason, under any circumstances.")
          .as(
              a(6),
              "We share only the minimum information necessary for them to provide their respective"
                  + " services.")
          .aboutAllThatIsSent();

  static final Promise PROCESSORS =
      keptBy("The processor register is made from the declarations in the code, and is public.")
          .as(a(6), "We use the following third-party services to operate Aiko:")
          .as(b(3), "We share your information with:")
          .aboutAllThatIsSent();

  static final Promise SMS_OPT_IN =
      keptBy(
              "No phone number is asked for, or sent to Twilio, until the customer turns text"
                  + " messages on. STOP turns them off.")
          .as(a(6), "If you enable SMS, Twilio processes your phone number and message delivery.")
          .about(Category.PHONE, Category.TEXT_MESSAGE, Category.CONSENT);

  static final Promise LEGAL_HOLD =
      keptBy(
              "A hold names the kinds of data whose deletion it pauses, and pauses no other. It has"
                  + " an end date, needs two members of staff, and is in the audit.")
          .as(
              b(3),
              "We may disclose information if required by law, subpoena, or valid legal process.")
          .about(Category.LEGAL_HOLD);

  static final Promise SERVICE_MESSAGES =
      keptBy(
              "Each message about the service is sent once. News are sent to nobody who has not"
                  + " asked for them.")
          .as(
              a(4),
              "To send you service-related communications (e.g., password resets, billing notices,"
                  + " service disruptions).")
          .as(b(2), "Send service notifications and updates")
          .about(Category.NOTICE, Category.TEXT_MESSAGE, Category.LINK);

  static final Promise ABUSE_AND_INCIDENTS =
      keptBy(
              "Sign-in slows down after failed attempts, every public route has a rate limit,"
                  + " security events are recorded, an incident starts a clock of 72 hours, and each"
                  + " person whom it touched is told.")
          .as(a(4), "To detect, prevent, and respond to security incidents.")
          .as(b(2), "Monitor and enforce rate limits")
          .as(b(2), "Detect and prevent abuse, fraud, and security incidents")
          .about(
              Category.SECURITY_EVENT,
              Category.SIGN_IN_THROTTLE,
              Category.RATE_LIMIT,
              Category.INCIDENT);

  private ServicePromises() {}
}
