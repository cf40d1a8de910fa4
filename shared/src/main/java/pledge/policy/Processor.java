package pledge.policy;

/**
 * The third parties that process personal data for us (A§6, B§3). Which fields each of them sees is
 * derived from the categories ({@link Category#seenBy}). AWS is our counterpart for what B§3 names
 * Supabase (database, authentication), Vercel (hosting) and Upstash (rate limiting).
 */
public enum Processor {
  AWS(
      "AWS",
      "Amazon Web Services, Inc.",
      "hosting, database, keys and mail",
      "the region that the service is deployed to",
      "a data processing addendum with Standard Contractual Clauses; EU-U.S. Data Privacy"
          + " Framework",
      "https://aws.amazon.com/privacy/",
      "https://aws.amazon.com/compliance/gdpr-center/",
      false),
  STRIPE(
      "Stripe",
      "Stripe, Inc.",
      "payment processing, on pages of its own",
      "United States",
      "EU-U.S. Data Privacy Framework, and Standard Contractual Clauses where it does not apply",
      "https://stripe.com/privacy",
      "https://stripe.com/legal/dpa",
      false),
  CLOUDFLARE(
      "Cloudflare",
      "Cloudflare, Inc.",
      "the environment that an AI assistant runs in",
      "United States and Cloudflare's global network",
      "EU-U.S. Data Privacy Framework, and Standard Contractual Clauses where it does not apply",
      "https://www.cloudflare.com/privacypolicy/",
      "https://www.cloudflare.com/cloudflare-customer-dpa/",
      false),
  GOOGLE(
      "Google",
      "Google LLC",
      "signing in with Google, for those who choose it; Google decides for itself what it does"
          + " there",
      "United States",
      "EU-U.S. Data Privacy Framework",
      "https://policies.google.com/privacy",
      "https://policies.google.com/privacy/frameworks",
      true),
  TWILIO(
      "Twilio",
      "Twilio Inc.",
      "text messages and the verification of phone numbers, for those who turn them on",
      "United States",
      "EU-U.S. Data Privacy Framework, and binding corporate rules or Standard Contractual Clauses"
          + " where it does not apply",
      "https://www.twilio.com/en-us/legal/privacy",
      "https://www.twilio.com/en-us/legal/data-protection-addendum",
      true),
  SENTRY(
      "Sentry",
      "Functional Software, Inc.",
      "error monitoring without personal data; off unless it is set up",
      "United States",
      "EU-U.S. Data Privacy Framework, and Standard Contractual Clauses where it does not apply",
      "https://sentry.io/privacy/",
      "https://sentry.io/legal/dpa/",
      true);

  private final String shortName;
  private final String company;
  private final String service;
  private final String country;
  private final String safeguard;
  private final String privacyPolicy;
  private final String terms;
  private final boolean optional;

  Processor(
      String shortName,
      String company,
      String service,
      String country,
      String safeguard,
      String privacyPolicy,
      String terms,
      boolean optional) {
    this.shortName = shortName;
    this.company = company;
    this.service = service;
    this.country = country;
    this.safeguard = safeguard;
    this.privacyPolicy = privacyPolicy;
    this.terms = terms;
    this.optional = optional;
  }

  /** As people know it. */
  public String shortName() {
    return shortName;
  }

  /** Who the contract is with. */
  public String company() {
    return company;
  }

  /** What it does for us. */
  public String service() {
    return service;
  }

  /** Where it processes the data. */
  public String country() {
    return country;
  }

  /** What makes the transfer lawful (GDPR Art. 44 to 46). */
  public String safeguard() {
    return safeguard;
  }

  /** The address of its privacy policy. */
  public String privacyPolicy() {
    return privacyPolicy;
  }

  /** The address of its data protection terms. */
  public String terms() {
    return terms;
  }

  /** Whether nothing is sent to it unless the person, or for Sentry the operator, turns it on. */
  public boolean optional() {
    return optional;
  }
}
