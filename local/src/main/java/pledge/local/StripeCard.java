package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The means of payment that are known here, by Stripe's own test numbers. What Stripe's objects say
 * of one is filled in completely, with digits that can be looked for: nobody else may keep any.
 */
public enum StripeCard {
  /** Pays whenever it is asked to. */
  GOOD("4242424242424242", "visa", "pays, now and at every renewal"),
  /** Pays once, and is declined from the next renewal on. */
  FAILS_LATER("4000000000000341", "visa", "pays now, and is declined at the next renewal"),
  /** Pays once, and wants its owner's confirmation (3-D Secure) from the next renewal on. */
  ASKS_LATER("4000002760003184", "visa", "pays now, and asks to be confirmed at the next renewal"),
  /** Pays, and its owner's bank wants it back at once. */
  DISPUTED("4000000000000259", "visa", "pays, and is disputed at once"),
  /** Is declined at once. */
  DECLINED("4000000000000002", "visa", "is declined at once"),
  /** No card but a bank account (SEPA direct debit); it pays. */
  BANK("DE89370400440532013000", "sepa_debit", "a bank account, which pays"),
  /** A bank account in the United States (ACH direct debit); it pays. */
  US_BANK("000123456789", "us_bank_account", "a bank account in the US, which pays");

  private static final String BANK_CODE = "37040044";
  private static final String BRANCH_CODE = "NXD4242";
  private static final String ROUTING_NUMBER = "110000000";

  private final String digits;
  private final String brand;
  private final String effect;

  StripeCard(String digits, String brand, String effect) {
    this.digits = digits;
    this.brand = brand;
    this.effect = effect;
  }

  /** What a person types on a hosted page. */
  public String digits() {
    return digits;
  }

  /** All that Stripe's objects say of cards and bank accounts here: to be found nowhere else. */
  public static List<String> traces() {
    return Arrays.stream(values())
        .flatMap(
            card ->
                Stream.concat(
                    Stream.of(card.digits, card.last4(), card.fingerprint()),
                    switch (card) {
                      case BANK -> Stream.of(BANK_CODE, BRANCH_CODE);
                      case US_BANK -> Stream.of(ROUTING_NUMBER);
                      case GOOD, FAILS_LATER, ASKS_LATER, DISPUTED, DECLINED ->
                          Stream.of(card.transaction(), card.authorization());
                    }))
        .distinct()
        .toList();
  }

  String effect() {
    return effect;
  }

