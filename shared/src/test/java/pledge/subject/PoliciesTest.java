package pledge.subject;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.AtOnce;
import pledge.TestMachine;
import pledge.policy.PublicDocument;
import pledge.policy.PublicDocument.Change;
import pledge.policy.PublicDocument.Version;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.vault.SubjectId;

final class PoliciesTest {
  private static final PublicDocument NOTICE = PublicDocument.ASSISTANT_PRIVACY;
  private static final Version TODAY = NOTICE.current();
  private static final Version NEXT = new Version(NOTICE, "2027-01-01", "11aa", Change.MATERIAL);
  private static final Version REWORDED =
      new Version(NOTICE, "2027-02-01", "22bb", Change.EDITORIAL);

  private final People people = new People();
  private final SubjectId ada = people.confirmed(People.address());

  @BeforeEach
  void reset() {
    TestMachine.reset();
  }

  @Test
  @DisplayName("policy-changes: whoever accepted an older version is told of a material change")
  void tellsWhoeverAcceptedAnOlderVersion() {
    assertThat(policies(TODAY, NEXT).tell(ada, NEXT)).isTrue();

    assertThat(messages()).containsExactly("POLICY#assistant-privacy#2027-01-01");
    assertThat(standing(TODAY, NEXT).changed()).isTrue();
    assertThat(standing(TODAY, NEXT).toldAt()).contains(TestMachine.clock().instant());
  }

  @Test
  @DisplayName("policy-changes: once each, however often and by however many it is said")
  void tellsOnce() {
    var told = AtOnce.run(8, thread -> policies(TODAY, NEXT).tell(ada, NEXT));

    assertThat(told).contains(true);
    assertThat(policies(TODAY, NEXT).tell(ada, NEXT)).isTrue();
    assertThat(messages()).hasSize(1);
  }

  @Test
  @DisplayName("policy-changes: once each, also when the message itself is forgotten")
  void tellsOnceThoughTheMessageIsForgotten() {
    policies(TODAY, NEXT).tell(ada, NEXT);
    TestMachine.clock().advance(Duration.ofDays(31));

    assertThat(policies(TODAY, NEXT).tell(ada, NEXT)).isTrue();
    assertThat(messages()).isEmpty();
  }

  @Test
  @DisplayName("policy-changes: nobody is told of a policy that they have nothing to do with")
  void doesNotTellWhoNeverAcceptedThePolicy() {
    var other = new Version(PublicDocument.PLATFORM_PRIVACY, "2027-01-01", "33cc", Change.MATERIAL);

    assertThat(policies(TODAY, NEXT).tell(ada, other)).isFalse();
    assertThat(messages()).isEmpty();
  }

  @Test
  void rehearsesWithAnAcceptanceThatEndsAfterAMinute() {
    var nobody = SubjectId.random();
    people.backend.vault().pretendToHold(nobody);
    policies(TODAY).rehearse(nobody);

    assertThat(policies(TODAY).of(nobody))
        .extracting(Policies.Standing::accepted)
        .contains(TODAY.date());
    TestMachine.clock().advance(Duration.ofMinutes(1));
    assertThat(policies(TODAY).of(nobody)).isEmpty();
  }

  @Test
  void doesNotTellWhoAcceptedThatVersionOrANewerOne() {
    policies(TODAY, NEXT, REWORDED).accept(ada, acceptance(REWORDED));

    assertThat(policies(TODAY, NEXT, REWORDED).tell(ada, NEXT)).isFalse();
    assertThat(messages()).isEmpty();
  }

  @Test
  void doesNotTellASignUpThatNobodyConfirmed() {
    var eve = people.requested(People.address()).subject();

    assertThat(policies(TODAY, NEXT).tell(eve, NEXT)).isFalse();
  }

  @Test
  void doesNotTellWhoseKeyIsDestroyed() {
    people.backend.vault().destroySubjectKey(ada);

    assertThat(policies(TODAY, NEXT).tell(ada, NEXT)).isFalse();
    assertThat(TestMachine.item(Table.SUBJECTS, ada.value(), "CONSENT#" + told())).isEmpty();
  }

  @Test
  @DisplayName("policy-changes: of versions that say the same in other words nobody is told")
  void namesMaterialChangesOnly() {
    assertThat(policies(TODAY, NEXT, REWORDED).materialChanges()).containsExactly(NEXT);
    assertThat(standing(TODAY, REWORDED).changed()).isFalse();
  }

  @Test
  @DisplayName(
      "policy-changes: an acceptance is recorded with the version and the hash of its text")
  void recordsAnAcceptanceWithVersionAndHash() {
    policies(TODAY, NEXT).tell(ada, NEXT);
    var toldAt = TestMachine.clock().instant();
    TestMachine.clock().advance(Duration.ofMinutes(5));

    policies(TODAY, NEXT).accept(ada, acceptance(NEXT));

    var now = TestMachine.clock().instant();
    assertThat(consent())
        .isEqualTo(new Consent(true, "2027-01-01", "11aa", Optional.of(toldAt), Optional.of(now)));
    assertThat(standing(TODAY, NEXT).changed()).isFalse();
    assertThat(standing(TODAY, NEXT).accepted()).isEqualTo("2027-01-01");
  }

  @Test
  @DisplayName("policy-changes: what was accepted before stays on record")
  void keepsWhatWasAcceptedBefore() {
    policies(TODAY, NEXT).accept(ada, acceptance(NEXT));

    assertThat(people.backend.store().all(Consent.KIND, ada.value(), Purpose.ACCOUNT))
        .extracting(found -> found.ref().id())
        .containsExactly("adult", "assistant-privacy#" + TODAY.date(), told());
  }

  @Test
  void acceptsOnceAndTheFirstTimeStands() {
    policies(TODAY, NEXT).accept(ada, acceptance(NEXT));
    var first = consent();
    TestMachine.clock().advance(Duration.ofMinutes(5));
    policies(TODAY, NEXT).accept(ada, acceptance(NEXT));

    assertThat(consent()).isEqualTo(first);
  }

  private static String told() {
    return "assistant-privacy#2027-01-01";
  }

  private Consent consent() {
    return people
        .backend
        .store()
        .get(Consent.KIND.in(ada.value(), told()), Purpose.ACCOUNT)
        .orElseThrow()
        .value();
  }

  private Policies.Standing standing(Version... versions) {
    return policies(versions).of(ada).getFirst();
  }

  private Policies policies(Version... versions) {
    return new Policies(people.backend, Map.of(NOTICE, List.of(versions)), TestMachine.clock());
  }

  private static Acceptance acceptance(Version version) {
    return new Acceptance(version.document().id(), version.date(), version.sha256());
  }

  /** Of a change that are not forgotten yet. */
  private List<String> messages() {
    return people.backend.store().all(Notice.KIND, ada.value(), Purpose.SERVICE_MESSAGES).stream()
        .filter(found -> found.value().about() == Notice.About.POLICY_CHANGE)
        .map(found -> found.ref().id())
        .toList();
  }
}
