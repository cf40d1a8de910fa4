package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Category;
import pledge.policy.KeyScheme;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.records.Backstage;
import pledge.records.DeclaredRecord;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Ref;
import pledge.store.Residue;
import pledge.vault.EpochId;
import pledge.vault.KeyDestroyedException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A copy of the tables is put back after an epoch's end, as a restore from a backup does (and as
 * nothing can with the activity table, which has none).
 */
class RestoreTest {
  private static final Instant START = Instant.parse("2027-03-15T12:30:00Z");
  private static final List<Table> TABLES = List.of(Table.ACTIVITY, Table.USAGE);

  private final Machine machine =
      Machine.start(
          Options.inMemory()
              .withoutExpiry()
              .withFunctions("RetentionScheduleFunction", "RetentionSweepFunction")
              .withClockAt(START));
  private final Backstage backstage = new Backstage(machine);
  private final List<Ref<Fields>> records = new ArrayList<>();
  private final Map<Table, List<Map<String, AttributeValue>>> backup = new EnumMap<>(Table.class);

  @BeforeEach
  void backUp() {
    var subject = backstage.subject();
    for (var category : Category.values()) {
      if (category.retention().epoch().isPresent()) {
        var ref = DeclaredRecord.ref(category, subject.value(), "1");
        assertThat(
                backstage
                    .store()
                    .insert(ref, DeclaredRecord.fields(category, "x", START), Instant.MAX)
                    .written())
            .isTrue();
        records.add(ref);
      }
    }
    TABLES.forEach(table -> backup.put(table, backstage.raw(table)));
  }

  @AfterEach
  void close() {
    backstage.close();
    machine.close();
  }

  static Stream<RetentionPeriod> periods() {
    return RetentionPeriod.WITH_EPOCHS.stream();
  }

  @ParameterizedTest(name = "content-24h, logs-30d, analytics-13m: nobody can read it ({0})")
  @MethodSource("periods")
  void opensNothing(RetentionPeriod period) {
    var sealed = sealed(period);
    var found = sealed.stream().map(this::read).toList();
    endWithItsEpoch(period);
    restore(period);

    assertThat(sealed).as("by its expiry, it were alive").allMatch(this::isAlive);
    assertThat(sealed).noneMatch(backstage::isReadable);
    var late = backstage.store(() -> machine.clock().instant().minus(Duration.ofHours(2)));
    assertThat(sealed)
        .as("where the clock says that there is time yet")
        .noneMatch(ref -> Backstage.isReadable(late, ref));
    for (var before : found) {
      assertThatThrownBy(() -> backstage.store().transaction().replace(before, before.value()))
          .isInstanceOf(KeyDestroyedException.class);
    }
    assertThat(backstage.vault().prepareEpochKey(EpochId.of(period, START))).isFalse();
    assertThat(backstage.hasKey(EpochId.of(period, START))).isFalse();
  }

  @ParameterizedTest(name = "content-24h, logs-30d, analytics-13m: it is swept again ({0})")
  @MethodSource("periods")
  void isSweptAgainWhileABackupReachesBack(RetentionPeriod period) {
    endWithItsEpoch(period);
    assertThat(left(period)).as("swept the first time").isEmpty();
    machine.clock().advance(Duration.ofDays(backupDays(period)));
    machine.settle();
    restore(period);
    assertThat(left(period)).isNotEmpty();
    machine.clock().advance(Duration.ofHours(1));
    machine.settle();

    assertThat(left(period)).isEmpty();
  }

  @Test
  @DisplayName("analytics-13m: what comes back when the sweep looks no more, TTL removes")
  void isRemovedByTtlWhereTheSweepLooksNoMore() {
    var period = RetentionPeriod.MONTHS_13;
    var month = EpochId.of(period, START);
    endWithItsEpoch(period);
    machine.clock().advance(Duration.ofDays(2 + backupDays(period)));
    machine.settle();
    assertThat(backstage.vault().epochsWithResidue()).doesNotContain(month);
    restore(period);
    machine.clock().advance(Duration.ofHours(1));
    machine.settle();
    assertThat(left(period)).isNotEmpty();
    assertThat(sealed(period)).noneMatch(backstage::isReadable);
    machine.clock().set(period.endsAt(START));
    machine.expireNow();

    assertThat(left(period)).isEmpty();
  }

  @Test
  @DisplayName("access-controls: the audit says nothing of it that is not so")
  void theAuditFindsEveryPledgeKept() {
    assertThat(Audits.notKept(machine)).isEmpty();
    TABLES.forEach(table -> backup.put(table, backstage.raw(table)));
    for (var period : RetentionPeriod.WITH_EPOCHS) {
      endWithItsEpoch(period);
      machine.expireNow();
      assertThat(Audits.notKept(machine)).as("%s before", period.code()).isEmpty();
      restore(period);
      assertThat(Audits.notKept(machine)).as("%s restored", period.code()).isEmpty();
      machine.expireNow();
    }
  }

  private void endWithItsEpoch(RetentionPeriod period) {
    // At seven past comes the sweep.
    machine.clock().set(EpochId.of(period, START).endsAt().plus(Duration.ofMinutes(10)));
    machine.settle();
  }

  /** Puts back what is kept for that period. */
  private void restore(RetentionPeriod period) {
    backup.forEach(
        (table, items) ->
            backstage.put(
                table,
                items.stream()
                    .filter(
                        item ->
                            item.getOrDefault("_bucket", AttributeValue.fromS(""))
                                .s()
                                .startsWith(period.code() + "#"))
                    .toList()));
  }

  private List<Ref<Fields>> sealed(RetentionPeriod period) {
    var sealed =
        of(period).stream()
            .filter(ref -> ref.kind().category().keyScheme() == KeyScheme.SUBJECT_AND_EPOCH)
            .toList();
    assertThat(sealed).isNotEmpty();
    return sealed;
  }

  private List<Ref<Fields>> of(RetentionPeriod period) {
    return records.stream()
        .filter(ref -> ref.kind().category().retention().equals(period))
        .toList();
  }

  private List<Ref<Fields>> left(RetentionPeriod period) {
    return of(period).stream().filter(ref -> !backstage.raw(ref).isEmpty()).toList();
  }

  private Found<Fields> read(Ref<Fields> ref) {
    var purpose = ref.kind().category().purposes().iterator().next();
    return backstage.store().get(ref, purpose).orElseThrow();
  }

  private boolean isAlive(Ref<Fields> ref) {
    var purpose = ref.kind().category().purposes().iterator().next();
    return backstage.store().getClear(ref, purpose).isPresent();
  }

  private static int backupDays(RetentionPeriod period) {
    return Residue.tables(period).stream().mapToInt(Table::backupDays).max().orElseThrow();
  }
}
