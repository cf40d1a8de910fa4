package pledge.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CategoryTest {
  private static final Pattern CARD_OR_BANK =
      Pattern.compile(
          "card|pan|cvc|cvv|iban|bic|swift|bank|routing|sort.?code|account.?number|last.?4"
              + "|last.?four|expiry|exp.?month|exp.?year|fingerprint",
          Pattern.CASE_INSENSITIVE);

  @ParameterizedTest
  @EnumSource
  void saysWhatItIsInWords(Category category) {
    assertThat(category.words()).isNotBlank().doesNotEndWith(".");
  }

  @ParameterizedTest
  @EnumSource
  void comesFromAClause(Category category) {
    assertThat(category.clauses()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void concernsSomebody(Category category) {
    assertThat(category.audiences()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("purpose-limits: lists its purposes")
  void listsItsPurposes(Category category) {
    assertThat(category.purposes()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("purpose-limits: rests on the legal basis of at least one of its purposes")
  void restsOnTheBasisOfAPurpose(Category category) {
    assertThat(category.purposes())
        .extracting(category::legalBasis)
        .contains(category.legalBasis());
  }

  @ParameterizedTest
  @EnumSource
  void declaresItsFieldsOnceEachAndInWords(Category category) {
    assertThat(category.fields()).isNotEmpty().extracting(Field::name).doesNotHaveDuplicates();
    assertThat(category.fields())
        .allSatisfy(
            field -> {
              assertThat(field.name()).matches("[a-z][a-zA-Z0-9]*");
              assertThat(field.words()).isNotBlank().doesNotEndWith(".");
            });
  }

  @ParameterizedTest
  @EnumSource
  void declaresNoFieldThatTheStoreNeedsForItself(Category category) {
    assertThat(category.fields()).extracting(Field::name).doesNotContain("pk", "sk", "expiresAt");
  }

  @ParameterizedTest
  @EnumSource
  void isKeptForAPeriodThatSaysHowLong(Category category) {
    assertThat(category.retention().words()).isNotBlank();
    assertThat(category.retention().code()).isNotBlank();
  }

  @Test
  void nothingThatAPromiseHangsOnIsAssumed() {
    var declaration = Declaration.declare("a kind of data");

    for (var asked :
        List.<ThrowingCallable>of(
            declaration::basis,
            declaration::retention,
            declaration::table,
            declaration::ownerPath)) {
      assertThatThrownBy(asked)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageEndingWith("is declared of: a kind of data");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("erase-everywhere: is reached from its subject, or is no more than a day's counter")
  void isReachedFromItsSubject(Category category) {
    switch (category.ownerPath()) {
      case OwnerPath.Partition() -> assertThat(category.personal()).isTrue();
      case OwnerPath.Pseudonym() -> assertThat(category.keyScheme()).isEqualTo(KeyScheme.NONE);
      case OwnerPath.BlindIndex(var field) -> {
        assertThat(field).isNotBlank();
        assertThat(category.keyScheme()).isEqualTo(KeyScheme.NONE);
      }
      case OwnerPath.Unlinked(var why) -> {
        assertThat(why).isNotBlank();
        assertThat(category.retention()).isEqualTo(RetentionPeriod.ONE_DAY);
        assertThat(category.keyScheme()).isEqualTo(KeyScheme.NONE);
      }
      case OwnerPath.Impersonal(var why) -> {
        assertThat(why).isNotBlank();
        assertThat(category.keyScheme()).isEqualTo(KeyScheme.NONE);
        assertThat(category.seenBy()).isEmpty();
        assertThat(category.holdings()).isEmpty();
        assertThat(category.whyNotExported()).isPresent();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("encrypted-at-rest: a sealed field has the key of a subject, and of its epoch")
  void hasAKeyForWhatItSeals(Category category) {
    var seals =
        category.fields().stream().anyMatch(field -> field.protection() == Field.Protection.SEALED);
    var epochs = category.retention().epoch().isPresent();
    assertThat(category.keyScheme())
        .isEqualTo(
            !seals ? KeyScheme.NONE : epochs ? KeyScheme.SUBJECT_AND_EPOCH : KeyScheme.SUBJECT);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("encrypted-at-rest: what people can correct is personal, and so sealed")
  void sealsWhatPeopleCanCorrect(Category category) {
    assertThat(category.fields())
        .filteredOn(Field::correctable)
        .allSatisfy(field -> assertThat(field.protection()).isEqualTo(Field.Protection.SEALED));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("encrypted-at-rest: names, addresses, browsers and numbers of people are sealed")
  void sealsWhatNamesAPerson(Category category) {
    var personal =
        Set.of(
            "name",
            "email",
            "address",
            "userAgent",
            "number",
            "content",
            "text",
            "token",
            "configuration",
            "googleId",
            "customer",
            "subscription",
            "pseudonym",
            "passwordHash",
            "secret",
            "values");
    assertThat(category.fields())
        .filteredOn(field -> personal.contains(field.name()))
        .allSatisfy(field -> assertThat(field.protection()).isEqualTo(Field.Protection.SEALED));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("billing-7y, erase-everywhere: what outlives an erasure has no personal field")
  void holdsNothingPersonalWhereItIsKept(Category category) {
    if (category.atErasure() instanceof AtErasure.Kept(var why)) {
      assertThat(why).isNotBlank();
      assertThat(category.keyScheme()).isEqualTo(KeyScheme.NONE);
      assertThat(category.seenBy()).isEmpty();
      assertThat(category.retention()).isEqualTo(RetentionPeriod.YEARS_7);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("erase-everywhere: what is erased stands where nothing must be kept")
  void standsInATableThatErasureMayEmpty(Category category) {
    var kept = Set.of(Table.BILLING, Table.AUDIT);
    switch (category.atErasure()) {
      case AtErasure.Erased() ->
          assertThat(category.personal() && kept.contains(category.table())).isFalse();
      case AtErasure.Kept(var why) -> assertThat(kept).contains(category.table());
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("right-access: is in the export, and readable for it, or says why not")
  void isExportedOrSaysWhyNot(Category category) {
    category
        .whyNotExported()
        .ifPresentOrElse(
            why -> assertThat(why).isNotBlank().doesNotEndWith("."),
            () -> assertThat(category.purposes()).contains(Purpose.RIGHTS));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("no-card-data: no field is that of a card or a bank account")
  void hasNoFieldOfACardOrABankAccount(Category category) {
    assertThat(category.fields())
        .filteredOn(field -> CARD_OR_BANK.matcher(field.name()).find())
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("no-training: nothing may be read to train models")
  void isNotForTraining(Category category) {
    assertThat(category.purposes()).doesNotContain(Purpose.TRAINING);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("service-messages: news need consent, whatever else the data is for")
  void isForMarketingByConsentOnly(Category category) {
    assertThat(category.legalBasis(Purpose.MARKETING)).isEqualTo(LegalBasis.CONSENT);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("processors: what a processor holds has a path by which we find it there")
  void knowsWhatLeadsToWhatAProcessorHolds(Category category) {
    assertThat(category.holdings())
        .allSatisfy(
            holding -> {
              assertThat(holding.words()).isNotBlank();
              assertThat(category.seenBy()).contains(holding.processor());
            });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("hashed-secrets: a password, token or key is secret, in exports too")
  void keepsSecretsSecret(Category category) {
    assertThat(category.fields())
        .filteredOn(
            field -> field.name().matches("(password|token|key)Hash|confirmation|token|secret|key"))
        .allSatisfy(field -> assertThat(field.secret()).as(field.name()).isTrue());
  }

  @Test
  @DisplayName("server-logs: readable for security, operations and the person's rights only")
  void readsServerLogsForThreePurposes() {
    assertThat(Category.SERVER_LOG.purposes())
        .containsExactlyInAnyOrder(Purpose.SECURITY, Purpose.OPERATIONS, Purpose.RIGHTS);
  }

  @Test
  @DisplayName("content-temporary, no-training: request content is for debugging only")
  void readsRequestContentForDebuggingOnly() {
    assertThat(Category.REQUEST_CONTENT.purposes())
        .containsExactlyInAnyOrder(Purpose.OPERATIONS, Purpose.RIGHTS);
  }

  @Test
  @DisplayName("sms-opt-in: a phone number is kept by consent, and only Twilio is sent it")
  void keepsAPhoneNumberByConsent() {
    assertThat(Category.PHONE.legalBasis()).isEqualTo(LegalBasis.CONSENT);
    assertThat(Category.PHONE.legalBasis(Purpose.SERVICE_MESSAGES)).isEqualTo(LegalBasis.CONSENT);
    assertThat(Category.PHONE.field("number").seenBy()).containsExactly(Processor.TWILIO);
  }

  @Test
  @DisplayName("billing-7y: billing records are reached by a pseudonym that erasure destroys")
  void reachesBillingRecordsByAPseudonym() {
    assertThat(Category.BILLING_RECORD.ownerPath()).isEqualTo(new OwnerPath.Pseudonym());
    assertThat(Category.SUBSCRIPTION.field("pseudonym").protection())
        .isEqualTo(Field.Protection.SEALED);
    assertThat(Category.SUBSCRIPTION.atErasure()).isEqualTo(new AtErasure.Erased());
  }

  @Test
  void findsAFieldByItsName() {
    assertThat(Category.ACCOUNT.field("email").words()).isEqualTo("your e-mail address");
  }

  @Test
  void refusesAFieldThatIsNotDeclared() {
    assertThatThrownBy(() -> Category.ACCOUNT.field("shoeSize"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ACCOUNT declares no field shoeSize");
  }
}
