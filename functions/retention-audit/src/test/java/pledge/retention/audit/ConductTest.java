package pledge.retention.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.policy.Category;
import pledge.policy.Pledge;
import pledge.policy.Table;
import pledge.privacy.LegalHold.Terms;
import pledge.privacy.LegalHolds;
import pledge.privacy.LegalHolds.Outcome;
import pledge.privacy.OpenRequest;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.vault.SubjectId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What the audit says of what people are told, and of what is told of many. */
final class ConductTest {
  private static final Kind<Fields> FIGURE =
      new Kind<>(
          Category.USAGE_AGGREGATE, "AGGREGATE", 1, Function.identity(), Function.identity());

  private static final String NO_ERASURE_IS_OVERDUE =
      "no erasure is overdue, but for what the law has us keep";

  private final House house = new House();

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  @DisplayName("policy-changes: kept once everybody is told")
  void isKeptOnceEverybodyIsTold() {
    assertThat(house.audit()).doesNotContainKey("policy-changes");
    assertThat(house.evidence(Pledge.POLICY_CHANGES))
        .contains("whoever had accepted an older one was told");
  }

  @Test
  @DisplayName("policy-changes: at risk where nobody looked, or for days; broken after thirty")
  void isAtRiskAndThenBrokenWhereItTakesTooLong() {
    var mailings = house.items(Table.AUDIT, "MAILING#");
    assertThat(mailings).hasSize(2);
    mailings.forEach(mailing -> house.delete(Table.AUDIT, mailing));
    assertThat(house.audit()).containsEntry("policy-changes", "AT_RISK");

    mailings.forEach(mailing -> house.put(Table.AUDIT, mailing, item -> item.remove("endedAt")));
    assertThat(house.audit()).doesNotContainKey("policy-changes");
    house.pass(Duration.ofDays(3).plusMinutes(1));
    assertThat(house.audit()).containsEntry("policy-changes", "AT_RISK");
    house.pass(Duration.ofDays(27));
    assertThat(house.audit()).containsEntry("policy-changes", "BROKEN");
    assertThat(house.evidence(Pledge.POLICY_CHANGES)).contains("30 days after it began");
  }

  @Test
  @DisplayName("anonymous-aggregates: broken by a figure over fewer than 20 customers")
  void isBrokenByAFigureOverTooFew() {
    house.audit();
    assertThat(house.evidence(Pledge.ANONYMOUS_AGGREGATES)).contains("no figure was released");
    release("chat", 20);
    assertThat(house.audit()).doesNotContainKey("anonymous-aggregates");
    assertThat(house.evidence(Pledge.ANONYMOUS_AGGREGATES)).contains("20 customers or more");

    release("files", 19);
    assertThat(house.audit()).containsEntry("anonymous-aggregates", "BROKEN");
  }

  @Test
  @DisplayName(
      "rights-deadline, account-30d: broken when it is due, and a copy at risk a week before")
  void isBrokenWhenDueAndACopyAtRiskAWeekBefore() {
    house.audit();
    assertThat(house.evidence(Pledge.RIGHTS_DEADLINE))
        .contains(NO_ERASURE_IS_OVERDUE, "no export is overdue");
    open(OpenRequest.What.ERASURE, Duration.ofDays(9), "later");
    open(OpenRequest.What.ERASURE, Duration.ofDays(8), "first");
    assertThat(house.audit()).doesNotContainKeys("rights-deadline", "account-30d");
    assertThat(house.evidence(Pledge.ERASE_EVERYWHERE)).isEqualTo(NO_ERASURE_IS_OVERDUE);

    open(OpenRequest.What.EXPORT, Duration.ofDays(8), "copy");
    house.pass(Duration.ofDays(1));
    assertThat(house.audit())
        .containsEntry("rights-deadline", "AT_RISK")
        .doesNotContainKeys("account-30d", "erase-everywhere");
    assertThat(house.evidence(Pledge.RIGHTS_DEADLINE))
        .contains(NO_ERASURE_IS_OVERDUE, "an export is due within seven days");
    house.pass(Duration.ofDays(7));
    assertThat(house.audit())
        .containsEntry("rights-deadline", "BROKEN")
        .containsEntry("account-30d", "BROKEN");
    assertThat(house.evidence(Pledge.ERASE_EVERYWHERE))
        .isEqualTo("the first erasure is 0 days overdue");
  }

