package pledge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PledgeTest {
  private static final List<String> IDS =
      List.of(
          "collect-account",
          "no-card-data",
          "server-logs",
          "api-metadata",
          "content-temporary",
          "isolation",
          "staff-access",
          "anonymous-aggregates",
          "encrypted-at-rest",
          "encrypted-in-transit",
          "no-training",
          "purpose-limits",
          "no-sale",
          "processors",
          "sms-opt-in",
          "legal-hold",
          "service-messages",
          "abuse-and-incidents",
          "account-30d",
          "logs-30d",
          "content-24h",
          "analytics-13m",
          "billing-7y",
          "cancel-deprovisions",
          "erase-everywhere",
          "right-access",
          "right-correction",
          "right-deletion",
          "right-portability",
          "right-opt-out",
          "rights-deadline",
          "essential-cookies",
          "hashed-secrets",
          "adults-only",
          "policy-changes",
          "transfers",
          "access-controls");

  @Test
  void areExactlyThePledges() {
    assertThat(Pledge.values()).extracting(Pledge::id).containsExactlyElementsOf(IDS);
  }

  @ParameterizedTest
  @EnumSource
  void quotesItsClausesLiterally(Pledge pledge) {
    assertThat(pledge.quotes())
        .isNotEmpty()
        .allSatisfy(
            quote ->
                assertThat(section(quote.clause()))
                    .as("%s", quote.clause())
                    .contains(quote.words()));
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatMakesItTrue(Pledge pledge) {
    assertThat(pledge.enforcement()).isNotBlank().endsWith(".");
  }

  @ParameterizedTest
  @EnumSource
  void isAboutDataThatWeHold(Pledge pledge) {
    assertThat(pledge.categories()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(Category.class)
  void leaveNoCategoryWithoutAPledge(Category category) {
    assertThat(Pledge.values())
        .anySatisfy(pledge -> assertThat(pledge.categories()).contains(category));
  }

  @ParameterizedTest
  @EnumSource
  void isFoundByItsId(Pledge pledge) {
    assertThat(Pledge.byId(pledge.id())).contains(pledge);
  }

  @Test
  void isNotFoundByAnotherId() {
    assertThat(Pledge.byId("free-beer")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Category.class)
  void leaveNoCategoryFromAClauseThatIsNotThere(Category category) {
    assertThat(category.clauses())
        .allSatisfy(clause -> assertThat(section(clause)).as("%s", clause).isNotBlank());
  }

  @Test
  void citeClausesAsTheRegisterDoes() {
    assertThat(Pledge.CONTENT_24H.quotes()).extracting(Quote::clause).hasToString("[B§4]");
  }

  /** From the clause's heading, a line such as "4. Data Retention", to the next clause's. */
  private static String section(Clause clause) {
    var text = clause.policy().text();
    var heading = Pattern.compile("(?m)^" + clause.section() + "\\. ").matcher(text);
    assertThat(heading.find()).as("%s is in its policy", clause).isTrue();
    var next = Pattern.compile("(?m)^" + (clause.section() + 1) + "\\. ").matcher(text);
    return text.substring(
        heading.start(), next.find(heading.start()) ? next.start() : text.length());
  }
}
