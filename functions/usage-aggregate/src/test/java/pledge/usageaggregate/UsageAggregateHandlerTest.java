package pledge.usageaggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Purpose;
import pledge.privacy.UsageAggregates;
import pledge.store.Backend;
import pledge.subject.Usage;
import pledge.vault.Environment;
import pledge.vault.SubjectId;

/** The function as its schedule calls it, on a machine where somebody else writes what is used. */
final class UsageAggregateHandlerTest {
  private static final Path DAILY = Path.of("..", "..", "events", "usage-aggregate", "daily.json");

  private final Machine machine =
      Machine.start(
          Options.inMemory()
              .withFunctions("UsageAggregateFunction")
              .withClockAt(Instant.parse("2027-01-30T12:00:00Z")));

  /** As a function that may make keys and write down what is used. */
  private final Backend backend =
      Backend.of(new Environment(machine.environment("UsageAggregateFunction"), machine.clock()));

  private final UsageAggregates aggregates = new UsageAggregates(backend);

  @AfterEach
  void stop() {
    machine.close();
  }

  @Test
  @DisplayName("anonymous-aggregates: the day before, every day, and the month once it is over")
  void makesTheFiguresOfEachDayAndOfTheMonth() {
    var customers = IntStream.range(0, 20).mapToObj(i -> customer()).toList();
    for (var day = 0; day < 4; day++) {
      customers.forEach(customer -> use(customer, today()));
      machine.clock().advance(Duration.ofDays(1));
      machine.settle();
    }

    assertThat(today()).isEqualTo(LocalDate.parse("2027-02-03"));
    for (var day = 30; day <= 31; day++) {
      assertThat(aggregates.of(LocalDate.of(2027, 1, day))).hasSize(1);
    }
    assertThat(aggregates.of(YearMonth.of(2027, 1)).getFirst().requests()).isEqualTo(40);
    assertThat(aggregates.of(today())).as("a day that is not over").isEmpty();
  }

  @Test
  void makesUpForRunsThatWereMissed() throws IOException {
    var customers = IntStream.range(0, 20).mapToObj(i -> customer()).toList();
    customers.forEach(customer -> use(customer, today()));
    var used = today();
    // Longer than a schedule is made up for.
    machine.clock().advance(Duration.ofDays(3));
    machine.settle();

    assertThat(aggregates.of(used)).hasSize(1);
    assertThat(aggregates.of(YearMonth.from(used))).hasSize(1);
    var again = machine.invoke("UsageAggregateFunction", Files.readAllBytes(DAILY));
    assertThat(new String(again, StandardCharsets.UTF_8))
        .contains("\"UsageFiguresOfDays\":0", "\"UsageFiguresOfMonths\":0");
  }

  private SubjectId customer() {
    var customer = SubjectId.random();
    var key = backend.vault().newSubjectKey(customer, Instant.parse("2099-01-01T00:00:00Z"));
    backend.store().transaction().add(key).commit();
    return customer;
  }

  private void use(SubjectId customer, LocalDate day) {
    backend.store().insert(Usage.of(customer, day), new Usage(day, "chat", 1, 10), Instant.MAX);
    assertThat(backend.store().all(Usage.KIND, customer.value(), Purpose.RIGHTS)).isNotEmpty();
  }

  private LocalDate today() {
    return LocalDate.ofInstant(machine.clock().instant(), ZoneOffset.UTC);
  }
}
