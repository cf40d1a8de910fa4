package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import pledge.local.Machine;
import pledge.policy.Category;
import pledge.privacy.LegalHold.Terms;
import pledge.privacy.LegalHolds;
import pledge.privacy.LegalHolds.Outcome;
import pledge.records.Backstage;
import pledge.vault.SubjectId;

/** Legal holds on a machine, that two of staff agree to. */
final class Holds {
  private static final String STAFF = "an-opaque-id-of-staff";
  private static final String ANOTHER = "another-one";

  private final Machine machine;
  private final LegalHolds holds;

  Holds(Machine machine, Backstage backstage) {
    this.machine = machine;
    this.holds = new LegalHolds(backstage.backend(), machine.clock());
  }

  /**
   * One that is confirmed.
   *
   * @param undisclosed whether the law forbids to tell of it
   * @return its id
   */
  String confirmed(SubjectId person, Duration time, boolean undisclosed, Category... kinds) {
    var until = machine.clock().instant().plus(time).truncatedTo(ChronoUnit.DAYS);
    var terms = new Terms(Set.of(kinds), until, "4 O 128/26", undisclosed);
    var hold = ((Outcome.Done) holds.propose(STAFF, person, terms)).hold().id();
    assertThat(holds.confirm(hold, ANOTHER)).isInstanceOf(Outcome.Done.class);
    return hold;
  }

  void end(String hold) {
    assertThat(holds.end(hold, ANOTHER)).isInstanceOf(Outcome.Done.class);
  }
}
