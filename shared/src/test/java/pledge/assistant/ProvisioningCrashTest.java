package pledge.assistant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.TestMachine;
import pledge.assistant.Assistant.State;
import pledge.billing.Subscription.Entitlement;
import pledge.processor.AssistantHost.RefusedException;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/**
 * The process dies before and after each write and each call to Cloudflare, and another goes on.
 */
final class ProvisioningCrashTest {
  private final Customers customers = new Customers();

  /** From which state to which. */
  enum Way {
    PROVISION(Entitlement.NONE, Entitlement.RUNNING),
    SUSPEND(Entitlement.RUNNING, Entitlement.SUSPENDED),
    RESUME(Entitlement.SUSPENDED, Entitlement.RUNNING),
    CONFIGURE(Entitlement.RUNNING, Entitlement.RUNNING),
    DEPROVISION(Entitlement.RUNNING, Entitlement.NONE);

    private final Entitlement from;
    private final Entitlement to;

    Way(Entitlement from, Entitlement to) {
      this.from = from;
      this.to = to;
    }
  }

  @BeforeEach
  void heal() {
    TestMachine.reset();
    Customers.cloudflare().faults().reset();
  }

  @AfterEach
  void nothingIsLeftOver() {
    heal();
    assertThat(Customers.leftOver()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("cancel-deprovisions: dies anywhere, and comes to the same end")
  void comesToTheSameEnd(Way way) {
    var person = begun(way);
    customers.advance(person);
    var writes = TestMachine.machine().dynamo().writes();
    var calls = Customers.cloudflare().faults().calls().size();
    assertEnd(way, person);
    assertThat(writes).isGreaterThan(1);
    assertThat(calls).isGreaterThan(1);

    for (var n = 1; n <= writes; n++) {
      var write = n;
      dieAndGoOn(way, () -> TestMachine.machine().dynamo().dieBeforeWrite(write));
      dieAndGoOn(way, () -> TestMachine.machine().dynamo().dieAfterWrite(write));
    }
    for (var n = 1; n <= calls; n++) {
      var call = n;
      dieAndGoOn(way, () -> dieAtCall(call, false));
      dieAndGoOn(way, () -> dieAtCall(call, true));
    }
  }

  private static void dieAtCall(int call, boolean done) {
    Customers.cloudflare()
        .faults()
        .die(call, done, () -> TestMachine.machine().dynamo().dieBeforeWrite(1));
  }

  private void dieAndGoOn(Way way, Runnable death) {
    var person = begun(way);
    death.run();
    var died = false;
    try {
      customers.advance(person);
    } catch (UnavailableException e) {
      died = true;
    }
    assertThat(
            died
                || TestMachine.machine().dynamo().isDead()
                || Customers.cloudflare().faults().isDead())
        .isTrue();
    heal();
    Customers.lapse();
    // The message comes again, and so it does where it was done.
    customers.advance(person);
    customers.advance(person);
    assertEnd(way, person);
    assertThat(Customers.leftOver()).isEmpty();
    end(person);
  }

  private SubjectId begun(Way way) {
    var person = Customers.somebody();
    if (way.from != Entitlement.NONE) {
      customers.entitle(person, Entitlement.RUNNING);
      customers.advance(person);
      customers.entitle(person, way.from);
      customers.advance(person);
    }
    if (way == Way.CONFIGURE) {
      configure(person);
    } else {
      customers.entitle(person, way.to);
    }
    heal();
    return person;
  }

  private void configure(SubjectId person) {
    customers
        .assistant(person)
        .ifPresent(
            assistant ->
                customers
                    .assistants()
                    .change(
                        person,
                        assistant.settings(),
                        read -> read.with(Configuration.Field.NAME, Optional.of("Grace"))));
  }

  private void assertEnd(Way way, SubjectId person) {
    assertThat(customers.isOpen(person)).isFalse();
    assertAsEntitled(person, way.to);
    if (way == Way.CONFIGURE) {
      var script = customers.running(person).script();
      assertThat(Customers.cloudflare().bindings(script))
          .containsEntry("CONFIGURATION", "{\"name\":\"Grace\"}");
    }
  }

  private void assertAsEntitled(SubjectId person, Entitlement entitlement) {
    var assistant = customers.assistant(person);
    switch (entitlement) {
      case NONE -> assertThat(assistant).isEmpty();
      case RUNNING -> customers.running(person);
      case SUSPENDED ->
          assistant.ifPresent(
              one -> {
                assertThat(one.state()).isEqualTo(State.SUSPENDED);
                assertThat(customers.health(one)).contains("suspended");
              });
    }
    assistant.ifPresent(
        one -> {
          assertThat(Customers.cloudflare().scripts()).containsOnlyOnce(one.script());
          assertThat(Customers.cloudflare().databases()).containsOnlyOnce(one.script());
          assertThat(one.busyUntil()).isEmpty();
        });
  }

  private void end(SubjectId person) {
    customers.entitle(person, Entitlement.NONE);
    customers.advance(person);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  @DisplayName("cancel-deprovisions: in any order of changes, faults and repeated messages")
  void comesToWhatWasWantedLast(long seed) {
    var random = new Random(seed);
    for (var round = 0; round < 10; round++) {
      var person = Customers.somebody();
      var last = Entitlement.NONE;
      for (var i = 0; i < 12; i++) {
        switch (random.nextInt(6)) {
          case 0, 1 -> {
            last = List.of(Entitlement.values()).get(random.nextInt(3));
            customers.entitle(person, last);
          }
          case 2 -> configure(person);
          case 3 -> Customers.lapse();
          default -> faultyAdvance(person, random);
        }
      }
      Customers.lapse();
      customers.wake(person);
      customers.advance(person);
      assertThat(customers.isOpen(person)).isFalse();
      assertAsEntitled(person, last);
      assertThat(Customers.leftOver()).isEmpty();
      end(person);
    }
  }

  private void faultyAdvance(SubjectId person, Random random) {
    var faults = Customers.cloudflare().faults();
    var at = 1 + random.nextInt(6);
    switch (random.nextInt(6)) {
      case 0 -> faults.cutBefore(at);
      case 1 -> faults.cutAfter(at);
      case 2 -> faults.failNext(1, random.nextBoolean() ? 429 : 500);
      case 3 -> dieAtCall(at, random.nextBoolean());
      case 4 -> TestMachine.machine().dynamo().dieAfterWrite(at);
      default -> {}
    }
    try {
      customers.advance(person);
    } catch (UnavailableException | RefusedException e) {
      // What was to go wrong went wrong.
    }
    heal();
  }
}
