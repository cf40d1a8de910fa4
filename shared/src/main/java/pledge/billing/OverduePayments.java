package pledge.billing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.billing.OpenTask.What;
import pledge.policy.Purpose;
import pledge.store.Backend;
import pledge.store.Found;
import pledge.store.Store;
import pledge.subject.Notice;
import pledge.subject.Notice.About;
import pledge.subject.Notices;
import pledge.vault.KeyDestroyedException;
import pledge.vault.SubjectId;

/**
 * What follows, and when, where a payment failed: the person is told, told again, and in the end
 * the assistant is suspended. It counts from when we knew, and no step follows the one before
 * sooner than planned, but for some hours: who is suspended was told in time, also where we were
 * late.
 */
public final class OverduePayments {
  private static final Logger LOG = LoggerFactory.getLogger(OverduePayments.class);

  /** The clock comes by once an hour, and may miss it some times. */
  private static final Duration PUNCTUAL = Duration.ofHours(6);

  private final Store store;
  private final Notices notices;
  private final Grace grace;
  private final InstantSource clock;

  public OverduePayments(Backend backend, Notices notices, Grace grace, InstantSource clock) {
    this.store = backend.store();
    this.notices = notices;
    this.grace = grace;
    this.clock = clock;
  }

  /**
   * How long.
   *
   * @param notices after which times a person is told, the first and all others
   * @param suspension after which time the assistant is suspended, and the person told of that
   */
  public record Grace(List<Duration> notices, Duration suspension) {
    /** Also a mail that comes late names a moment that is to come. */
    private static final Duration NOTICE = Duration.ofDays(1);

    /**
     * With these times.
     *
     * @throws IllegalArgumentException where nobody would be told, or they are not in their order,
     *     or between the last of them and the suspension is less than a day
     */
    public Grace {
      notices = List.copyOf(notices);
      var sorted = notices.stream().sorted().distinct().toList();
      if (notices.isEmpty()
          || !sorted.equals(notices)
          || notices.getFirst().isNegative()
          || notices.getLast().plus(NOTICE).compareTo(suspension) > 0) {
        throw new IllegalArgumentException(
            "notices after %s and a suspension after %s, which is to be a day after the last of them"
                .formatted(notices, suspension));
      }
    }
  }

  /** Goes on with one of the list; nothing where it is not time yet. */
  public void advance(Found<OpenTask> row) {
    var person = row.value().subject();
    var found = store.get(Subscriptions.ref(person), Purpose.BILLING);
    if (found.filter(mirror -> mirror.value().overdueSince().isPresent()).isEmpty()) {
      // It ends with the mirror's change. Where it stands all the same, the person is erased, or a
      // table was put back; whoever changes the mirror now wakes the row, or finds none.
      store.transaction().deleteExisting(row.ref(), OpenTask.unchanged(row)).commit();
    } else if (found.get().value().suspendedAt().isEmpty()) {
      try {
        goOn(row, found.get());
      } catch (KeyDestroyedException e) {
        LOG.info("{} was erased meanwhile", person);
      }
    }
  }

  private void goOn(Found<OpenTask> row, Found<Subscription> found) {
    var person = row.value().subject();
    var since = row.value().since();
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    // Later than it did, where a step came late: all that follows is as late.
    var began = since;
    for (var number = 0; number < grace.notices().size(); number++) {
      var after = grace.notices().get(number);
      var id = notice(since, "PAYMENT_FAILED", number);
      var told = notices.queuedAt(person, id);
      if (told.isEmpty()) {
        if (!now.isBefore(began.plus(after))) {
          tell(person, id, found.value(), later(began, now.minus(after)).plus(grace.suspension()));
        }
        return;
      }
      began = later(began, told.get().minus(after));
    }
    if (!now.isBefore(began.plus(grace.suspension()))) {
      suspend(row, found, now);
    }
  }

  /** All mails name one moment, but where a step came so late that it would not be fair. */
  private static Instant later(Instant began, Instant told) {
    return told.isAfter(began.plus(PUNCTUAL)) ? told : began;
  }

  /** What failed when, and when the assistant is suspended for it. */
  private void tell(SubjectId person, String id, Subscription mirrored, Instant suspension) {
    var failedAt = mirrored.overdueSince().orElseThrow();
    notices.queue(person, id, About.PAYMENT_FAILED, failedAt + " " + suspension);
  }

  private void suspend(Found<OpenTask> row, Found<Subscription> found, Instant now) {
    var person = row.value().subject();
    var next = found.value().suspended(Subscriptions.revision(), now);
    var transaction = store.transaction().replaceWhere(found, next, "revision");
    if (found.value().entitlement() != next.entitlement()) {
      OpenTask.put(transaction, store, What.ASSISTANT, person, now);
    }
    var id = notice(row.value().since(), "SUSPENDED", 0);
    var notice =
        Notice.queued(
            About.ASSISTANT_SUSPENDED, next.overdueSince().map(Instant::toString).orElse(""), now);
    var written = transaction.insert(Notice.KIND.in(person.value(), id), notice).commit().written();
    // Else it was paid meanwhile, or another run came first.
    if (written) {
      LOG.info("{} is suspended", person);
    }
  }

  /** Of each time that a payment is overdue: it may be paid, and fail again. */
  private static String notice(Instant since, String what, int number) {
    return "OVERDUE#" + since.toEpochMilli() + "#" + what + "#" + number;
  }
}
