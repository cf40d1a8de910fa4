package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.policy.Processor.TWILIO;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Category;
import pledge.policy.Processor;
import pledge.policy.RetentionPeriod;
import pledge.privacy.Custodians;
import pledge.privacy.ProcessorLine.State;
import pledge.privacy.RemoteCopies;
import pledge.privacy.RemoteCopy;
import pledge.processor.Custodian.Answer;
import pledge.records.Backstage;
import pledge.store.Found;
import pledge.subject.TextMessage;
import pledge.vault.UnavailableException;

/** What a processor holds of a record ends there when the record's time is over. */
class RemoteCopiesTest {
  private static final String ID = "SM0123456789abcdef0123456789abcdef";
  private static final String PLACE = "COPY#TWILIO#" + ID;

  private final Machine machine =
      Machine.start(Options.inMemory().withoutFunctions().withoutExpiry());
  private final Backstage backstage = new Backstage(machine);

  @AfterEach
  void close() {
    backstage.close();
    machine.close();
  }

  @Test
  @DisplayName("erase-everywhere: a message whose time is over is to be deleted at Twilio too")
  void anExpiredMessageIsToBeDeletedAtItsProvider() {
    var options =
        Options.inMemory()
            .withFunctions("RetentionStreamFunction", "ErasureFunction", "PrivacyClockFunction");
    try (var whole = Machine.start(options);
        var behind = new Backstage(whole)) {
      var sentAt = whole.clock().instant();
      var message = new TextMessage("a code", "Your code is 123456.", "delivered", sentAt);
      behind
          .store()
          .insert(TextMessage.KIND.in(behind.subject().value(), ID), message, Instant.MAX);

      whole.clock().set(RetentionPeriod.NOTICES.endsAt(sentAt).minus(Duration.ofHours(1)));
      whole.settle();
      assertThat(copies(behind)).as("an hour before").isEmpty();
      whole.clock().advance(Duration.ofHours(2));
      whole.settle();

      var copy = copies(behind).getFirst();
      assertThat(copy.ref().id()).isEqualTo("TWILIO#" + ID);
      assertThat(copy.value().answer().state()).as("no adapter yet").isEqualTo(State.FAILED);
      for (var hours = 0; hours < 4; hours++) {
        whole.clock().advance(Duration.ofHours(1));
        whole.settle();
      }
      assertThat(copies(behind).getFirst().value().answer().attempts())
          .as("not skipped")
          .isEqualTo(copy.value().answer().attempts() + 4);
    }
  }

  @ParameterizedTest(name = "erase-everywhere: a provider that {0} is asked until it is gone there")
  @MethodSource("pledge.functions.ErasureTest#ways")
  void aProviderIsAskedUntilItHasDeletedIt(ErasureTest.Way way) {
    var failing = way.failing();
    var twilio = twilio(List.of(failing, failing, failing, Answer.Gone::new));
    var waits = new ArrayList<Duration>();
    var last = machine.clock().instant();
    note(ID);
    while (!copies(backstage).isEmpty()) {
      var asked = twilio.asked.size();
      through(twilio).advance(PLACE);
      var now = machine.clock().instant();
      if (twilio.asked.size() > asked) {
        waits.add(Duration.between(last, now));
        last = now;
      }
      machine.clock().advance(Duration.ofMinutes(1));
    }

    assertThat(twilio.asked).hasSize(4).containsOnly(List.of(ID));
    assertThat(waits).hasSize(4).startsWith(Duration.ZERO);
    if (way.state() == State.REFUSED) {
      assertThat(waits.subList(1, 4)).as("day by day").containsOnly(Duration.ofDays(1));
    } else {
      assertThat(waits).as("ever longer").isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  @DisplayName("erase-everywhere: one message that a provider refuses to delete holds up no other")
  void anotherIsNotHeldUp() {
    note(ID);
    note("SM-other");

    assertThat(through(twilio(List.of(() -> new Answer.Refused("no")))).advance(PLACE))
        .as("staff is called")
        .containsExactly(TWILIO);
    assertThat(through(twilio(List.of(Answer.Gone::new))).advance("COPY#TWILIO#SM-other"))
        .isEmpty();

    assertThat(copies(backstage))
        .extracting(copy -> copy.ref().id())
        .containsExactly("TWILIO#" + ID);
  }

  @Test
  @DisplayName("erase-everywhere: what a provider will delete later is looked at again then")
  void whatIsScheduledIsAskedAboutAgain() {
    var end = machine.clock().instant().truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofDays(2));
    var twilio = twilio(List.of(() -> new Answer.Scheduled("the message", end), Answer.Gone::new));
    note(ID);
    through(twilio).advance(PLACE);
    machine.clock().set(end.minusSeconds(1));
    through(twilio).advance(PLACE);
    assertThat(copies(backstage)).hasSize(1);
    assertThat(twilio.asked).hasSize(1);

    machine.clock().set(end);
    through(twilio).advance(PLACE);
    assertThat(copies(backstage)).isEmpty();
  }

  @Test
  void isDoneOnceWhateverComesAgain() {
    var twilio = twilio(List.of(Answer.Gone::new));
    note(ID);
    note(ID);
    assertThat(copies(backstage)).hasSize(1);
    SignUpTest.<Set<Processor>>atOnce(
        Stream.<Callable<Set<Processor>>>generate(() -> () -> through(twilio).advance(PLACE))
            .limit(4)
            .toList());
    assertThat(copies(backstage)).isEmpty();

    note(ID);
    through(twilio).advance(PLACE);
    assertThat(copies(backstage)).as("a batch of the stream came again").isEmpty();
  }

  @ParameterizedTest(name = "erase-everywhere: dying {0} any write, it comes to the same end")
  @ValueSource(strings = {"before", "after"})
  void comesToTheSameEndWhereverItDies(String when) {
    var died = 0;
    for (var write = 1; died == write - 1; write++) {
      var twilio = twilio(List.of(() -> new Answer.Refused("no"), Answer.Gone::new));
      note(ID);
      var faults = machine.dynamo();
      if (when.equals("before")) {
        faults.dieBeforeWrite(write);
      } else {
        faults.dieAfterWrite(write);
      }
      while (faults.isDead() || !copies(backstage).isEmpty()) {
        try {
          through(twilio).advance(PLACE);
          machine.clock().advance(Duration.ofDays(1));
        } catch (UnavailableException e) {
          died++;
          faults.reset();
        }
      }
      faults.reset();
    }
    assertThat(died).as("writes to die at").isEqualTo(2);
  }

  private void note(String id) {
    RemoteCopy.note(
        backstage.store(), Category.TEXT_MESSAGE, "TEXT#" + id, machine.clock().instant());
  }

  private static List<Found<RemoteCopy>> copies(Backstage backstage) {
    return RemoteCopy.all(backstage.store());
  }

  /** As of another instance of the function. */
  private RemoteCopies through(UnreliableProcessor twilio) {
    return new RemoteCopies(
        backstage.store(), new Custodians(List.of(twilio), Duration.ofSeconds(1)), machine.clock());
  }

  private static UnreliableProcessor twilio(List<Supplier<Answer>> answers) {
    return new UnreliableProcessor(TWILIO, List.of(), answers);
  }
}
