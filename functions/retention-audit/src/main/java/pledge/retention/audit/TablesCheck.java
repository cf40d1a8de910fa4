package pledge.retention.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import pledge.policy.Pledge;
import pledge.policy.Table;
import pledge.privacy.PledgeCheck.Result;
import pledge.store.Tables;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.PointInTimeRecoveryStatus;
import software.amazon.awssdk.services.dynamodb.model.SSEStatus;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/** The tables as they are deployed, against what is declared of them. */
final class TablesCheck implements Check {
  private final DynamoDbClient dynamo;
  private final Tables tables;
  private final String key;

  /**
   * @param key the ARN of the key that encrypts tables at rest
   */
  TablesCheck(DynamoDbClient dynamo, Tables tables, String key) {
    this.dynamo = dynamo;
    this.tables = tables;
    this.key = key;
  }

  @Override
  public Set<Pledge> pledges() {
    var pledges = new TreeSet<>(Set.of(Pledge.ENCRYPTED_AT_REST));
    for (var table : Table.values()) {
      pledges.addAll(Promised.of(table));
    }
    return pledges;
  }

  @Override
  public List<Finding> run() {
    var encryption = new ArrayList<String>();
    var others = new EnumMap<Pledge, List<String>>(Pledge.class);
    for (var table : Table.values()) {
      var name = tables.name(table);
      var wrong = new ArrayList<String>();
      try {
        look(table, name, encryption, wrong);
        lookAtBackups(table, name, wrong);
        lookAtExpiry(name, wrong);
      } catch (SdkException e) {
        throw new UnavailableException("DynamoDB", e);
      }
      for (var pledge : Promised.of(table)) {
        var ofPledge = others.computeIfAbsent(pledge, key -> new ArrayList<>());
        wrong.forEach(what -> ofPledge.add(table.id() + " " + what));
      }
    }
    var findings = new ArrayList<Finding>();
    findings.add(
        finding(Pledge.ENCRYPTED_AT_REST, encryption, "every table is encrypted under our key"));
    for (Map.Entry<Pledge, List<String>> entry : others.entrySet()) {
      findings.add(
          finding(
              entry.getKey(), entry.getValue(), "its tables' backup and expiry are as declared"));
    }
    return findings;
  }

  private static Finding finding(Pledge pledge, List<String> wrong, String kept) {
    return wrong.isEmpty()
        ? new Finding(Set.of(pledge), Result.KEPT, kept)
        : new Finding(Set.of(pledge), Result.BROKEN, "tables: " + String.join(", ", wrong));
  }

  private void look(Table table, String name, List<String> encryption, List<String> wrong) {
    var described = dynamo.describeTable(request -> request.tableName(name)).table();
    var encrypted = described.sseDescription();
    if (encrypted == null
        || encrypted.status() != SSEStatus.ENABLED
        || !key.equals(encrypted.kmsMasterKeyArn())) {
      encryption.add(table.id() + " is not encrypted under our key");
    }
    if (!Boolean.TRUE.equals(described.deletionProtectionEnabled())) {
      wrong.add("is not protected from deletion");
    }
    var billing = described.billingModeSummary();
    if (billing == null || billing.billingMode() != BillingMode.PAY_PER_REQUEST) {
      wrong.add("has a limited capacity");
    }
  }

  private void lookAtBackups(Table table, String name, List<String> wrong) {
    var recovery =
        dynamo
            .describeContinuousBackups(request -> request.tableName(name))
            .continuousBackupsDescription()
            .pointInTimeRecoveryDescription();
    var days =
        recovery != null
                && recovery.pointInTimeRecoveryStatus() == PointInTimeRecoveryStatus.ENABLED
            ? recovery.recoveryPeriodInDays()
            : Integer.valueOf(0);
    if (days == null || days != table.backupDays()) {
      wrong.add("can be restored for " + days + " days instead of " + table.backupDays());
    }
  }

  private void lookAtExpiry(String name, List<String> wrong) {
    var expiry =
        dynamo.describeTimeToLive(request -> request.tableName(name)).timeToLiveDescription();
    if (expiry == null
        || expiry.timeToLiveStatus() != TimeToLiveStatus.ENABLED
        || !"expiresAt".equals(expiry.attributeName())) {
      wrong.add("does not remove what is expired");
    }
  }
}
