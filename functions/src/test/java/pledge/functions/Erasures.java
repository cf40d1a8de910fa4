package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.Holding;
import pledge.policy.OwnerPath;
import pledge.policy.Table;
import pledge.privacy.Custodians;
import pledge.privacy.Erasure;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.Erasure.Standing;
import pledge.privacy.ExportFile;
import pledge.privacy.Exports;
import pledge.privacy.OpenRequest;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PrivacyRequests;
import pledge.privacy.Receipt;
import pledge.privacy.Receipts;
import pledge.privacy.RecordKinds;
import pledge.processor.Custodian;
import pledge.records.Backstage;
import pledge.records.DeclaredRecord;
import pledge.store.Fields;
import pledge.store.Files;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.vault.Environment;
import pledge.vault.SigningKey;
import pledge.vault.SubjectId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** People with a record of every category, and erasures of them that a test goes on with itself. */
final class Erasures implements AutoCloseable {
  /** From one look to the next. */
  private static final Duration STEP = Duration.ofHours(13);

  /** Those that are written by now, and one of every category that is not. */
  private static final List<Kind<?>> KINDS = kinds();

  final Machine machine;
  final Backstage backstage;
  private final SigningKey key;

  Erasures() {
    this(Options.inMemory().withoutExpiry());
  }

  /** On a machine of these options, on which no function runs. */
  Erasures(Options options) {
    machine = Machine.start(options.withoutFunctions());
    backstage = new Backstage(machine);
    key =
        backstage
            .vault()
            .signingKey(
                new Environment(machine.environment("ErasureFunction"), machine.clock())
                    .setting("RECEIPT_KEY"));
  }

  /** Somebody, of whom there is a record of every category that is theirs alone. */
  SubjectId somebody() {
    var person = backstage.subject();
    var now = machine.clock().instant();
    var store = backstage.store();
    for (var category : Category.values()) {
      if (isTheirs(category)) {
        var ref = DeclaredRecord.ref(category, person.value(), "1");
        var fields = DeclaredRecord.fields(category, "x", now);
        assertThat(store.insert(ref, fields, Instant.MAX).written()).isTrue();
      }
    }
    var credential = new Fields(Category.CREDENTIAL).text("passwordHash", "x");
    store
        .transaction()
        .insert(
            only(Category.CREDENTIAL, person),
            credential.instant("changedAt", now),
            Instant.MAX,
            Set.of(backstage.vault().blindIndex("email", person.value())))
        .commit();
    return person;
  }

  private static List<Kind<?>> kinds() {
    var kinds = new ArrayList<Kind<?>>(RecordKinds.ALL);
    for (var category : Category.values()) {
      if (kinds.stream().noneMatch(kind -> kind.category() == category)) {
        kinds.add(DeclaredRecord.ref(category, "nobody", "1").kind());
      }
    }
    return kinds;
  }

  private static boolean isTheirs(Category category) {
    return category.ownerPath() instanceof OwnerPath.Partition
        && category.atErasure() instanceof AtErasure.Erased
        && category.table() != Table.SUBJECT_KEYS
        // A processor has a copy, and would have to be asked.
        && category.holdings().stream().noneMatch(Holding::underRecordId)
        // Made by the requests themselves.
        && category != Category.PRIVACY_REQUEST;
  }

  private static Ref<Fields> only(Category category, SubjectId person) {
    return new Kind<>(
            category, category.name(), 1, Function.<Fields>identity(), Function.identity())
        .in(person.value());
  }

  /** Who may ask for a copy. */
  void account(SubjectId person) {
    var account =
        new Fields(Category.ACCOUNT)
            .text("name", "Ada")
            .text("email", "ada@example.org")
            .instant("createdAt", machine.clock().instant())
            .bytes("confirmation", new byte[32]);
    backstage.store().transaction().insert(only(Category.ACCOUNT, person), account).commit();
  }

  /** As of another instance of the function. */
  Exports exports(Custodian... custodians) {
    return exports(Duration.ofMillis(100), custodians);
  }

  /** With that patience for a processor. */
  Exports exports(Duration longestCall, Custodian... custodians) {
    return exports(backstage, longestCall, custodians);
  }

