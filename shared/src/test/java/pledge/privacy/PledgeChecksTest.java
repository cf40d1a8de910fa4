package pledge.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.AtOnce;
import pledge.TestMachine;
import pledge.policy.Category;
import pledge.policy.Pledge;
import pledge.privacy.AuditChain.Verdict;
import pledge.privacy.IncidentEntry.Extent;
import pledge.privacy.PledgeCheck.Result;
import pledge.vault.UnavailableException;

@DisplayName("access-controls: what a pledge was found to be")
final class PledgeChecksTest {
  private final Chained chained = new Chained();
  private final PledgeChecks checks = chained.checks;

  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  private PledgeCheck check(Pledge pledge, Result result) {
    return new PledgeCheck(pledge, result, "the figures", millis());
  }

  private Instant millis() {
    return Instant.ofEpochMilli(chained.now.toEpochMilli());
  }

  private List<Incident> incidents() {
    return new Incidents(chained.chains, chained.audit).all();
  }

  @Test
  void isNothingBeforeTheFirst() {
    assertThat(checks.latest()).isEmpty();
  }

  @Test
  void isWhatTheNewestSays() {
    checks.record(
        List.of(check(Pledge.LOGS_30D, Result.AT_RISK), check(Pledge.CONTENT_24H, Result.KEPT)));
    chained.now = chained.now.plus(Duration.ofDays(1));
    var newest = check(Pledge.LOGS_30D, Result.KEPT);
    checks.record(List.of(newest));

    assertThat(checks.latest())
        .containsOnlyKeys(Pledge.LOGS_30D, Pledge.CONTENT_24H)
        .containsEntry(Pledge.LOGS_30D, newest);
  }

  @Test
  void isTheWholeLastAuditHoweverManyThereWere() {
    for (var day = 0; day < 5; day++) {
      chained.now = chained.now.plus(Duration.ofDays(1));
      checks.record(Stream.of(Pledge.values()).map(pledge -> check(pledge, Result.KEPT)).toList());
    }

    assertThat(checks.latest()).hasSize(Pledge.values().length);
    assertThat(checks.latest().values())
        .allSatisfy(check -> assertThat(check.at()).isEqualTo(millis()));
    assertThat(chained.audit.verify(Category.PLEDGE_CHECK))
        .isEqualTo(new Verdict.Kept(5L * Pledge.values().length));
  }

  /** 37 rows of some 200 bytes, strongly consistent: two units of 4 KB. */
  @Test
  void costsOneQueryHoweverManyChecksThereWere() {
    for (var day = 0; day < 3; day++) {
      checks.record(Stream.of(Pledge.values()).map(pledge -> check(pledge, Result.KEPT)).toList());
    }
    var before = chained.capacity.readUnits();
    TestMachine.reset();
    checks.latest();

    assertThat(chained.capacity.readUnits() - before).isEqualTo(2);
    assertThat(TestMachine.machine().dynamo().operations()).containsExactly("Query");
  }

  @Test
  @DisplayName("abuse-and-incidents: a pledge that breaks opens one incident while it is broken")
  void opensAnIncidentOnceWhileAPledgeIsBroken() {
    checks.record(List.of(check(Pledge.LOGS_30D, Result.KEPT)));
    var broken = check(Pledge.LOGS_30D, Result.BROKEN);
    checks.record(List.of(broken, check(Pledge.CONTENT_24H, Result.AT_RISK)));
    checks.record(List.of(broken));

    assertThat(incidents())
        .singleElement()
        .satisfies(
            incident -> {
              assertThat(incident.kind()).isEqualTo("pledge broken");
              assertThat(incident.extent())
                  .isEqualTo(
                      new Extent(
                          EnumSet.of(
                              Category.API_REQUEST_LOG,
                              Category.SERVER_LOG,
                              Category.SECURITY_EVENT),
                          Optional.empty(),
                          Optional.empty()));
              assertThat(incident.foundAt()).isEqualTo(broken.at());
              assertThat(incident.measures()).containsExactly("logs-30d: the figures");
            });

    checks.record(List.of(check(Pledge.LOGS_30D, Result.KEPT)));
    checks.record(List.of(broken));
    assertThat(incidents()).hasSize(2);
  }

  @Test
  void opensAnIncidentOnceForAuditsAtOnce() {
    var broken = check(Pledge.CONTENT_24H, Result.BROKEN);
    AtOnce.run(
        4,
        thread -> {
          checks.record(List.of(broken));
          return thread;
        });

    assertThat(incidents()).hasSize(1);
    assertThat(chained.audit.verify(Category.PLEDGE_CHECK)).isEqualTo(new Verdict.Kept(4));
    assertThat(chained.audit.verify(Category.INCIDENT)).isEqualTo(new Verdict.Kept(1));
  }

  @Test
  void isRecordedTogetherWithItsIncidentOrNotAtAll() {
    var broken = check(Pledge.CONTENT_24H, Result.BROKEN);
    TestMachine.machine().dynamo().dieAfterWrite(1);
    assertThatThrownBy(() -> checks.record(List.of(broken)))
        .isInstanceOf(UnavailableException.class);
    TestMachine.reset();
    checks.record(List.of(broken));

    assertThat(incidents()).as("the first try was written").hasSize(1);

    TestMachine.machine().dynamo().dieBeforeWrite(1);
    var other = check(Pledge.LOGS_30D, Result.BROKEN);
    assertThatThrownBy(() -> checks.record(List.of(other)))
        .isInstanceOf(UnavailableException.class);
    TestMachine.reset();
    assertThat(incidents()).as("the first try was not").hasSize(1);
    checks.record(List.of(other));
    assertThat(incidents()).hasSize(2);
  }
}