  @Test
  @DisplayName("rights-deadline: an export that is late breaks no promise of erasures")
  void anExportThatIsLateBreaksNoPromiseOfErasures() {
    open(OpenRequest.What.EXPORT, Duration.ofSeconds(1), "late");
    house.pass(Duration.ofDays(1));

    assertThat(house.audit())
        .containsEntry("rights-deadline", "BROKEN")
        .doesNotContainKeys("account-30d", "erase-everywhere");
  }

  @Test
  @DisplayName("legal-hold, rights-deadline: what waits for a hold alone is not late")
  void anErasureThatWaitsForAHoldAloneIsNotLate() {
    var now = house.machine.clock().instant();
    var held =
        new OpenRequest(
            SubjectId.random(),
            OpenRequest.What.ERASURE,
            Optional.of(now),
            now.plusSeconds(1),
            Optional.of(now),
            now.plusSeconds(1),
            Map.of(),
            now);
    house.backend.store().insert(held.ref("held"), held, Instant.MAX);
    house.pass(Duration.ofDays(40));

    assertThat(house.audit()).doesNotContainKeys("rights-deadline", "account-30d");
    assertThat(house.evidence(Pledge.ERASE_EVERYWHERE)).isEqualTo(NO_ERASURE_IS_OVERDUE);
    open(OpenRequest.What.ERASURE, Duration.ofSeconds(1), "late");
    house.pass(Duration.ofDays(1));
    assertThat(house.audit()).containsEntry("account-30d", "BROKEN");
  }

  @Test
  @DisplayName("legal-hold: what erasures wait for is what two of staff agreed to, and no other")
  void aHoldIsAsTheAuditHasIt() {
    var holds = new LegalHolds(house.backend, house.machine.clock());
    var person = SubjectId.random();
    house
        .backend
        .store()
        .transaction()
        .add(house.backend.vault().newSubjectKey(person, Instant.MAX))
        .commit();
    house.audit();
    var nothingHeld = house.evidence(Pledge.LEGAL_HOLD);
    var until = house.machine.clock().instant().plus(Duration.ofDays(90));
    var terms = new Terms(Set.of(Category.CONSENT), until, "4 O 128/26", false);
    for (var of = 0; of < 2; of++) {
      var proposed = (Outcome.Done) holds.propose("one", person, terms);
      holds.confirm(proposed.hold().id(), "another");
    }
    assertThat(house.audit()).doesNotContainKey("legal-hold");
    assertThat(house.evidence(Pledge.LEGAL_HOLD)).isEqualTo(nothingHeld);
    var rows = house.items(Table.AUDIT, "HOLD#");
    assertThat(rows).hasSize(2);

    house.delete(Table.AUDIT, rows.getFirst());
    assertThat(house.audit()).as("one is gone").containsEntry("legal-hold", "BROKEN");
    assertThat(house.evidence(Pledge.LEGAL_HOLD))
        .isEqualTo("what is held is not as the audit has it");
    house.put(Table.AUDIT, rows.getFirst(), item -> {});
    assertThat(house.audit()).doesNotContainKey("legal-hold");

    house.put(
        Table.AUDIT,
        rows.getLast(),
        item -> item.put("categories", AttributeValue.fromS("ACCOUNT")));
    assertThat(house.audit()).as("one says more").containsEntry("legal-hold", "BROKEN");
  }

  private void open(OpenRequest.What what, Duration left, String id) {
    var now = house.machine.clock().instant();
    var request =
        switch (what) {
          case EXPORT -> OpenRequest.export(SubjectId.random(), now.plus(left), now);
          case ERASURE -> OpenRequest.erasure(SubjectId.random(), now, now.plus(left), now);
        };
    house.backend.store().insert(request.ref(id), request, Instant.MAX);
  }

  private void release(String feature, long customers) {
    var now = house.machine.clock().instant();
    var figure =
        new Fields(Category.USAGE_AGGREGATE)
            .instant("period", now)
            .text("feature", feature)
            .number("customers", customers)
            .number("requests", 1)
            .number("tokens", 1);
    var day = now.minus(Duration.ofDays(2)).toString().substring(0, 10);
    house.backend.store().insert(FIGURE.in("usage#" + day, feature), figure, Instant.MAX);
  }
}
