package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.local.KmsStandIn;
import pledge.local.Machine;
import pledge.policy.Category;

/** While KMS does not answer: an error that says "try again", and nothing half-written. */
class KmsDownTest {
  private static final Instant START = Instant.parse("2026-11-21T09:30:00Z");
  private static final String KEY = "VaultKey";

  /** Longer than a key is kept in memory. */
  private static final Duration WITHOUT_A_KEY = Duration.ofMinutes(6);

  private static Machine machine;
  private static RawTables tables;
  private static int people;

  private Person ada;

  /** What somebody asks for, and how it is answered while KMS answers. */
  enum Asked {
    SIGN_UP("/signup", 202),
    CONFIRMATION("/signup/confirmation", 204),
    SIGN_IN("/session", 204);

    private final String path;
    private final int status;

    Asked(String path, int status) {
      this.path = path;
      this.status = status;
    }

    /**
     * The counters that it moves before it needs a person's key, as {@link #changed} names them.
     */
    Set<String> counters() {
      var names =
          switch (this) {
            case SIGN_UP -> Stream.of("signup", "signup-address", "signup-address-overall");
            case CONFIRMATION -> Stream.of("confirmation");
            case SIGN_IN -> Stream.of("signin", "delay", "sign-in-account");
          };
      return names
          .map(name -> Category.RATE_LIMIT.table().resource() + " THROTTLE#" + name)
          .collect(Collectors.toSet());
    }
  }

  /** How KMS fails. */
  enum Fault {
    REFUSING,
    THROTTLING,
    FAILING,
    SLOW;

    void begin(KmsStandIn kms) {
      switch (this) {
        case REFUSING -> kms.disable(KEY);
        case THROTTLING -> kms.failNext(1_000, "ThrottlingException", 400);
        case FAILING -> kms.failNext(1_000, "KMSInternalException", 500);
        // A client waits two seconds for an answer.
        case SLOW -> kms.delay(Duration.ofMillis(2_500));
      }
    }
  }

  @BeforeAll
  static void start() {
    machine = Machine.start(QuickHashes.options().withClockAt(START));
    tables = new RawTables(machine);
  }

  @AfterAll
  static void stop() {
    tables.close();
    machine.close();
  }

  @BeforeEach
  void meetSomebodyNewWhenEveryBucketIsFullAgain() {
    machine.clock().advance(Duration.ofHours(2));
    ada = Person.of(machine, "ada" + people++ + "@example.org");
  }

  @AfterEach
  void answerAgain() {
    machine.kms().enable(KEY);
    machine.kms().reset();
  }

  static Stream<Arguments> everyFault() {
    return Stream.of(Asked.values())
        .flatMap(asked -> Stream.of(Fault.values()).map(fault -> Arguments.of(asked, fault)));
  }

  @ParameterizedTest(name = "{0} while KMS is {1}")
  @MethodSource("everyFault")
  void answers503AndWritesNothingAndSucceedsLater(Asked asked, Fault fault) {
    prepare(asked);
    machine.clock().advance(WITHOUT_A_KEY);
    var before = items();

    var answer = sendDuring(fault, asked);

    assertThat(purposes()).as("it fails at the first key").containsOnly("index");
    assertThat(changed(before)).isEmpty();
    assertSucceedsOnceKmsAnswers(asked, answer);
  }

  @ParameterizedTest(name = "{0} while KMS is {1}")
  @MethodSource("everyFault")
  void answers503AndMovesOnlyCountersWhereItFailsAtAPersonsKey(Asked asked, Fault fault) {
    prepare(asked);
    machine.clock().advance(WITHOUT_A_KEY);
    readTheIndexKey(asked);
    var before = items();

    var answer = sendDuring(fault, asked);

    assertThat(purposes()).as("it fails at the person's key").containsOnly("subject");
    assertThat(changed(before)).isEqualTo(asked.counters());
    assertSucceedsOnceKmsAnswers(asked, answer);
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  /** All that has to be done before. */
  private void prepare(Asked asked) {
    if (asked != Asked.SIGN_UP) {
      assertThat(ada.signUp().statusCode()).isEqualTo(202);
    }
    if (asked == Asked.SIGN_IN) {
      assertThat(ada.confirm().statusCode()).isEqualTo(204);
    }
  }

  /** Somebody's useless request, after which the function has that key in memory, and no other. */
  private void readTheIndexKey(Asked asked) {
    assertThat(ada.at("127.0.31.1").send("POST", asked.path, "{}").statusCode()).isEqualTo(422);
  }

  private HttpResponse<String> sendDuring(Fault fault, Asked asked) {
    machine.kms().reset();
    fault.begin(machine.kms());
    return send(asked);
  }

  private HttpResponse<String> send(Asked asked) {
    return switch (asked) {
      case SIGN_UP -> ada.signUp();
      case CONFIRMATION -> ada.confirm();
      case SIGN_IN -> ada.signIn();
    };
  }

  private void assertSucceedsOnceKmsAnswers(Asked asked, HttpResponse<String> answer) {
    assertProblem(answer, 503, "unavailable");
    var wait = answer.headers().firstValueAsLong("retry-after");
    assertThat(wait).hasValue(1);
    answerAgain();
    machine.clock().advance(Duration.ofSeconds(wait.orElseThrow()));

    assertThat(send(asked).statusCode()).isEqualTo(asked.status);
  }

  /** Whose keys KMS was asked for. */
  private static Stream<String> purposes() {
    return machine.kms().calls().stream()
        .map(call -> call.encryptionContext().getOrDefault("purpose", "none"));
  }

  private static Set<RawTables.Item> items() {
    machine.settle();
    return Set.copyOf(tables.all());
  }

  /** Table and sort key of every item that is not what it was, is new or is gone. */
  private static Set<String> changed(Set<RawTables.Item> before) {
    var now = items();
    var changed = new HashSet<String>();
    Stream.concat(
            before.stream().filter(item -> !now.contains(item)),
            now.stream().filter(item -> !before.contains(item)))
        .forEach(item -> changed.add(item.table() + " " + item.sk()));
    return changed;
  }
}
