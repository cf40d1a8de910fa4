package pledge.privacy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Category;
import pledge.policy.Processor;
import pledge.policy.Purpose;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PrivacyRequest.Status;
import pledge.privacy.PrivacyRequest.Step;
import pledge.privacy.ProcessorLine.State;
import pledge.store.Files;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Store;
import pledge.subject.Copying;
import pledge.subject.Notice;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;

/**
 * Makes the copies that people asked for. Each try writes a file of its own, and one of them
 * becomes the copy: it may die anywhere, and run many times at once. What a try leaves behind has a
 * record, and goes with it.
 */
public final class Exports {
  static final String WRITE = "WRITE";
  static final String READY = "READY";
  private static final String FILE = "file";
  private static final int ID_BYTES = 16;
  private static final Logger LOG = LoggerFactory.getLogger(Exports.class);

  private final Store store;
  private final Files files;
  private final List<Kind<?>> kinds;
  private final PersonalRecords records;
  private final Custodians custodians;
  private final String issuer;
  private final InstantSource clock;

  /**
   * @param issuer the service's address
   */
  public Exports(
      Store store, Files files, Custodians custodians, String issuer, InstantSource clock) {
    this(store, files, RecordKinds.ALL, custodians, issuer, clock);
  }

  /** With kinds of records of somebody else's. */
  public Exports(
      Store store,
      Files files,
      List<Kind<?>> kinds,
      Custodians custodians,
      String issuer,
      InstantSource clock) {
    this.store = store;
    this.files = files;
    this.kinds = kinds;
    this.records = new PersonalRecords(store, clock);
    this.custodians = custodians;
    this.issuer = issuer;
    this.clock = clock;
  }

  /** The file that became the copy; empty before there is one. */
  static Optional<String> file(PrivacyRequest request) {
    return request.done().stream()
        .map(step -> step.found().get(FILE))
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .findFirst();
  }

  /**
   * Goes on with an open export.
   *
   * @param sort of its row in the list of open requests, as a stream told of it
   * @return processors that refused, or failed for days: somebody has to see to them; empty where
   *     it is done, or is to be tried again
   * @throws pledge.vault.UnavailableException where the database, KMS or S3 did not answer: to be
   *     tried again
   */
  public Set<Processor> advance(String sort) {
    var open = OpenRequest.at(store, What.EXPORT, sort);
    if (open.isEmpty()) {
      return Set.of();
    }
    var person = open.get().value().subject();
    if (store.getClear(Copying.ref(person), Purpose.RIGHTS).isEmpty()
        || PrivacyRequest.erasureIsDue(store, person, clock.instant())) {
      // There is nobody to hand a copy to, or what it would hold is to be deleted now.
      store.delete(open.get().ref());
      return Set.of();
    }
    var request = PrivacyRequest.KIND.in(person.value(), OpenRequest.id(open.get()));
    var found = store.getClear(request, Purpose.RIGHTS);
    if (found.isEmpty()) {
      // Both begin and end together, so a copy of the table from before was put back.
      LOG.error("an export lacks its request, and begins anew");
      var anew = PrivacyRequest.export(open.get().createdAt(), open.get().value().dueBy());
      store.insert(request, anew, Instant.MAX);
      return advance(sort);
    }
    return new Run(open.get(), found.get(), person).write();
  }

  /** One try. */
  private final class Run {
    private final Found<OpenRequest> open;
    private final Found<PrivacyRequest> request;
    private final SubjectId person;
    private final String id = Secrets.text(Secrets.random(ID_BYTES));
    private final Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);

    Run(Found<OpenRequest> open, Found<PrivacyRequest> request, SubjectId person) {
      this.open = open;
      this.request = request;
      this.person = person;
    }

    Set<Processor> write() {
      var before = request.value().processors();
      if (before.values().stream().anyMatch(line -> !line.isFinal() && !line.isDue(now))) {
        return ProcessorLine.stuck(before, now);
      }
      var lines = new EnumMap<Processor, ProcessorLine>(Processor.class);
      var told = custodians.numbers(person, before, now);
      if (!told.failed().isEmpty()) {
        lines.putAll(before);
        lines.putAll(told.failed());
        store.change(request.ref(), request.value().answered(lines));
        return ProcessorLine.stuck(lines, now);
      }
      var numbers = records.numbers(person, told.known(), CopySchema::isIn);
      lines.putAll(ProcessorLine.beginning(numbers));
      // How often each failed so far.
      before.forEach(
          (processor, earlier) ->
              lines.computeIfPresent(processor, (_, line) -> line.isFinal() ? line : earlier));
      var ref = ExportFile.KIND.in(person.value(), id);
      // For its seven days, or until an erasure deletes it.
      var until = PrivacyRequest.erasureStartsAt(store, person).orElse(Instant.MAX);
      store.insert(ref, ExportFile.begun(), until);
      var parts = new SealedParts(files, person.value(), id);
      try {
        var copy = new PersonalCopy(store, kinds, person, parts, now, issuer);
        for (var processor : numbers.keySet()) {
          lines.computeIfPresent(
              processor,
              (_, line) ->
                  line.state() == State.KNOWS_NOTHING
                      ? line
                      : custodians.copy(
                          processor,
                          line,
                          numbers.getOrDefault(processor, List.of()),
                          copy.documents(processor),
                          now));
        }
        if (!lines.values().stream().allMatch(ProcessorLine::isFinal)) {
          giveUp(parts);
          store.change(request.ref(), request.value().answered(lines));
          return ProcessorLine.stuck(lines, now);
        }
        var counts = copy.write();
        finish(lines, counts, parts.end(now));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return Set.of();
    }

    private void finish(
        Map<Processor, ProcessorLine> lines, Map<Category, Long> counts, ExportFile.Ready ready) {
      var found = store.get(ExportFile.KIND.in(person.value(), id), Purpose.RIGHTS);
      if (found.isEmpty()) {
        // The person is being erased: what was put after that is nobody's to keep.
        files.deleteAll(ExportFile.prefix(id));
        return;
      }
      var until = found.get().expiresAt();
      var step = new TreeMap<String, Object>();
      counts.forEach((category, count) -> step.put(category.name(), count));
      step.put(FILE, id);
      var written =
          store
              .transaction()
              .replace(found.get(), new ExportFile(Optional.of(ready)))
              .change(
                  request.ref(),
                  request
                      .value()
                      .answered(lines)
                      .where("stage", WRITE)
                      .set("stage", READY)
                      .set("status", Status.COMPLETED.name())
                      .set(
                          "done",
                          PrivacyRequest.text(
                              request.value().doneWith(new Step(WRITE, now, step)))))
              .change(Copying.ref(person), Copying.end(OpenRequest.id(open)))
              .deleteExisting(open.ref())
              .insert(
                  Notice.KIND.in(person.value(), "COPY#" + id),
                  Notice.queued(Notice.About.COPY_READY, until.toString(), now))
              .commit()
              .written();
      if (written) {
        LOG.info("a copy is ready: {} bytes in {} parts", ready.size(), ready.parts());
      } else {
        // Another try came first.
        remove();
      }
    }

    private void giveUp(SealedParts parts) {
      parts.giveUp();
      remove();
    }

    private void remove() {
      files.deleteAll(ExportFile.prefix(id));
      store.delete(ExportFile.KIND.in(person.value(), id));
    }
  }
}
