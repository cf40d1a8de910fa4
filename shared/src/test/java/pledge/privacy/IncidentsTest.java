package pledge.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.AtOnce;
import pledge.TestMachine;
import pledge.policy.Category;
import pledge.policy.Pledge;
import pledge.privacy.AuditChain.Verdict;
import pledge.privacy.IncidentEntry.Extent;
import pledge.privacy.IncidentEntry.Step;
import pledge.privacy.Incidents.Change;
import pledge.privacy.Incidents.Outcome;

@DisplayName("abuse-and-incidents: an incident")
final class IncidentsTest {
  private static final String ADA = "an-opaque-id-of-staff";
  private static final String BOB = "another-one";

  private final Chained chained = new Chained();
  private final Incidents incidents = new Incidents(chained.chains, chained.audit);
  private final Instant foundAt = chained.now.truncatedTo(ChronoUnit.MILLIS);
  private final Instant beganAt = foundAt.minus(Duration.ofHours(5));

  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  private Incident open() {
    return incidents.open(
        ADA,
        new Step.Opened(
            "a lost laptop",
            new Extent(
                EnumSet.of(Category.SESSION, Category.ACCOUNT),
                Optional.of(beganAt),
                Optional.empty()),
            foundAt,
            "its sessions were ended"));
  }

