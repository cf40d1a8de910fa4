package pledge.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.AtOnce;
import pledge.TestMachine;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.store.Backend;
import pledge.store.PurposeRefusedException;
import pledge.subject.Usage;
import pledge.vault.SubjectId;

final class UsageAggregatesTest {
  private final Backend backend = TestMachine.backend();
  private final UsageAggregates aggregates = new UsageAggregates(TestMachine.backend());
  private final List<SubjectId> customers = new ArrayList<>();

  /** Each test on a day of its own, in the middle of a month of its own. */
  @BeforeEach
  void comeInANewMonth() {
    TestMachine.reset();
    var month = YearMonth.from(today()).plusMonths(1);
    TestMachine.clock().set(month.atDay(15).atTime(12, 0).toInstant(ZoneOffset.UTC));
  }

  @Test
  @DisplayName("anonymous-aggregates: over 19 customers there is no figure, over 20 there is")
  void makesNoFigureOverFewerThanTwenty() {
    used(19, "chat", 3, 100);
    used(1, "files", 1, 0);
    assertThat(aggregates.make(today())).isZero();
    assertThat(aggregates.of(today())).isEmpty();

    use(TestMachine.subject(backend.vault()), "chat", 3, 100);
    assertThat(aggregates.make(today())).isOne();
    assertThat(aggregates.of(today()))
        .containsExactly(new UsageAggregate(midnight(), "chat", 20, 60, 2_000));
  }

  @Test
  @DisplayName("anonymous-aggregates: a customer who comes often is one customer")
  void countsACustomerOnce() {
    used(19, "chat", 1, 10);
    for (var time = 0; time < 5; time++) {
      use(customers.getFirst(), "chat", 1, 10);
    }
    assertThat(aggregates.make(today())).isZero();

    use(TestMachine.subject(backend.vault()), "chat", 1, 10);
    aggregates.make(today());
    assertThat(aggregates.of(today()))
        .containsExactly(new UsageAggregate(midnight(), "chat", 20, 25, 250));
  }

  @Test
  @DisplayName("anonymous-aggregates: a figure is made once, so that no two differ by one customer")
  void makesAFigureOnce() {
    used(20, "chat", 1, 10);
    aggregates.make(today());
    var before = aggregates.of(today());
    use(TestMachine.subject(backend.vault()), "chat", 1_000, 0);

    assertThat(aggregates.make(today())).isZero();
    assertThat(aggregates.of(today())).isEqualTo(before);
  }

  @Test
  void makesAFigureOnceThoughManyMakeItAtOnce() {
    used(20, "chat", 1, 10);

    var made = AtOnce.run(4, thread -> new UsageAggregates(TestMachine.backend()).make(today()));

    assertThat(made).contains(1);
    assertThat(aggregates.of(today())).hasSize(1);
  }

  @Test
  @DisplayName("anonymous-aggregates: what is released holds no id of anybody")
  void holdsNoIdOfAnybody() {
    used(20, "chat", 1, 10);
    aggregates.make(today());

    var rows =
        TestMachine.scan(Table.USAGE).stream()
            .filter(item -> item.toString().contains("AGGREGATE#chat"))
            .map(Object::toString)
            .toList();
    assertThat(rows).isNotEmpty();
    for (var customer : customers) {
      assertThat(rows).noneMatch(row -> row.contains(customer.value()));
    }
  }

  @Test
  void countsEachDayForItselfAndTheMonthAsAWhole() {
    used(20, "chat", 1, 10);
    var first = today();
    TestMachine.clock().advance(Duration.ofDays(1));
    customers.forEach(customer -> use(customer, "chat", 2, 0));
    use(TestMachine.subject(backend.vault()), "chat", 1, 0);

    aggregates.make(first);
    aggregates.make(today());
    aggregates.make(YearMonth.from(today()));

    assertThat(aggregates.of(first).getFirst().requests()).isEqualTo(20);
    assertThat(aggregates.of(today()).getFirst().requests()).isEqualTo(41);
    var month = YearMonth.from(today()).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
    assertThat(aggregates.of(YearMonth.from(today())))
        .containsExactly(new UsageAggregate(month, "chat", 21, 61, 200));
  }

  @Test
  void findsWhatWasWrittenDownAfterTheMonthsEnd() {
    var last = YearMonth.from(today()).atEndOfMonth();
    TestMachine.clock().set(last.plusDays(1).atTime(0, 5).toInstant(ZoneOffset.UTC));
    for (var i = 0; i < 20; i++) {
      var customer = TestMachine.subject(backend.vault());
      backend.store().insert(Usage.of(customer, last), new Usage(last, "chat", 1, 0), Instant.MAX);
    }

    assertThat(aggregates.make(last)).isOne();
  }

  @Test
  @DisplayName("anonymous-aggregates: who is erased is in no later figure")
  void leavesOutWhoIsErased() {
    used(20, "chat", 1, 10);
    backend.vault().destroySubjectKey(customers.getFirst());

    assertThat(aggregates.make(today())).isZero();
  }

  @Test
  @DisplayName("anonymous-aggregates: what one customer used is not read for marketing")
  void isReadForItsPurposesOnly() {
    used(1, "chat", 1, 10);

    assertThatThrownBy(
            () -> backend.store().all(Usage.KIND, customers.getFirst().value(), Purpose.MARKETING))
        .isInstanceOf(PurposeRefusedException.class);
  }

  private void used(int number, String feature, long requests, long tokens) {
    for (var i = 0; i < number; i++) {
      var customer = TestMachine.subject(backend.vault());
      customers.add(customer);
      use(customer, feature, requests, tokens);
    }
  }

  private void use(SubjectId customer, String feature, long requests, long tokens) {
    backend
        .store()
        .insert(
            Usage.of(customer, today()),
            new Usage(today(), feature, requests, tokens),
            Instant.MAX);
  }

  private static Instant midnight() {
    return today().atStartOfDay().toInstant(ZoneOffset.UTC);
  }

  private static LocalDate today() {
    return LocalDate.ofInstant(TestMachine.clock().instant(), ZoneOffset.UTC);
  }
}
