package pledge.retention.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pledge.policy.Pledge;

final class TablesCheckTest {
  @Test
  @DisplayName("encrypted-at-rest: the audit sees each setting of a table that is not as declared")
  void findsEachSettingThatIsNotAsDeclared(@TempDir Path folder) throws IOException {
    var template = Files.readString(Path.of("../../template.yaml"));
    template = changed(template, "Billing", "InDays: 35", "InDays: 7");
    template = changed(template, "Subjects", "InDays: 7", "InDays: 35");
    template = changed(template, "Subjects", "SSEEnabled: true", "SSEEnabled: false");
    template =
        changed(
            template,
            "EpochKeys",
            "PointInTimeRecoveryEnabled: false",
            "PointInTimeRecoveryEnabled: true");
    template = changed(template, "Activity", "expiresAt, Enabled: true", "expiresAt, Enabled: no");
    template = changed(template, "Usage", "ProtectionEnabled: true", "ProtectionEnabled: false");
    template = changed(template, "Audit", ", KMSMasterKeyId: !GetAtt TablesKey.Arn", "");

    try (var house = new House(Files.writeString(folder.resolve("template.yaml"), template))) {
      assertThat(house.audit().keySet())
          .containsExactlyInAnyOrder(
              "billing-7y",
              "account-30d",
              "content-24h",
              "logs-30d",
              "server-logs",
              "analytics-13m",
              "encrypted-at-rest");
      assertThat(house.evidence(Pledge.BILLING_7Y))
          .contains("tables: billing can be restored for 7 days instead of 35");
      assertThat(house.evidence(Pledge.ACCOUNT_30D))
          .contains("tables: subjects can be restored for 35 days instead of 7");
      assertThat(house.evidence(Pledge.CONTENT_24H))
          .contains("epoch-keys can be restored for 35 days instead of 0")
          .contains("activity does not remove what is expired");
      assertThat(house.evidence(Pledge.ANALYTICS_13M))
          .contains("usage is not protected from deletion");
      assertThat(house.evidence(Pledge.ENCRYPTED_AT_REST))
          .contains("tables: subjects is not encrypted under our key")
          .contains("audit is not encrypted under our key");
    }
  }

  private static String changed(String template, String table, String declared, String other) {
    var start = template.indexOf("\n  " + table + "Table:");
    var place = template.indexOf(declared, start);
    assertThat(start).isPositive();
    assertThat(place).as(table).isBetween(start, template.indexOf("\n\n", start));
    return template.substring(0, place) + other + template.substring(place + declared.length());
  }
}