  private static Change nothing() {
    return new Change(
        Optional.empty(),
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Change measures(String text) {
    return new Change(
        Optional.of(text),
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Change telling() {
    return telling(Optional.empty());
  }

  private static Change telling(Optional<Instant> beganAt) {
    return new Change(
        Optional.empty(),
        Set.of(),
        beganAt,
        Optional.empty(),
        Optional.empty(),
        Optional.of(new Step.TellingBegun("somebody may know your name", "be careful")),
        Optional.empty());
  }

  private static Change reportedAt(Instant moment) {
    return new Change(
        Optional.empty(),
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(moment),
        Optional.empty(),
        Optional.empty());
  }

  private static Change closing(String because) {
    return new Change(
        Optional.empty(),
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(new Step.Closed(Optional.of(because).filter(text -> !text.isEmpty()))));
  }

  private Incident change(String id, Change change) {
    return incidents.change(id, BOB, change) instanceof Outcome.Changed(var incident)
        ? incident
        : failed();
  }

  private static Incident failed() {
    throw new AssertionError("it was refused");
  }

  @Test
  void isReportedWithin72Hours() {
    assertThat(open().reportBy()).isEqualTo(foundAt.plus(Duration.ofDays(3)));
  }

  @Test
  void isWhatWasDoneAboutIt() {
    var id = open().id();
    open();
    chained.now = chained.now.plus(Duration.ofHours(1));
    change(id, measures("the disk was encrypted"));
    var extent =
        new Extent(
            EnumSet.of(Category.SESSION),
            Optional.of(beganAt.minusSeconds(60)),
            Optional.of(beganAt.plusSeconds(60)));
    change(
        id,
        new Change(
            Optional.empty(),
            extent.categories(),
            extent.beganAt(),
            extent.endedAt(),
            Optional.of(foundAt),
            Optional.empty(),
            Optional.empty()));

    var incident = incidents.find(id).orElseThrow();
    assertThat(incidents.all()).hasSize(2).contains(incident);
    assertThat(incident.kind()).isEqualTo("a lost laptop");
    assertThat(incident.foundAt()).isEqualTo(foundAt);
    assertThat(incident.extent()).isEqualTo(extent);
    assertThat(incident.measures())
        .containsExactly("its sessions were ended", "the disk was encrypted");
    assertThat(incident.reportedAt()).contains(foundAt);
    assertThat(incident.isToBeReported()).isFalse();
    assertThat(incident.history().stream().map(Incident.Done::words))
        .containsExactly("opened", "measures added", "corrected", "reported");
    assertThat(incident.history().stream().map(done -> done.entry().staff().orElseThrow()))
        .containsExactly(ADA, BOB, BOB, BOB);
    assertThat(incident.history().getLast().at()).isEqualTo(foundAt.plus(Duration.ofHours(1)));
    assertThat(chained.audit.verify(Category.INCIDENT)).isEqualTo(new Verdict.Kept(5));
  }

  @Test
  void losesNothingThatIsDoneAtOnce() {
    var id = open().id();
    AtOnce.run(4, thread -> change(id, measures("measure " + thread)));

    assertThat(incidents.find(id).orElseThrow().measures())
        .hasSize(5)
        .contains("measure 0", "measure 1", "measure 2", "measure 3");
    assertThat(chained.audit.verify(Category.INCIDENT)).isEqualTo(new Verdict.Kept(5));
  }

  @Test
  void isClosedOnceByTwoAtOnce() {
    var id = open().id();
    var outcomes = AtOnce.run(4, thread -> incidents.change(id, BOB, closing("no risk")));

    assertThat(outcomes).filteredOn(outcome -> outcome instanceof Outcome.Changed).hasSize(1);
    assertThat(outcomes).filteredOn(new Outcome.AlreadyClosed()::equals).hasSize(3);
  }

  @Test
  void takesNoChangeOnceItIsClosed() {
    var id = open().id();
    change(id, closing("the disk was encrypted"));

    assertThat(incidents.change(id, BOB, measures("more"))).isEqualTo(new Outcome.AlreadyClosed());
    assertThat(incidents.find(id).orElseThrow().history()).hasSize(2);
  }

  @Test
  @DisplayName("abuse-and-incidents: an incident that was not reported is closed for a reason only")
  void isClosedUnreportedForAReasonOnly() {
    var id = open().id();
    assertThat(incidents.change(id, BOB, closing("")))
        .isInstanceOfSatisfying(
            Outcome.Unfitting.class,
            refused -> assertThat(refused.field()).isEqualTo("notReportedBecause"));
    change(id, reportedAt(foundAt.plusSeconds(1)));
    assertThat(incidents.change(id, BOB, closing("no risk"))).isInstanceOf(Outcome.Unfitting.class);

    assertThat(change(id, closing("")).isClosed()).isTrue();
  }

  @Test
  void isNotChangedWhereNothingIsSaid() {
    var id = open().id();

    assertThat(change(id, nothing()).history()).hasSize(1);
    assertThat(incidents.change("unknown", BOB, nothing())).isEqualTo(new Outcome.Unknown());
  }

  @Test
  void takesNoTimesThatCannotBe() {
    var id = open().id();
    for (var change :
        List.of(
            telling(Optional.of(foundAt.plusMillis(1))),
            reportedAt(foundAt.minusMillis(1)),
            new Change(
                Optional.of("all or nothing"),
                Set.of(),
                Optional.empty(),
                Optional.of(beganAt.minusMillis(1)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()))) {
      assertThat(incidents.change(id, BOB, change)).isInstanceOf(Outcome.Unfitting.class);
    }
    assertThat(incidents.find(id).orElseThrow().history()).hasSize(1);
  }

  @Test
  void isNotToldOfWhileItsBeginningIsUnknown() {
    chained.checks.record(
        List.of(new PledgeCheck(Pledge.LOGS_30D, PledgeCheck.Result.BROKEN, "figures", foundAt)));
    var id = incidents.all().getFirst().id();

    assertThat(incidents.change(id, BOB, telling()))
        .isInstanceOfSatisfying(
            Outcome.Unfitting.class, refused -> assertThat(refused.field()).isEqualTo("beganAt"));
    assertThat(change(id, telling(Optional.of(beganAt))).isTelling()).isTrue();
  }

  @Test
  void isNotClosedWhilePeopleWaitToBeTold() {
    var id = open().id();
    var telling = change(id, telling()).telling().orElseThrow();
    assertThat(incidents.change(id, BOB, closing("no risk"))).isEqualTo(new Outcome.StillTelling());
    incidents.allTold(telling, id, 7);

    assertThat(incidents.find(id).orElseThrow().telling().orElseThrow().affected()).contains(7L);
    assertThat(change(id, closing("no risk")).isClosed()).isTrue();
  }

  @Test
  void isToldOfAnewOnceItIsKnownBetterWhomItTouched() {
    var id = open().id();
    var first = change(id, telling()).telling().orElseThrow();
    var corrected =
        change(
            id,
            new Change(
                Optional.empty(),
                Set.of(Category.CONSENT),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    incidents.allTold(first, id, 7);

    assertThat(corrected.telling().orElseThrow().mailing()).isNotEqualTo(first.mailing());
    assertThat(incidents.find(id).orElseThrow().isTelling()).as("the first was not all").isTrue();
  }

  @Test
  void hasAllToldOnceHoweverOftenItIsSaid() {
    var id = open().id();
    var telling = change(id, telling()).telling().orElseThrow();
    AtOnce.run(
        3,
        thread -> {
          incidents.allTold(telling, id, 7);
          return thread;
        });

    assertThat(incidents.find(id).orElseThrow().history()).hasSize(3);
  }

  @Test
  void isForgottenAfterSevenYears() {
    open();
    chained.now = foundAt.plus(Duration.ofDays(7 * 365 + 3));
    var id = open().id();

    assertThat(incidents.all()).singleElement().extracting(Incident::id).isEqualTo(id);
  }

  @Test
  void isFoundAmongMoreThanOneAnswerOfTheDatabaseHolds() {
    var id = open().id();
    for (var row = 0; row < 6; row++) {
      change(id, measures("x".repeat(200_000)));
    }

    assertThat(incidents.find(id).orElseThrow().history()).hasSize(7);
  }
}
