package pledge.functions;

import java.util.stream.Stream;
import pledge.local.Options;

/**
 * A machine in memory that hashes passwords as weakly as is allowed: no test waits for strength,
 * nor for the daily audits that a moved clock makes up for.
 */
final class QuickHashes {
  private QuickHashes() {}

  static Options options(String... more) {
    var functions =
        Stream.concat(
            Stream.of(
                "SignupFunction",
                "SessionFunction",
                "AccountFunction",
                "AssistantFunction",
                "BillingFunction",
                "NoticeFunction",
                "PageFunction",
                "PledgesFunction",
                "PrivacyRequestFunction",
                "ExportPartFunction",
                "StaffRequestFunction",
                "IncidentFunction",
                "LegalHoldFunction",
                "StripeWebhookFunction",
                "SupportAccessFunction",
                "SupportReadFunction",
                "UsageFunction"),
            Stream.of(more));
    return Options.inMemory()
        .withParameter("Argon2MemoryKib", "19456")
        .withParameter("Argon2Iterations", "2")
        .withFunctions(functions.toArray(String[]::new));
  }
}
