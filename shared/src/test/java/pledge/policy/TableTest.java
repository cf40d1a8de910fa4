package pledge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TableTest {
  @ParameterizedTest
  @CsvSource({
    "SUBJECTS, subjects, SubjectsTable, SUBJECTS_TABLE, 7",
    "SUBJECT_KEYS, subject-keys, SubjectKeysTable, SUBJECT_KEYS_TABLE, 7",
    "EPOCH_KEYS, epoch-keys, EpochKeysTable, EPOCH_KEYS_TABLE, 0",
    "ACTIVITY, activity, ActivityTable, ACTIVITY_TABLE, 0",
    "USAGE, usage, UsageTable, USAGE_TABLE, 7",
    "BILLING, billing, BillingTable, BILLING_TABLE, 35",
    "AUDIT, audit, AuditTable, AUDIT_TABLE, 35"
  })
  void isNamedInTheTemplateAndTheEnvironment(
      Table table, String id, String resource, String setting, int backupDays) {
    assertThat(table.id()).isEqualTo(id);
    assertThat(table.resource()).isEqualTo(resource);
    assertThat(table.setting()).isEqualTo(setting);
    assertThat(table.backupDays()).isEqualTo(backupDays);
  }
}