  static Optional<StripeCard> ofDigits(String typed) {
    var bare = typed.replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT);
    return Arrays.stream(values()).filter(card -> card.digits.equals(bare)).findFirst();
  }

  /** By Stripe's names for test cards, such as {@code pm_card_visa} or {@code tok_visa}. */
  static Optional<StripeCard> ofTestName(String name) {
    return switch (name) {
      case "pm_card_visa", "tok_visa", "pm_card_mastercard", "tok_mastercard" -> Optional.of(GOOD);
      case "pm_card_chargeCustomerFail", "tok_chargeCustomerFail" -> Optional.of(FAILS_LATER);
      case "pm_card_threeDSecure2Required", "tok_threeDSecure2Required" -> Optional.of(ASKS_LATER);
      case "pm_card_createDispute", "pm_card_createDisputeInquiry", "tok_createDispute" ->
          Optional.of(DISPUTED);
      case "pm_card_chargeDeclined", "tok_chargeDeclined", "pm_card_visa_chargeDeclined" ->
          Optional.of(DECLINED);
      default -> Optional.empty();
    };
  }

  /** Which one an object of Stripe's is of. */
  static StripeCard of(ObjectNode paymentMethod) {
    var last4 = paymentMethod.path(paymentMethod.path("type").asText()).path("last4").asText();
    return Arrays.stream(values())
        .filter(card -> card.last4().equals(last4))
        .findFirst()
        .orElseThrow();
  }

  boolean isBank() {
    return this == BANK || this == US_BANK;
  }

  /** The {@code type} of a payment method. */
  String type() {
    return isBank() ? brand : "card";
  }

  /** What a payment method says of it. */
  ObjectNode details() {
    return switch (this) {
      case BANK -> bank();
      case US_BANK -> usBank();
      case GOOD, FAILS_LATER, ASKS_LATER, DISPUTED, DECLINED -> card();
    };
  }

  /** What a charge says of it. */
  ObjectNode chargeDetails() {
    var details = details();
    if (isBank()) {
      details.remove(List.of("financial_connections_account", "networks", "status_details"));
      return details
          .put("expected_debit_date", "2026-01-01")
          .put("mandate", "mandate_" + fingerprint())
          .put("payment_reference", "REFERENCE" + last4());
    }
    details.remove(List.of("display_brand", "generated_from", "networks", "three_d_secure_usage"));
    details
        .put("amount_authorized", 0)
        .put("authorization_code", authorization())
        .put("network", brand)
        .put("network_transaction_id", transaction())
        .put("transaction_link_id", transaction())
        .putNull("installments")
        .put("mandate", "mandate_" + fingerprint())
        .put("moto", false);
    details
        .putObject("three_d_secure")
        .put("transaction_id", transaction())
        .put("version", "2.2.0");
    details.putObject("network_token").put("used", false);
    for (var feature :
        List.of("extended_authorization", "incremental_authorization", "multicapture")) {
      details.putObject(feature).put("status", "unavailable");
    }
    details.putObject("overcapture").put("status", "unavailable");
    return details;
  }

  /** Where a refund goes. */
  ObjectNode refundDestination() {
    var type = this == US_BANK ? "us_bank_transfer" : type();
    var destination = Json.object().put("type", type);
    var details = destination.putObject(type);
    switch (this) {
      case BANK -> {}
      case US_BANK ->
          details.put("reference", "REFERENCE" + last4()).put("reference_status", "available");
      case GOOD, FAILS_LATER, ASKS_LATER, DISPUTED, DECLINED ->
          details
              .put("type", "refund")
              .put("reference", transaction())
              .put("reference_status", "available")
              .put("reference_type", "acquirer_reference_number");
    }
    return destination;
  }

  /** What a dispute says of it: all that it says is of cards. */
  ObjectNode disputeDetails() {
    var details = Json.object().put("type", "card");
    details
        .putObject("card")
        .put("brand", brand)
        .put("case_type", "chargeback")
        .put("network", brand)
        .put("network_reason_code", "10.4");
    return details;
  }

  private ObjectNode card() {
    var card =
        Json.object()
            .put("brand", brand)
            .put("country", "US")
            .put("description", "Visa Test " + last4())
            .put("display_brand", brand)
            .put("exp_month", 11)
            .put("exp_year", 2042)
            .put("fingerprint", fingerprint())
            .put("funding", "credit")
            .put("iin", digits.substring(0, 6))
            .put("issuer", "Test Bank " + last4())
            .put("last4", last4())
            .put("regulated_status", "unregulated");
    var read = card.deepCopy();
    card.putObject("generated_from")
        .putNull("charge")
        .putNull("setup_attempt")
        .putObject("payment_method_details")
        .put("type", "card_present")
        .set("card_present", read);
    card.putObject("checks")
        .put("address_line1_check", "pass")
        .put("address_postal_code_check", "pass")
        .put("cvc_check", "pass");
    card.putObject("networks").putNull("preferred").putArray("available").add(brand);
    card.putObject("three_d_secure_usage").put("supported", true);
    card.putObject("wallet").put("dynamic_last4", last4()).put("type", "link").putObject("link");
    return card;
  }

  private ObjectNode bank() {
    var bank =
        Json.object()
            .put("bank_code", BANK_CODE)
            .put("branch_code", BRANCH_CODE)
            .put("country", "DE")
            .put("fingerprint", fingerprint())
            .put("last4", last4());
    bank.putObject("generated_from").putNull("charge").putNull("setup_attempt");
    return bank;
  }

  private ObjectNode usBank() {
    var bank =
        Json.object()
            .put("account_holder_type", "individual")
            .put("account_type", "checking")
            .put("bank_name", "STRIPE TEST BANK")
            .put("financial_connections_account", "fca_" + fingerprint())
            .put("fingerprint", fingerprint())
            .put("last4", last4())
            .put("routing_number", ROUTING_NUMBER);
    bank.putObject("networks").put("preferred", "ach").putArray("supported").add("ach");
    bank.putObject("status_details")
        .putObject("blocked")
        .put("network_code", "R02")
        .put("reason", "bank_account_closed");
    return bank;
  }

  String last4() {
    return digits.substring(digits.length() - 4);
  }

  private String fingerprint() {
    return "FINGERPRINT" + digits.substring(digits.length() - 5);
  }

  private String transaction() {
    return "10" + digits.replaceAll("\\D", "").substring(0, 13);
  }

  String authorization() {
    return "A" + last4() + "Z";
  }
}
