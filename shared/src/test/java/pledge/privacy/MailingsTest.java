package pledge.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.AtOnce;
import pledge.TestMachine;
import pledge.policy.Table;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Subjects of these tests are bare partitions: nothing in a mailing opens what they hold. */
final class MailingsTest {
  private static final Duration DAY = Duration.ofHours(25);

  private final AtomicInteger asked = new AtomicInteger();
  private final Set<SubjectId> told = ConcurrentHashMap.newKeySet();
  private final String id = "test#" + SubjectId.random();
  private final Set<SubjectId> ours = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void reset() {
    TestMachine.reset();
  }

  @Test
  @DisplayName("policy-changes: everybody whom it concerns is told, once each, and counted")
  void tellsEverybodyOnce() {
    account(30);

    var progress = mailings().advance(id, this::tell, () -> true);

    assertThat(progress.finished()).isTrue();
    assertThat(told).containsExactlyInAnyOrderElementsOf(ours);
    assertThat(progress.concerned()).isEqualTo(30);
    assertThat(progress.people()).isGreaterThanOrEqualTo(30).isEqualTo(asked.get());
    assertThat(mailings().advance(id, this::tell, () -> true)).isEqualTo(progress);
    assertThat(asked).as("a mailing that ended asks nobody").hasValue((int) progress.people());
  }

  @Test
  @DisplayName("policy-changes: what has no more time goes on where it was")
  void goesOnWhereItWas() {
    account(600);
    var pages = 0;
    while (!mailings().advance(id, this::tell, onePage()).finished()) {
      pages++;
    }

    assertThat(pages).isPositive();
    assertThat(told).containsExactlyInAnyOrderElementsOf(ours);
    assertThat(mailings().of(id).orElseThrow().concerned()).isEqualTo(600);
    assertThat(mailings().of(id).orElseThrow().people()).isEqualTo(asked.get());
  }

  @Test
  @DisplayName("policy-changes: killed after any page, nobody is left out or counted twice")
  void losesNobodyWhereItDiesAfterAPage() {
    account(600);
    mailings().advance(id, this::tell, onePage());
    // The page is told, and dies before it is written down.
    TestMachine.machine().dynamo().dieBeforeWrite(1);
    assertThatThrownBy(() -> mailings().advance(id, this::tell, () -> true))
        .isInstanceOf(UnavailableException.class);
    TestMachine.machine().dynamo().reset();

    var progress = mailings().advance(id, this::tell, () -> true);

    assertThat(told).containsExactlyInAnyOrderElementsOf(ours);
    assertThat(progress.concerned()).isEqualTo(600);
    assertThat(asked.get()).as("one page twice").isGreaterThan((int) progress.people());
  }

  @Test
  void countsOnceWhatManyDoAtOnce() {
    account(600);

    AtOnce.run(4, thread -> mailings().advance(id, this::tell, () -> true));
    var progress = mailings().advance(id, this::tell, () -> true);

    assertThat(progress.finished()).isTrue();
    assertThat(progress.concerned()).isEqualTo(600);
  }

  @Test
  @DisplayName(
      "policy-changes: who comes to be concerned meanwhile is told when all are asked again")
  void asksAgainThoseWhoCameMeanwhile() {
    account(3);
    assertThat(mailings().advance(id, this::tell, DAY, () -> true).finished()).isFalse();
    account(2);
    TestMachine.clock().advance(DAY.minusSeconds(1));
    assertThat(mailings().advance(id, this::tell, DAY, () -> true).finished()).isFalse();
    assertThat(told).hasSize(3);
    TestMachine.clock().advance(Duration.ofSeconds(1));

    var progress = mailings().advance(id, this::tell, DAY, () -> true);

    assertThat(progress.finished()).isTrue();
    assertThat(progress.concerned()).isEqualTo(5);
    assertThat(told).containsExactlyInAnyOrderElementsOf(ours);
  }

  @Test
  @DisplayName("policy-changes: one who cannot be told holds up nobody, and is not forgotten")
  void comesBackToOneWhoCouldNotBeTold() {
    account(5);
    var stuck = ours.iterator().next();

    var first =
        mailings()
            .advance(
                id,
                person -> {
                  if (person.equals(stuck)) {
                    throw new IllegalStateException("broken");
                  }
                  return tell(person);
                },
                () -> true);
    assertThat(first.finished()).isFalse();
    assertThat(told).hasSize(4);
    var second = mailings().advance(id, this::tell, () -> true);

    assertThat(second.finished()).isTrue();
    assertThat(second.concerned()).isEqualTo(5);
    assertThat(told).contains(stuck);
  }

  @Test
  void keepsItsPlaceWhateverStandsInAKey() {
    account(600);
    for (var i = 0; i < 600; i++) {
      var key = "a key " + i + " of others";
      TestMachine.put(
          Table.SUBJECTS,
          Map.of("pk", AttributeValue.fromS(key), "sk", AttributeValue.fromS("with spaces")));
    }

    var pages = 0;
    while (!mailings().advance(id, this::tell, onePage()).finished() && pages < 1_000) {
      pages++;
    }

    assertThat(told).containsExactlyInAnyOrderElementsOf(ours);
  }

  @Test
  void leavesOutSignUpsThatAreOver() {
    var over = partition("SIGN_UP", TestMachine.clock().instant().getEpochSecond());
    var alive = partition("SIGN_UP", TestMachine.clock().instant().getEpochSecond() + 1);

    mailings().advance(id, this::tell, () -> true);

    assertThat(told).contains(alive).doesNotContain(over);
  }

  @Test
  void ofWhatWasNeverBegunThereIsNothing() {
    assertThat(mailings().of(id)).isEmpty();
  }

  private boolean tell(SubjectId person) {
    asked.incrementAndGet();
    if (ours.contains(person)) {
      told.add(person);
    }
    return told.contains(person);
  }

  private static java.util.function.BooleanSupplier onePage() {
    var left = new AtomicInteger(1);
    return () -> left.getAndDecrement() > 0;
  }

  private static Mailings mailings() {
    return new Mailings(TestMachine.backend(), TestMachine.clock());
  }

  private void account(int number) {
    IntStream.range(0, number).forEach(i -> partition("ACCOUNT", Long.MAX_VALUE / 1_000_000_000));
  }

  private SubjectId partition(String sort, long expiresAt) {
    var person = SubjectId.random();
    ours.add(person);
    TestMachine.put(
        Table.SUBJECTS,
        Map.of(
            "pk", AttributeValue.fromS(person.value()),
            "sk", AttributeValue.fromS(sort),
            "expiresAt", AttributeValue.fromN(Long.toString(expiresAt))));
    return person;
  }
}
