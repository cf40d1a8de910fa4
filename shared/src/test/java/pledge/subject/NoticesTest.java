package pledge.subject;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.AtOnce;
import pledge.TestMachine;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.store.Ref;
import pledge.subject.Notices.Claim;
import pledge.vault.SubjectId;
import pledge.vault.Token;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class NoticesTest {
  private static final Duration CLAIM = Duration.ofMinutes(1);

  private final People people = new People();
  private final Notices notices = people.notices;
  private final EmailAddress email = People.address();
  private final SubjectId subject = people.requested(email).subject();
  private final Ref<Notice> ref = People.notice(people.backend.store(), subject);

  @BeforeEach
  void reset() {
    TestMachine.reset();
  }

  @Test
  void isGrantedWithItsAddressee() {
    assertThat(claim())
        .isInstanceOfSatisfying(
            Claim.Granted.class,
            granted -> {
              assertThat(granted.addressee()).isEqualTo(new Notices.Addressee(email, false));
              assertThat(granted.notice().value().values()).isNotEmpty();
            });
  }

  @Test
  void saysWhereTheAddressHasAnAccount() {
    people.confirmed(email);

    assertThat(claim())
        .isInstanceOfSatisfying(
            Claim.Granted.class, granted -> assertThat(granted.addressee().hasAccount()).isTrue());
  }

  @Test
  @DisplayName("legal-hold: an account that a hold alone keeps is not written to of policies")
  void isNotToBeSentOfPoliciesWhereNothingLeadsToTheAccount() {
    var person = people.confirmed(email);
    notices.queue(person, "p", Notice.About.POLICY_CHANGE, "assistant-privacy#2026-11-21");
    notices.queue(person, "e", Notice.About.LEGAL_HOLD_ENDS, "");
    var item = Notice.KIND.in(person.value(), "p").sort();
    assertThat(notices.claim(person, item)).isInstanceOf(Claim.Granted.class);
    TestMachine.clock().advance(CLAIM.plusMillis(1));
    TestMachine.dynamo()
        .deleteItem(
            request ->
                request
                    .tableName(Table.SUBJECTS.resource())
                    .key(
                        Map.of(
                            "pk",
                            AttributeValue.fromS(SignUps.emailIndex(people.backend.vault(), email)),
                            "sk",
                            AttributeValue.fromS("LOOKUP"))));

    assertThat(notices.hasAccount(person)).isTrue();
    assertThat(notices.claim(person, item)).isEqualTo(new Claim.NothingToDo());
    assertThat(notices.claim(person, Notice.KIND.in(person.value(), "e").sort()))
        .isInstanceOf(Claim.Granted.class);
  }

  @Test
  @DisplayName("service-messages: of many who claim a message at once, one may send it")
  void isGrantedToOneOfManyAtOnce() {
    var claims = AtOnce.run(8, thread -> new People().notices.claim(subject, ref.sort()));

    assertThat(claims).filteredOn(claim -> claim instanceof Claim.Granted).hasSize(1);
    assertThat(claims).filteredOn(claim -> claim instanceof Claim.InOtherHands).hasSize(7);
  }

  @Test
  void isInOtherHandsWhileItIsClaimed() {
    claim();
    TestMachine.clock().advance(CLAIM.minusMillis(1));

    assertThat(claim()).isEqualTo(new Claim.InOtherHands());
  }

  @Test
  void isGrantedAgainAfterASenderDied() {
    claim();
    TestMachine.clock().advance(CLAIM.plusMillis(1));

    assertThat(claim()).isInstanceOf(Claim.Granted.class);
  }

  @Test
  void isGrantedAgainOnceItIsGivenBack() {
    notices.giveBack(((Claim.Granted) claim()).notice());

    assertThat(claim()).isInstanceOf(Claim.Granted.class);
  }

  @Test
  @DisplayName("service-messages: a message that was sent is not sent again")
  void isNothingToDoOnceItIsSent() {
    notices.sent(((Claim.Granted) claim()).notice());
    TestMachine.clock().advance(CLAIM.plusMillis(1));

    assertThat(claim()).isEqualTo(new Claim.NothingToDo());
  }

  @Test
  void isNotTakenBackOnceItIsSent() {
    var notice = ((Claim.Granted) claim()).notice();
    notices.sent(notice);
    notices.giveBack(notice);

    assertThat(claim()).isEqualTo(new Claim.NothingToDo());
  }

  @Test
  @DisplayName("hashed-secrets: a message that was sent holds its secret no more")
  void forgetsItsSecretOnceItIsSent() {
    notices.sent(((Claim.Granted) claim()).notice());

    assertThat(people.backend.store().get(ref, Purpose.SERVICE_MESSAGES))
        .hasValueSatisfying(
            found -> {
              assertThat(found.value().values()).isEmpty();
              assertThat(found.value().sentAt()).contains(TestMachine.clock().instant());
            });
  }

  @Test
  void isNothingToDoOnceItsSignUpIsConfirmed() {
    people.signUps.confirm(
        Token.parse(((Claim.Granted) claim()).notice().value().values()).orElseThrow(),
        People.typed());

    assertThat(claim()).isEqualTo(new Claim.NothingToDo());
  }

  @Test
  void isNothingToDoOnceItsSignUpIsOver() {
    TestMachine.clock().advance(SignUps.PATIENCE);

    assertThat(claim()).isEqualTo(new Claim.NothingToDo());
  }

  @Test
  void isNothingToDoOnceItsSubjectsKeyIsDestroyed() {
    people.backend.vault().destroySubjectKey(subject);

    assertThat(claim()).isEqualTo(new Claim.NothingToDo());
  }

  @Test
  void isNothingToDoWhereThereIsNone() {
    assertThat(notices.claim(subject, "OUTBOX#NOTICE#none")).isEqualTo(new Claim.NothingToDo());
  }

  @Test
  void doesNotShowItself() {
    assertThat(((Claim.Granted) claim()).notice().value()).hasToString("Notice[CONFIRM_ADDRESS]");
  }

  private Claim claim() {
    return notices.claim(subject, ref.sort());
  }
}
