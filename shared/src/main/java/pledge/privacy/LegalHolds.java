package pledge.privacy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.privacy.AuditChain.Decision;
import pledge.privacy.AuditChain.Rows;
import pledge.privacy.LegalHold.Done;
import pledge.privacy.LegalHold.State;
import pledge.privacy.LegalHold.Terms;
import pledge.privacy.LegalHoldEntry.Step;
import pledge.privacy.OpenRequest.What;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.store.Store;
import pledge.store.Transaction;
import pledge.subject.Notice;
import pledge.subject.Notices;
import pledge.vault.KeyDestroyedException;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;
import pledge.vault.Vault;

/**
 * Legal holds (B§3), from the proposal to the end. All that is done about them is appended to the
 * audit, and what a hold is now is what its entries say. With the row that confirms one or ends it,
 * in the same transaction, stands what an erasure looks for, and what the person is told.
 */
public final class LegalHolds {
  /** What must be held longer is to be proposed and agreed to anew. */
  public static final Duration LONGEST = Duration.ofDays(3 * 365);

  /** The kinds of data whose deletion a hold can pause, in their order. */
  public static final List<Category> HOLDABLE =
      Arrays.stream(Category.values()).filter(category -> category.whyNotHeld().isEmpty()).toList();

  /** How the ids of messages about holds begin. */
  static final String NOTICES = "HOLD#";

  private static final int ID_BYTES = 16;

  private final Store store;
  private final Vault vault;
  private final Chains chains;
  private final AuditChain audit;
  private final Notices notices;
  private final InstantSource clock;

  public LegalHolds(Backend backend, InstantSource clock) {
    this.store = backend.store();
    this.vault = backend.vault();
    this.chains = new Chains(store);
    this.audit = new AuditChain(chains, clock);
    this.notices = new Notices(backend, clock);
    this.clock = clock;
  }

  /** What became of what a member of staff wanted. */
  public sealed interface Outcome {
    /** It is so, by this or by an earlier try. */
    record Done(LegalHold hold) implements Outcome {}

    /** There is no hold of that id, or no such person any more. */
    record Unknown() implements Outcome {}

    /** Who proposes a hold cannot agree to it. */
    record OwnProposal() implements Outcome {}

    /** Another member of staff was first. */
    record AlreadyConfirmed() implements Outcome {}

    /** It was withdrawn or ended, or its time is over. */
    record Over() implements Outcome {}
  }

  /** Every hold, the oldest first. */
  public List<LegalHold> all() {
    Map<String, List<Done>> histories = new LinkedHashMap<>();
    for (var found : chains.all(LegalHoldEntry.KIND, Purpose.LEGAL_DUTY)) {
      var entry = found.value();
      histories
          .computeIfAbsent(entry.hold(), id -> new ArrayList<>())
          .add(new Done(found.createdAt(), entry));
    }
    return histories.entrySet().stream()
        .flatMap(history -> hold(history.getKey(), history.getValue()).stream())
        .toList();
  }

  public Optional<LegalHold> find(String id) {
    return all().stream().filter(hold -> hold.id().equals(id)).findFirst();
  }

  /**
   * How many of those that erasures look for are not as the audit's chain has them: who altered
   * only that would break no chain.
   */
  public int differing() {
    var holds = all();
    var differing = differing(holds);
    if (!differing.isEmpty()) {
      // One may have been confirmed, or have ended, between two looks.
      differing.retainAll(differing(all()));
    }
    return differing.size();
  }

  private Set<HeldData> differing(List<LegalHold> holds) {
    var people = new HashSet<SubjectId>();
    holds.forEach(hold -> people.add(hold.subject()));
    OpenRequest.all(store, What.ERASURE).forEach(open -> people.add(open.value().subject()));
    var differing = new HashSet<HeldData>();
    people.forEach(person -> differing.addAll(HeldData.noted(store, person)));
    for (var held : confirmed(holds)) {
      if (!differing.remove(held)) {
        differing.add(held);
      }
    }
    return differing;
  }

  /** Those whose end is not noted. */
  private static List<HeldData> confirmed(List<LegalHold> holds) {
    return holds.stream()
        .filter(hold -> hold.history().getLast().entry().step() instanceof Step.Confirmed)
        .map(HeldData::by)
        .toList();
  }

  /** Of one whose proposal is over after seven years, the rest will be soon. */
  private static Optional<LegalHold> hold(String id, List<Done> history) {
    return history.getFirst().entry().step() instanceof Step.Proposed(var subject, var terms)
        ? Optional.of(new LegalHold(id, subject, terms, List.copyOf(history)))
        : Optional.empty();
  }

  /**
   * Proposes one: nothing is held before another member of staff agrees.
   *
   * @param terms of kinds that can be held, until a time to come
   */
  public Outcome propose(String staff, SubjectId person, Terms terms) {
    if (!vault.hasSubjectKey(person)) {
      return new Outcome.Unknown();
    }
    var id = Secrets.text(Secrets.random(ID_BYTES));
    var step = new Step.Proposed(person, terms);
    audit.append(LegalHoldEntry.KIND, List.of(new LegalHoldEntry(id, Optional.of(staff), step)));
    return new Outcome.Done(find(id).orElseThrow());
  }

