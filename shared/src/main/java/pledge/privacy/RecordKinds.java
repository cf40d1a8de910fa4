package pledge.privacy;

import java.util.List;
import java.util.stream.Stream;
import pledge.assistant.Assistant;
import pledge.billing.BillingRecord;
import pledge.billing.OpenTask;
import pledge.billing.StripeEvent;
import pledge.billing.Subscription;
import pledge.store.Kind;
import pledge.subject.SubjectKinds;

/** Every kind of record that is written by now. */
public final class RecordKinds {
  public static final List<Kind<?>> ALL =
      Stream.concat(
              SubjectKinds.ALL.stream(),
              Stream.<Kind<?>>of(
                  Assistant.KIND,
                  BillingRecord.KIND,
                  Expirations.KIND,
                  ExportFile.KIND,
                  HeldData.KIND,
                  HoldEnd.KIND,
                  IncidentEntry.KIND,
                  LegalHoldEntry.KIND,
                  Mailing.KIND,
                  MinorReport.KIND,
                  OpenRequest.ERASURES,
                  OpenRequest.EXPORTS,
                  OpenTask.What.ASSISTANT.kind(),
                  OpenTask.What.OVERDUE.kind(),
                  OpenTask.What.SUBSCRIBED.kind(),
                  PrivacyRequest.KIND,
                  Receipt.EXPECTED,
                  Receipt.KIND,
                  Receipt.Row.KIND,
                  RemoteCopy.KIND,
                  StaffAccess.KIND,
                  StaffAccess.ROW,
                  StripeEvent.KIND,
                  Subscription.KIND,
                  SupportGrant.KIND,
                  Planted.KIND,
                  PledgeCheck.KIND,
                  UsageAggregate.KIND))
          .toList();

  private RecordKinds() {}
}
