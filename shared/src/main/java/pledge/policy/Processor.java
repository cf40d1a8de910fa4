package pledge.policy;

/** The third parties that process personal data for us (A§6, B§3), and AWS, on which we run. */
public enum Processor {
  AWS,
  STRIPE,
  CLOUDFLARE,
  GOOGLE,
  TWILIO,
  SENTRY
}