  /** The same, with its own way to the database. */
  Exports exports(Backstage way, Duration longestCall, Custodian... custodians) {
    var environment = new Environment(machine.environment("ExportFunction"), machine.clock());
    return new Exports(
        way.store(),
        Files.of(environment, "EXPORTS_BUCKET"),
        KINDS,
        new Custodians(List.of(custodians), longestCall),
        "https://pledge.example.org",
        machine.clock());
  }

  /** A person's copy, once it is ready. */
  Found<ExportFile> copy(SubjectId person) {
    return requests().all(person).stream()
        .map(found -> requests().copy(person, found.ref().id()))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow();
  }

  /** What is in it. */
  byte[] copied(SubjectId person) {
    var environment = new Environment(machine.environment("ExportFunction"), machine.clock());
    var files = Files.of(environment, "EXPORTS_BUCKET");
    var copy = copy(person);
    var bytes = new ByteArrayOutputStream();
    for (var part = 1L; part <= copy.value().ready().orElseThrow().parts(); part++) {
      bytes.writeBytes(ExportFile.open(copy, person, part, files).orElseThrow());
    }
    return bytes.toByteArray();
  }

  PrivacyRequests requests() {
    return new PrivacyRequests(backstage.backend(), machine.clock());
  }

  /** As of another instance of the function. */
  Erasure erasure(Custodian... custodians) {
    return erasure(backstage, Duration.ofSeconds(1), custodians);
  }

  /** With that patience for a processor, and its own way to the database. */
  Erasure erasure(Backstage way, Duration longestCall, Custodian... custodians) {
    var backend = way.backend();
    return new Erasure(
        backend,
        new Receipts(backend.store(), key, "https://pledge.example.org"),
        new Custodians(List.of(custodians), longestCall),
        machine.clock());
  }

  /** The only open erasure's place in the list. */
  String open() {
    return open(What.ERASURE);
  }

  /** The place of that person's open request in the list. */
  String open(What what, SubjectId person) {
    return OpenRequest.all(backstage.store(), what).stream()
        .filter(open -> open.value().subject().equals(person))
        .map(open -> open.ref().sort())
        .findFirst()
        .orElseThrow();
  }

  /** The only open request's place in the list. */
  String open(What what) {
    var open = OpenRequest.all(backstage.store(), what);
    assertThat(open).hasSize(1);
    return open.getFirst().ref().sort();
  }

  /** Goes on, now, as far as it goes. */
  Optional<Standing> advance(Erasure erasure, String open) {
    return erasure.advance(open, () -> true);
  }

  /** Lets time pass until the erasure stands there. */
  void until(Stage stage, Erasure erasure, String open) {
    var standing = advance(erasure, open);
    while (standing.orElseThrow().stage() != stage) {
      machine.clock().advance(STEP);
      standing = advance(erasure, open);
    }
  }

  /** Lets time pass until it is over. */
  void toTheEnd(Erasure erasure, String open) {
    while (advance(erasure, open).isPresent()) {
      machine.clock().advance(STEP);
    }
  }

  Receipt receipt(String id) {
    return Receipt.of(backstage.store(), id).orElseThrow();
  }

  /** That nothing is left of somebody but one receipt, and its row in the chain. */
  void assertErased(SubjectId person, String id, String how) {
    assertThat(traces(person.value()).keySet()).as(how).containsExactly(Table.AUDIT);
    assertThat(traces(person.value()).get(Table.AUDIT)).as(how).hasSize(2);
    assertThat(receipt(id).subject()).isEqualTo(person);
    assertThat(traces(id).keySet()).as(how).containsExactly(Table.AUDIT);
  }

  byte[] publicKey() {
    return key.publicKey();
  }

  /** Every item in which that text stands somewhere, by its table. */
  Map<Table, List<Map<String, AttributeValue>>> traces(String text) {
    var traces = new EnumMap<Table, List<Map<String, AttributeValue>>>(Table.class);
    for (var table : Table.values()) {
      var found = new ArrayList<Map<String, AttributeValue>>();
      for (var item : backstage.raw(table)) {
        if (item.toString().contains(text)) {
          found.add(item);
        }
      }
      if (!found.isEmpty()) {
        traces.put(table, found);
      }
    }
    return traces;
  }

  @Override
  public void close() {
    backstage.close();
    machine.close();
  }
}
