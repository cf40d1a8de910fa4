package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.functions.UnreliableProcessor.Copier;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.Holding;
import pledge.policy.Processor;
import pledge.privacy.Custodians;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PrivacyRequest.Status;
import pledge.privacy.ProcessorLine.State;
import pledge.privacy.RemoteCopies;
import pledge.processor.Custodian;
import pledge.processor.Custodian.Answer;
import pledge.processor.Custodian.Handover;
import pledge.records.DeclaredRecord;
import pledge.vault.SubjectId;

/** Every processor that holds something: it fails in every way, and answers in every way. */
class ProcessorFailuresTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<Processor> HOLDING = holding(_ -> true, _ -> true);
  private static final List<Processor> HANDING_OVER =
      holding(category -> category.whyNotExported().isEmpty(), _ -> true);

  /** Other than by the ids of their records. */
  private static final List<Processor> KNOWING_PEOPLE =
      holding(_ -> true, Predicate.not(Holding::underRecordId));

  /** For one that never answers; those that do need none of it. */
  private static final Duration PATIENCE = Duration.ofMillis(200);

  private static Erasures people;
  private static int runs;

  @BeforeAll
  static void start() {
    people = new Erasures();
  }

  @AfterAll
  static void stop() {
    people.close();
  }

  private static List<Processor> holding(Predicate<Category> of, Predicate<Holding> how) {
    return Stream.of(Category.values())
        .filter(of)
        .flatMap(category -> category.holdings().stream())
        .filter(how)
        .map(Holding::processor)
        .distinct()
        .sorted()
        .toList();
  }

  /** An answer for good. */
  record End(String words, Function<Instant, Answer> answer, State state) {
    @Override
    public String toString() {
      return words;
    }
  }

  private static final List<End> ENDS =
      List.of(
          new End("has deleted it", _ -> new Answer.Gone(), State.GONE),
          new End(
              "will delete it", until -> new Answer.Scheduled("a backup", until), State.SCHEDULED),
          new End(
              "deletes the rest when asked later",
              until -> new Answer.Later("payments", until),
              State.SCHEDULED),
          new End(
              "keeps some by law",
              until -> new Answer.KeptByLaw("invoices", "tax law", until),
              State.KEPT_BY_LAW));

  /** Each processor in each way, with each end. */
  static Stream<Arguments> failures() {
    return HOLDING.stream()
        .flatMap(
            processor ->
                ErasureTest.ways()
                    .flatMap(way -> ENDS.stream().map(end -> Arguments.of(processor, way, end))));
  }

  @ParameterizedTest(name = "erase-everywhere: {0}, which {1}, is asked until it {2}")
  @MethodSource("failures")
  void isAskedUntilItHasAnswered(Processor processor, ErasureTest.Way way, End end) {
    var clock = people.machine.clock();
    var number = "number" + runs++;
    var person = people.somebody();
    knownByRecords(person, number);
    var until = clock.instant().truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofDays(90));
    var failing =
        new UnreliableProcessor(
            processor,
            List.of(number),
            List.of(
                way.failing(), way.failing(), () -> end.answer().apply(until), Answer.Gone::new));
    var all = withOthers(failing, number);
    var erasure = people.erasure(people.backstage, PATIENCE, all);
    var id = people.requests().erase(person);
    var open = people.open();
    clock.advance(AtErasure.CHANGE_OF_MIND);

    people.until(Stage.TELL, erasure, open);

    var states =
        HOLDING.stream()
            .collect(
                Collectors.toMap(one -> one, one -> one == processor ? way.state() : State.GONE));
    assertThat(states(person)).as("no other is held up").isEqualTo(states);
    while (people.advance(erasure, open).isPresent()) {
      clock.advance(Duration.ofDays(4));
    }
    assertThat(failing.asked).hasSize(3).containsOnly(List.of(number));
    people.assertErased(person, id, way + ", " + end);
    var line = onReceipt(id, processor);
    assertThat(line.path("state").asText()).isEqualTo(end.state().name());
    assertThat(line.path("until").asText())
        .isEqualTo(end.state() == State.GONE ? "" : until.toString());
    if (end.answer().apply(until) instanceof Answer.Later) {
      clock.set(until);
      new RemoteCopies(people.backstage.store(), new Custodians(List.of(all), PATIENCE), clock)
          .advance("COPY#" + processor + "#" + number);
      assertThat(failing.asked).as("for the rest").hasSize(4);
      assertThat(people.traces(processor + "#" + number)).isEmpty();
    }
  }

  static Stream<Arguments> silences() {
    return KNOWING_PEOPLE.stream()
        .flatMap(processor -> ErasureTest.silences().map(way -> Arguments.of(processor, way)));
  }

  @ParameterizedTest(
      name = "erase-everywhere: {0}, which {1}, is asked for its numbers until it says")
  @MethodSource("silences")
  void isAskedForItsNumbersUntilItSaysThem(Processor processor, ErasureTest.Way way) {
    var number = "number" + runs++;
    var person = people.somebody();
    knownByRecords(person, number);
    Supplier<List<String>> silent = () -> List.of(way.failing().get().toString());
    var waysToSay =
        new ArrayDeque<Supplier<List<String>>>(List.of(silent, silent, () -> List.of(number)));
    var failing =
        new UnreliableProcessor(
            processor, _ -> waysToSay.removeFirst().get(), List.of(Answer.Gone::new));
    var erasure = people.erasure(people.backstage, PATIENCE, withOthers(failing, number));
    var id = people.requests().erase(person);
    var open = people.open();
    people.machine.clock().advance(AtErasure.CHANGE_OF_MIND);

    people.until(Stage.READ_NUMBERS, erasure, open);

    assertThat(states(person)).isEqualTo(Map.of(processor, State.FAILED));
    while (people.advance(erasure, open).isPresent()) {
      people.machine.clock().advance(Duration.ofDays(4));
    }
    assertThat(waysToSay).isEmpty();
    assertThat(failing.asked).containsExactly(List.of(number));
    people.assertErased(person, id, processor + ", " + way);
    assertThat(onReceipt(id, processor).path("state").asText()).isEqualTo(State.GONE.name());
  }

  static Stream<Arguments> copies() {
    return HANDING_OVER.stream()
        .flatMap(processor -> ExportTest.ways().map(way -> Arguments.of(processor, way)));
  }

  @ParameterizedTest(name = "right-access: {0}, which {1}, is asked until it hands over")
  @MethodSource("copies")
  void isAskedUntilItHandsOver(Processor processor, ExportTest.Way way) {
    var person = people.somebody();
    people.account(person);
    Copier handsOver =
        into -> {
          into.begin("all.json").write('1');
          return new Handover.HandedOver();
        };
    var number = "number" + runs++;
    var failing =
        new UnreliableProcessor(processor, List.of(number), List.of())
            .handingOver(List.of(way.failing(), way.failing(), handsOver));
    var all = withOthers(failing, number, handsOver);
    people.requests().export(person);
    var open = people.open(What.EXPORT, person);
    for (var time = 0; time < 2; time++) {
      people.exports(all).advance(open);
      assertThat(people.requests().all(person).getFirst().value().status())
          .as("not without it")
          .isEqualTo(Status.PENDING);
      people.machine.clock().advance(Duration.ofDays(1));
    }

    people.exports(all).advance(open);

    assertThat(failing.asked).hasSize(3).containsOnly(List.of(number));
    var zip = PersonalZip.of(people.copied(person));
    for (var one : HANDING_OVER) {
      var folder = one.shortName().toLowerCase(Locale.ROOT);
      assertThat(zip.file("processors/" + folder + "/all.json")).isEqualTo("1");
    }
  }

  /** A record of every category that a processor knows by its id. */
  private static void knownByRecords(SubjectId person, String id) {
    var now = people.machine.clock().instant();
    for (var category : Category.values()) {
      if (category.holdings().stream().anyMatch(Holding::underRecordId)) {
        var ref = DeclaredRecord.ref(category, person.value(), id);
        var fields = DeclaredRecord.fields(category, "x", now);
        assertThat(people.backstage.store().insert(ref, fields, Instant.MAX).written()).isTrue();
      }
    }
  }

  /** Beside that one, every other, which does at once what it is asked for. */
  private static Custodian[] withOthers(
      UnreliableProcessor failing, String number, Copier... copiers) {
    return HOLDING.stream()
        .map(
            one ->
                one == failing.processor()
                    ? failing
                    : new UnreliableProcessor(one, List.of(number), List.of(Answer.Gone::new))
                        .handingOver(List.of(copiers)))
        .toArray(Custodian[]::new);
  }

  private static Map<Processor, State> states(SubjectId person) {
    return people.requests().all(person).getFirst().value().processors().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, line -> line.getValue().state()));
  }

  private static JsonNode onReceipt(String id, Processor processor) {
    try {
      var says = JSON.readTree(ErasureTest.says(people.receipt(id).signed()));
      return StreamSupport.stream(says.path("processors").spliterator(), false)
          .filter(line -> line.path("processor").asText().equals(processor.shortName()))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
