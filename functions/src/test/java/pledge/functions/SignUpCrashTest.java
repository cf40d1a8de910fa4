package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.local.Machine;
import pledge.policy.PolicyDocument;

/** A process that dies between any two writes of a sign-up or a confirmation, and a second try. */
class SignUpCrashTest {
  /** More than either needs, so that the last ones never strike. */
  private static final int WRITES = 5;

  private static Machine machine;
  private static RawTables tables;
  private static Postman postman;
  private static int people;

  private Person ada;

  /** A death: before or after which write. */
  record Death(boolean before, int write) {
    void plan() {
      if (before) {
        machine.dynamo().dieBeforeWrite(write);
      } else {
        machine.dynamo().dieAfterWrite(write);
      }
    }

    @Override
    public String toString() {
      return (before ? "before" : "after") + " write " + write;
    }
  }

  static Stream<Death> deaths() {
    return IntStream.rangeClosed(1, WRITES)
        .boxed()
        .flatMap(write -> Stream.of(new Death(true, write), new Death(false, write)));
  }

  @BeforeAll
  static void start() {
    // Without the function that mails: its writes would be counted as well.
    machine =
        Machine.start(QuickHashes.options().withFunctions("SignupFunction", "SessionFunction"));
    tables = new RawTables(machine);
    postman = new Postman(machine);
  }

  @AfterAll
  static void stop() {
    tables.close();
    machine.close();
  }

  @BeforeEach
  void meetSomebodyNew() {
    machine.clock().advance(Duration.ofDays(2));
    machine.settle();
    ada = Person.of(machine, "ada" + people++ + "@example.org");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("deaths")
  void aSignUpThatDiedIsWholeOrNotThereAndTheNextOneWorks(Death death) {
    machine.dynamo().reset();
    death.plan();
    var first = ada.signUp();
    var struck = machine.dynamo().isDead();
    machine.dynamo().reset();

    if (struck) {
      assertProblem(first, 503, "unavailable");
      assertThat(death.write()).as("there is no write behind the last one").isLessThan(WRITES);
    } else {
      assertThat(first.statusCode()).isEqualTo(202);
      assertThat(death.write()).as("a sign-up has writes to die at").isGreaterThan(2);
    }
    assertThat(halves()).isEmpty();
    assertThat(ada.signUp().statusCode()).isEqualTo(202);
    postman.deliver();
    assertThat(ada.confirm().statusCode()).isEqualTo(204);
    assertThat(ada.signIn().statusCode()).isEqualTo(204);
    assertThat(halves()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("deaths")
  void aConfirmationThatDiedIsWholeOrNotThereAndTheLinkStillWorks(Death death) {
    ada.signUp();
    postman.deliver();
    var token = ada.mailedToken().orElseThrow();
    machine.dynamo().reset();
    death.plan();
    var first = ada.confirm(token);
    var struck = machine.dynamo().isDead();
    machine.dynamo().reset();

    if (struck) {
      assertProblem(first, 503, "unavailable");
      assertThat(death.write()).as("there is no write behind the last one").isLessThan(WRITES);
    } else {
      assertThat(first.statusCode()).isEqualTo(204);
      assertThat(death.write()).as("a confirmation has writes to die at").isGreaterThan(1);
    }
    assertThat(halves()).isEmpty();
    assertThat(ada.confirm(token).statusCode()).isEqualTo(204);
    assertThat(ada.signIn().statusCode()).isEqualTo(204);
    assertThat(halves()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("deaths")
  void aCutConnectionIsNoErrorToAnybody(Death cut) {
    machine.dynamo().reset();
    if (cut.before()) {
      machine.dynamo().cutBeforeWrite(cut.write());
    } else {
      machine.dynamo().cutAfterWrite(cut.write());
    }

    assertThat(ada.signUp().statusCode()).isEqualTo(202);
    postman.deliver();
    assertThat(ada.confirm().statusCode()).isEqualTo(204);
    assertThat(ada.signIn().statusCode()).isEqualTo(204);
    assertThat(ada.get("/session").statusCode()).isEqualTo(200);
    machine.dynamo().reset();
  }

  /** What stands in the tables without what must stand beside it. */
  private static List<String> halves() {
    var items = tables.all();
    var keys =
        items.stream()
            .filter(item -> item.sk().equals("KEY"))
            .collect(Collectors.toMap(RawTables.Item::pk, item -> item.has("expiresAt")));
    var partitions =
        items.stream()
            .filter(item -> !item.sk().startsWith("THROTTLE#") && !item.sk().equals("KEY"))
            .filter(item -> !item.sk().equals("LOOKUP"))
            .collect(
                Collectors.groupingBy(
                    RawTables.Item::pk,
                    Collectors.mapping(
                        item -> item.sk().replaceFirst("^(SESSION|OUTBOX#NOTICE)#.*", "$1"),
                        Collectors.toSet())));
    var lookups =
        items.stream()
            .filter(item -> item.sk().equals("LOOKUP"))
            .map(item -> item.text("subject"))
            .collect(Collectors.toSet());
    var pending = Set.of("SIGN_UP", "OUTBOX#NOTICE");
    var account =
        Set.of(
            "ACCOUNT",
            "CREDENTIAL",
            "CONSENT#adult",
            "CONSENT#assistant-privacy#" + PolicyDocument.ASSISTANT_PRIVACY.version());
    return Stream.concat(
            partitions.entrySet().stream()
                .filter(
                    partition -> {
                      var subject = partition.getKey();
                      var kinds = partition.getValue();
                      var isPending =
                          kinds.equals(pending)
                              && Boolean.TRUE.equals(keys.get(subject))
                              && !lookups.contains(subject);
                      var isAccount =
                          kinds.containsAll(account)
                              && !kinds.contains("SIGN_UP")
                              && Boolean.FALSE.equals(keys.get(subject))
                              && lookups.contains(subject);
                      return !isPending && !isAccount;
                    })
                .map(Object::toString),
            keys.keySet().stream()
                .filter(subject -> !subject.equals("index") && !partitions.containsKey(subject))
                .map(subject -> "a key of nobody: " + subject))
        .toList();
  }
}