  /** Agrees to one, as another member of staff than who proposed it. */
  public Outcome confirm(String id, String staff) {
    return decide(
        id,
        hold -> {
          if (hold.confirmedBy().filter(staff::equals).isPresent()) {
            return settled(
                hold.state(now()) == State.ACTIVE ? new Outcome.Done(hold) : new Outcome.Over());
          }
          return switch (hold.state(now())) {
            case ACTIVE -> settled(new Outcome.AlreadyConfirmed());
            case WITHDRAWN, ENDED, EXPIRED -> settled(new Outcome.Over());
            case PROPOSED ->
                hold.proposedBy().equals(staff)
                    ? settled(new Outcome.OwnProposal())
                    : confirming(hold, staff);
          };
        });
  }

  private Next confirming(LegalHold hold, String staff) {
    if (!vault.hasSubjectKey(hold.subject())) {
      return settled(new Outcome.Unknown());
    }
    var held = HeldData.by(hold);
    var end = new HoldEnd(hold.id(), hold.subject(), held.until(), now());
    var telling = telling(held, Notice.About.LEGAL_HOLD_BEGINS);
    return step(
        hold.id(),
        Optional.of(staff),
        new Step.Confirmed(),
        transaction ->
            telling.accept(
                transaction
                    .insert(HeldData.ref(hold.subject(), hold.id()), held)
                    .insert(HoldEnd.ref(hold.id(), held.until()), end)));
  }

  /** Ends one before its time, or withdraws what nobody confirmed. */
  public Outcome end(String id, String staff) {
    return decide(
        id,
        hold ->
            switch (hold.state(now())) {
              case PROPOSED ->
                  step(id, Optional.of(staff), new Step.Withdrawn(), transaction -> {});
              case ACTIVE -> ending(HeldData.by(hold), Optional.of(staff), new Step.Ended());
              case WITHDRAWN, ENDED, EXPIRED -> settled(new Outcome.Over());
            });
  }

  /**
   * Notes that a hold's time is over, and tells the person; once, however often it is said.
   *
   * @param sort of its row in the list of ends, as a stream told of it
   * @throws pledge.vault.UnavailableException where the database did not answer: to be tried again
   */
  public void expire(String sort) {
    audit.appendTogether(
        Set.of(Category.LEGAL_HOLD),
        () -> {
          var end = HoldEnd.at(store, sort);
          if (end.isEmpty() || now().isBefore(end.get().value().until())) {
            return Decision.nothing();
          }
          var person = end.get().value().subject();
          var held = store.get(HeldData.ref(person, end.get().value().hold()), Purpose.LEGAL_DUTY);
          if (held.isEmpty() && HoldEnd.at(store, sort).isEmpty()) {
            // Another noted it between these two looks.
            return Decision.nothing();
          }
          // The two are written and deleted together: where one is missing, somebody has to look.
          return ending(held.orElseThrow().value(), Optional.empty(), new Step.Expired())
              .decision();
        });
  }

  /** The same of all holds on a person whose time is over. */
  void noteEnds(SubjectId person) {
    HeldData.noted(store, person).stream()
        .filter(held -> !now().isBefore(held.until()))
        .forEach(held -> expire(HoldEnd.ref(held.hold(), held.until()).sort()));
  }

  private Next ending(HeldData held, Optional<String> staff, Step step) {
    var telling = telling(held, Notice.About.LEGAL_HOLD_ENDS);
    return step(
        held.hold(),
        staff,
        step,
        transaction ->
            telling.accept(
                transaction
                    .deleteExisting(HeldData.ref(held.subject(), held.hold()))
                    .deleteExisting(HoldEnd.ref(held.hold(), held.until()))));
  }

  /** The message that is written with it; none where the law forbids it, or nobody would get it. */
  private Consumer<Transaction> telling(HeldData held, Notice.About about) {
    if (held.undisclosed() || !notices.hasAccount(held.subject())) {
      return transaction -> {};
    }
    var values = new HoldNotice(held.categories(), held.until()).values();
    var notice = Notice.queued(about, values, now());
    var id = NOTICES + held.hold() + "#" + about.name();
    return transaction -> transaction.insert(Notice.KIND.in(held.subject().value(), id), notice);
  }

  /** What is to be answered; or what is to be written, after which it is done. */
  private record Next(Optional<Outcome> answer, Decision decision) {}

  private static Next settled(Outcome answer) {
    return new Next(Optional.of(answer), Decision.nothing());
  }

  private static Next step(
      String id, Optional<String> staff, Step step, Consumer<Transaction> together) {
    var entry = new LegalHoldEntry(id, staff, step);
    return new Next(
        Optional.empty(),
        new Decision(List.of(new Rows<>(LegalHoldEntry.KIND, List.of(entry))), together));
  }

  /** Decides what becomes of a hold while nobody else does; where another came first, anew. */
  private Outcome decide(String id, Function<LegalHold, Next> decision) {
    var answer = new AtomicReference<Optional<Outcome>>(Optional.empty());
    try {
      audit.appendTogether(
          Set.of(Category.LEGAL_HOLD),
          () -> {
            var next = find(id).map(decision).orElseGet(() -> settled(new Outcome.Unknown()));
            answer.set(next.answer());
            return next.decision();
          });
    } catch (KeyDestroyedException e) {
      // Erased at this very moment: there is nobody to tell, and nothing to hold.
      return new Outcome.Unknown();
    }
    return answer.get().orElseGet(() -> new Outcome.Done(find(id).orElseThrow()));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
