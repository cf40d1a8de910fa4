package pledge.functions;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.billing.BillingRecord;
import pledge.billing.OpenTask;
import pledge.billing.Subscription;
import pledge.functions.DeployedTemplate.Part;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.local.StripeCard;
import pledge.policy.Category;
import pledge.policy.PolicyDocument;
import pledge.policy.Purpose;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.privacyrequest.PrivacyRequestHandler;
import pledge.records.Backstage;
import pledge.records.DeclaredRecord;
import pledge.runtime.TimeForPages;
import pledge.store.Change;
import pledge.store.Residue;
import pledge.subject.Sessions;
import pledge.subject.TextMessage;
import pledge.vault.SubjectId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What {@code template.yaml} would deploy, against what is promised. */
class TemplateTest {
  private static final DeployedTemplate TEMPLATE = new DeployedTemplate();
  private static final long LARGEST_ARCHIVE = 15_000_000;

  /** {@code project.build.outputTimestamp}, as a zip says it: without a zone. */
  private static final LocalDateTime BUILT_AT = LocalDateTime.of(2026, 11, 21, 0, 0);

  /** What Lambda does in the name of a function to feed it; none of it reads or writes a record. */
  private static final Set<String> FEEDING =
      Set.of(
          "dynamodb:DescribeStream",
          "dynamodb:GetRecords",
          "dynamodb:GetShardIterator",
          "dynamodb:ListStreams",
          "logs:CreateLogStream",
          "logs:PutLogEvents",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:ReceiveMessage",
          "sqs:SendMessage");

  /** By the folder of what is not everybody's: who has it. */
  private static final Map<String, Set<String>> LIBRARIES =
      Map.of(
          "de/mkammerer/argon2/", Set.of("session", "signup"),
          "com/sun/jna/", Set.of("session", "signup"),
          "com/nulabinc/zxcvbn/", Set.of("signup"),
          "com/stripe/",
              Set.of(
                  "billing",
                  "billing-reconciliation",
                  "billing-worker",
                  "erasure",
                  "export",
                  "stripe-webhook"),
          "software/amazon/awssdk/services/s3/", Set.of("erasure", "export", "export-part"),
          "software/amazon/awssdk/services/sesv2/", Set.of("notice"),
          "de/siegmar/fastcsv/", Set.of("export"),
          "com/fasterxml/jackson/", Set.of(),
          // Amazon's licence is for development, not for redistribution.
          "com/amazonaws/services/dynamodbv2/local/", Set.of());

  static Stream<Part> functions() {
    return TEMPLATE.functions().stream();
  }

  static Stream<Part> queues() {
    return TEMPLATE.ofType("AWS::SQS::Queue").stream();
  }

  // ── access-controls ────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("access-controls: no statement allows every action, or one on every resource")
  void noStatementHasAStar() {
    assertThat(TEMPLATE.statements()).hasSizeGreaterThan(15);
    for (var statement : TEMPLATE.statements()) {
      assertThat(statement.at("Action").texts())
          .as(statement.at("Sid").text())
          .isNotEmpty()
          .noneMatch(action -> action.contains("*"));
      assertThat(statement.at("NotAction").isAbsent()).isTrue();
      assertThat(statement.at("NotResource").isAbsent()).isTrue();
      if (statement.at("Principal").isAbsent()) {
        assertThat(statement.at("Resource").texts())
            .as(statement.at("Sid").text())
            .isNotEmpty()
            .doesNotContain("*");
      }
    }
  }

  @ParameterizedTest(name = "access-controls: {0} has a role of its own")
  @MethodSource("functions")
  void aFunctionHasARoleOfItsOwn(Part function) {
    assertThat(TEMPLATE.globals().at("Role").isAbsent()).isTrue();
    assertThat(TEMPLATE.globals().at("Policies").isAbsent()).isTrue();
    assertThat(TEMPLATE.statementsOf(function))
        .isNotEmpty()
        .allSatisfy(
            statement -> {
              assertThat(statement.at("Sid").text()).isNotBlank();
              assertThat(statement.at("Effect").text()).isEqualTo("Allow");
            });
    assertThat(function.at("Properties", "Policies").all())
        .as("no managed policy: each statement is written out")
        .allSatisfy(policy -> assertThat(policy.at("Statement").isAbsent()).isFalse());
    assertThat(TEMPLATE.resource(function.name().replaceFirst("Function$", "Role")).isAbsent())
        .as("SAM makes the role, or there is one of that name")
        .isEqualTo(function.at("Properties", "Role").isAbsent());
  }

  /** For a function with a queue or a stream, SAM's own role may read all there are. */
  @ParameterizedTest(name = "access-controls: {0} is fed from its own sources alone")
  @MethodSource("functions")
  void aFunctionIsFedFromItsOwnSourcesAlone(Part function) {
    var sources =
        function.at("Properties", "Events").entries().stream()
            .map(event -> event.at("Properties"))
            .flatMap(
                event ->
                    Stream.concat(
                        event.at("Queue").all().stream(), event.at("Stream").all().stream()))
            .map(Part::text)
            .collect(toSet());
    if (sources.isEmpty()) {
      assertThat(function.at("Properties", "Role").isAbsent()).isTrue();
      return;
    }
    assertThat(function.at("Properties", "Role").text())
        .isEqualTo("!GetAtt " + function.name().replaceFirst("Function$", "Role") + ".Arn");
    assertThat(TEMPLATE.feedOf(function))
        .flatExtracting(statement -> statement.at("Action").texts())
        .isSubsetOf(FEEDING);
    assertThat(TEMPLATE.feedOf(function))
        .filteredOn(
            statement ->
                statement.at("Action").texts().stream()
                    .anyMatch(action -> action.matches("sqs:ReceiveMessage|dynamodb:GetRecords")))
        .singleElement()
        .satisfies(
            statement ->
                assertThat(Set.copyOf(statement.at("Resource").texts())).isEqualTo(sources));
  }

  /**
   * What the functions asked for, all their lives, is what they may do, no less: on AWS it would be
   * refused; and no more, but for what a test cannot make happen.
   */
  @Test
  @DisplayName("access-controls: a function may do what it does, and nothing else")
  void functionsMayDoWhatTheyDoAndNothingElse() throws IOException {
    var done = new TreeMap<String, Set<String>>();
    var uses = new TreeMap<String, Set<Journal.Use>>();
    for (var entry : wholeLife()) {
      for (var use : entry.uses()) {
        done.computeIfAbsent(entry.caller(), caller -> new TreeSet<>()).add(permission(use));
        uses.computeIfAbsent(entry.caller(), caller -> new HashSet<>()).add(use);
      }
    }
    var allowed = new TreeMap<String, Set<String>>();
    for (var function : TEMPLATE.functions()) {
      allowed.put(packageOf(function), TEMPLATE.allowedTo(function));
    }

    assertThat(done.keySet()).isEqualTo(allowed.keySet());
    for (var function : done.keySet()) {
      var did = new TreeSet<>(done.getOrDefault(function, Set.of()));
      did.removeAll(BY_GRANT.getOrDefault(function, Set.of()));
      assertThat(allowed.get(function)).as(function).containsAll(did);
      var unused = new TreeSet<>(allowed.get(function));
      unused.removeAll(done.get(function));
      assertThat(unused)
          .as("%s may do what it never did", function)
          .isSubsetOf(UNSEEN.getOrDefault(function, Set.of()));
    }
    for (var function : TEMPLATE.functions()) {
      assertReachesWhatItMay(function, uses.getOrDefault(packageOf(function), Set.of()));
    }
  }

  /** Partition by partition, where a statement is for some of them only. */
  private static void assertReachesWhatItMay(Part function, Set<Journal.Use> uses) {
    var grants = TEMPLATE.grantsOf(function);
    assertThat(uses)
        .filteredOn(use -> use.action().startsWith("dynamodb:"))
        .allSatisfy(
            use ->
                assertThat(grants)
                    .as("what allows %s %s", function, use)
                    .anyMatch(grant -> grant.allows(permission(use), use.partition())));
    var unseen = UNSEEN.getOrDefault(packageOf(function), Set.of());
    for (var grant : grants) {
      for (var key : unseen.containsAll(grant.uses()) ? List.<Pattern>of() : grant.partitions()) {
        assertThat(uses)
            .as("%s may reach %s by %s and never did", function, key, grant)
            .anyMatch(
                use ->
                    grant.uses().contains(permission(use))
                        && key.matcher(use.partition()).matches());
      }
    }
  }

  /** IAM takes a name that it does not know for a value that is not there, and all of no values. */
  @Test
  @DisplayName("access-controls: no condition is about something that IAM does not know")
  void conditionsAreAboutWhatIamKnows() {
    assertThat(
            TEMPLATE.statements().stream()
                .flatMap(statement -> statement.at("Condition").entries().stream())
                .flatMap(operator -> operator.entries().stream())
                .map(Part::name))
        .containsOnly(
            "aws:SecureTransport",
            "aws:SourceAccount",
            "aws:SourceArn",
            "dynamodb:Attributes",
            "dynamodb:LeadingKeys",
            "dynamodb:Select",
            "kms:EncryptionContext:purpose",
            "kms:EncryptionContext:subject",
            "kms:GrantConstraintType",
            "kms:GrantOperations",
            "kms:GranteePrincipal",
            "ses:FromAddress");
  }

  /** To IAM, all of no keys are any keys: a scan would be allowed on the whole table. */
  @ParameterizedTest(name = "access-controls: {0} goes through no table where it may reach a part")
  @MethodSource("functions")
  void noStatementForSomePartitionsAllowsWhatNamesNone(Part function) {
    assertThat(TEMPLATE.grantsOf(function))
        .filteredOn(grant -> !grant.partitions().isEmpty())
        .flatExtracting(grant -> grant.uses())
        .allMatch(
            use ->
                use.matches(
                    "dynamodb:((Get|Put|Update|Delete|ConditionCheck|BatchWrite)Item|Query) .+"));
  }

  /** What KMS allows by a grant alone, and refuses without one on this machine too. */
  private static final Map<String, Set<String>> BY_GRANT =
      Map.of("pledge.supportread", Set.of("kms:Decrypt subject"));

  /**
   * The index key is made once, by whichever function comes first: here it was sign-up; and epochs'
   * keys by the schedule, or by whoever needs one that it has not made. A copy is given up where a
   * processor fails, and none holds anything yet; and a processor, such as the bucket, is asked to
   * delete in a thread that does not show whose it is.
   */
  private static final Map<String, Set<String>> UNSEEN =
      Map.ofEntries(
          Map.entry(
              "pledge.export",
              Set.of("dynamodb:DeleteItem SubjectsTable", "s3:DeleteObject ", "s3:ListBucket ")),
          Map.entry("pledge.erasure", Set.of("s3:DeleteObject ", "s3:ListBucket ")),
          Map.entry(
              "pledge.exportpart",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.legalhold",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.session",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.account",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.billingapi",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.page",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.pledges",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.assistantapi",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.stripewebhook",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.usage",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.incident",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.privacyrequest",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.staffrequest",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.supportaccess",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.supportread",
              Set.of("dynamodb:PutItem SubjectKeysTable", "kms:GenerateDataKey index")),
          Map.entry(
              "pledge.retention.audit",
              Set.of("dynamodb:PutItem EpochKeysTable", "kms:GenerateDataKey epoch")),
          Map.entry(
              "pledge.retention.stream",
              Set.of("dynamodb:PutItem EpochKeysTable", "kms:GenerateDataKey epoch")));

  private static List<Journal.Entry> wholeLife() throws IOException {
    try (var journal = Journal.of("pledge.");
        var machine = Machine.start(Options.inMemory())) {
      var ada = Person.of(machine, "ada@example.org");
      ada.signUp();
      ada.confirm();
      machine.clock().advance(java.time.Duration.ofHours(1));
      ada.confirm();
      ada.signUp();
      machine.settle();
      ada.signIn("wrong wrong wrong");
      ada.signIn();
      ada.elsewhere().signIn();
      machine.clock().advance(java.time.Duration.ofHours(2));
      for (var page : List.of("/", "/confirm", "/assets/page.js", "/pledges")) {
        ada.get(page);
      }
      ada.get("/session");
      ada.get("/sessions");
      ada.elsewhere().get("/account/policies");
      machine.clock().advance(java.time.Duration.ofHours(1));
      var current = PolicyDocument.PLATFORM_PRIVACY.version();
      for (var policy : List.of("assistant-privacy", "platform-privacy")) {
        ada.get("/account/policies");
        ada.send(
            "POST",
            "/account/policies",
            "{\"policies\": {\"" + policy + "\": \"" + current + "\"}}");
      }
      LongAgo.accepted(machine, ada, PolicyDocument.ASSISTANT_PRIVACY); // told on the next day
      anIncident(machine);
      rehash(machine, ada);
      support(machine, ada);
      ada.delete("/session");
      machine.mailbox().failNext(3, "TooManyRequestsException", 429);
      Person.of(machine, "bob@example.org").signUp();
      machine.settle();
      Customers.use(machine, 20, "chat");
      for (var day = 0; day < 2; day++) { // the daily audit, and figures
        machine.clock().advance(java.time.Duration.ofDays(1));
        machine.settle();
      }
      new Staff(machine).get("/staff/usage/2026-11");
      machine.clock().advance(Sessions.IDLE);
      machine.settle();
      var expired =
          DeployedTemplate.ROOT.resolve("events/retention-stream/session-and-sign-up.json");
      for (var time = 0; time < 2; time++) {
        machine.invoke("RetentionStreamFunction", Files.readAllBytes(expired));
      }
      payers(machine);
      anAssistant(machine);
      byMail(machine);
      stripeTells(machine);
      anErasure(machine);
      Retention.keysAreMadeAndDestroyedAndWhatIsLeftIsSwept();
      return journal.entries();
    }
  }

  /** Kinds by which nobody is found in one table, and everybody in the other. */
  private static void anIncident(Machine machine) {
    var staff = new Staff(machine);
    var opened =
        staff.post(
            "/staff/incidents",
            """
            {"kind": "a lost laptop", "categories": ["SECURITY_EVENT", "NOTICE"],
              "beganAt": "%s", "measures": "Its sessions were ended."}\
            """
                .formatted(machine.clock().instant()));
    assertThat(opened.statusCode()).isEqualTo(201);
    var incident = opened.headers().firstValue("location").orElseThrow();
    var telling = "{\"tellPeople\": true, \"consequences\": \"a\", \"advice\": \"b\"}";
    assertThat(staff.patch(incident, telling).statusCode()).isEqualTo(200);
    assertThat(staff.get("/staff/incidents").statusCode()).isEqualTo(200);
    machine.clock().advance(java.time.Duration.ofHours(1));
    machine.settle();
  }

  /** One pays, fails to, is suspended, pays again, and cancels; and tables are put back. */
  private static void payers(Machine machine) throws IOException {
    var person = Person.of(machine, "payer@example.org").at("127.0.24.1").withSession();
    var stripe = machine.stripe();
    machine.clock().advance(java.time.Duration.ofHours(1));
    person.get("/billing");
    person.send("POST", "/webhooks/stripe", "{}"); // not signed
    stripe.webhooks().loseNext(1);
    pay(machine, person, "personal", StripeCard.FAILS_LATER);
    aDay(machine, 1);
    noTasks(machine, OpenTask.What.ASSISTANT);
    aDay(machine, 31);
    person.signIn();
    assertThat(person.get("/billing").body()).contains("past_due");
    var subject = new JsonMapper().readTree(person.get("/session").body()).path("subject").asText();
    var overdue = mirror(machine, subject);
    putBackBeforeAll(machine, subject);
    aDay(machine, 1);
    noTasks(machine, OpenTask.What.ASSISTANT);
    aDay(machine, 3);
    aDay(machine, 5);
    person.signIn();
    assertThat(person.get("/billing").body()).contains("suspended");
    var customer = stripe.numbers("customer").getLast();
    stripe.changeCard(customer, StripeCard.GOOD);
    stripe.payOpen(customer);
    machine.settle();
    // While the assistant's task stands: Cloudflare fails.
    machine.cloudflare().faults().failNext(10_000, 500);
    stripe.cancel(customer, true);
    machine.settle();
    machine.cloudflare().faults().reset();
    person.signIn();
    assertThat(person.get("/billing").body()).contains("canceled");
    person.send("POST", "/billing/portal", null);
    person.send("POST", "/privacy/exports", null);
    machine.settle();
    machine.cloudflare().faults().failNext(10_000, 500);
    putBack(machine, subject, overdue);
    aDay(machine, 1);
    person.signIn();
    assertThat(person.get("/billing").body()).contains("canceled");
    // Of somebody who is erased.
    var nobody = SubjectId.random();
    for (var what : OpenTask.What.values()) {
      put(machine, what, nobody);
    }
    aDay(machine, 1);
    machine.cloudflare().faults().reset();
  }

  /** It is made, changed, and deleted, though Cloudflare fails for a while. */
  private static void anAssistant(Machine machine) throws IOException {
    var person = Person.of(machine, "owner@example.org").at("127.0.24.2").withSession();
    pay(machine, person, "personal", StripeCard.GOOD);
    machine.clock().advance(java.time.Duration.ofHours(1));
    rename(machine, person, "Grace");
    machine.cloudflare().faults().failNext(1_000, 500);
    rename(machine, person, "Alan");
    rename(machine, person, "Ada"); // while the task stands
    machine.stripe().cancel(machine.stripe().numbers("customer").getLast(), true);
    machine.settle();
    machine.cloudflare().faults().reset();
    aDay(machine, 1);
    person.signIn();
    assertThat(person.get("/assistant").body()).contains("absent");
    assertThat(machine.cloudflare().scripts()).isEmpty();
  }

  private static void rename(Machine machine, Person person, String name) throws IOException {
    var shown = new JsonMapper().readTree(person.get("/assistant").body());
    var change =
        "{\"revision\": \"%s\", \"name\": \"%s\"}".formatted(shown.path("revision").asText(), name);
    assertThat(person.send("PATCH", "/assistant", change).statusCode()).isEqualTo(200);
    machine.settle();
  }

  private static Subscription mirror(Machine machine, String subject) {
    try (var backstage = new Backstage(machine)) {
      return backstage
          .store()
          .get(Subscription.KIND.in(subject), Purpose.BILLING)
          .orElseThrow()
          .value();
    }
  }

  private static void putBack(Machine machine, String subject, Subscription before) {
    try (var backstage = new Backstage(machine)) {
      var found = backstage.store().get(Subscription.KIND.in(subject), Purpose.BILLING);
      backstage.store().transaction().replace(found.orElseThrow(), before).commit();
    }
    for (var what : List.of(OpenTask.What.OVERDUE, OpenTask.What.SUBSCRIBED)) {
      put(machine, what, new SubjectId(subject));
    }
  }

  private static void put(Machine machine, OpenTask.What what, SubjectId person) {
    try (var backstage = new Backstage(machine)) {
      var now = machine.clock().instant();
      var row = new OpenTask(person, what, now, now);
      backstage.store().insert(OpenTask.ref(what, person), row, java.time.Instant.MAX);
    }
  }

  /** The mirror of before the first page was paid, no list, and one billing record of two. */
  private static void putBackBeforeAll(Machine machine, String subject) {
    var now = mirror(machine, subject);
    var none = java.util.Optional.<java.time.Instant>empty();
    var before =
        new Subscription(
            "before",
            now.pseudonym(),
            now.customer(),
            java.util.Optional.empty(),
            java.util.Optional.empty(),
            java.util.Optional.empty(),
            none,
            none,
            none,
            none);
    putBack(machine, subject, before);
    noTasks(machine, OpenTask.What.values());
    try (var backstage = new Backstage(machine)) {
      var records = backstage.store().all(BillingRecord.KIND, now.pseudonym(), Purpose.BILLING);
      assertThat(records).hasSizeGreaterThan(1);
      backstage.store().delete(records.getFirst().ref());
      backstage
          .store()
          .change(
              records.getLast().ref(), Change.of(Category.BILLING_RECORD).set("status", "draft"));
    }
  }

  private static void pay(Machine machine, Person person, String plan, StripeCard card) {
    try {
      var page =
          new JsonMapper()
              .readTree(
                  person.send("POST", "/billing/checkout", "{\"plan\": \"" + plan + "\"}").body())
              .path("url")
              .asText();
      assertThat(machine.stripe().pay(java.net.URI.create(page), card)).isPresent();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    machine.settle();
  }

  private static void aDay(Machine machine, int days) {
    machine.clock().advance(java.time.Duration.ofDays(days));
    machine.settle(java.time.Duration.ofMinutes(2));
  }

  private static void noTasks(Machine machine, OpenTask.What... whats) {
    try (var backstage = new Backstage(machine)) {
      for (var what : whats) {
        OpenTask.all(backstage.store(), what)
            .forEach(found -> backstage.store().delete(found.ref()));
      }
    }
  }

  /** It goes with the person. */
  private static void aCopy(Machine machine, Person eve) throws IOException {
    var subject = new JsonMapper().readTree(eve.get("/session").body()).path("subject").asText();
    try (var backstage = new Backstage(machine)) {
      var now = machine.clock().instant();
      backstage
          .store()
          .insert(
              DeclaredRecord.ref(Category.SECURITY_EVENT, subject, "1"),
              DeclaredRecord.fields(Category.SECURITY_EVENT, "x", now),
              java.time.Instant.MAX);
    }
    eve.send("POST", "/privacy/exports", null);
    machine.settle();
    var requests = new JsonMapper().readTree(eve.get("/privacy/requests").body()).path("requests");
    machine.clock().advance(java.time.Duration.ofHours(1));
    for (var request : requests) {
      for (var part : request.at("/copy/parts")) {
        assertThat(eve.get(part.asText()).statusCode()).isEqualTo(200);
      }
    }
    eve.signIn();
    machine.clock().advance(java.time.Duration.ofHours(1));
    eve.send("POST", "/privacy/exports", null);
  }

  /** Of something, and somebody else does who is not Stripe. */
  private static void stripeTells(Machine machine) throws IOException {
    for (var sample : List.of("invoice-paid", "without-signature")) {
      var event =
          Files.readString(
              DeployedTemplate.ROOT.resolve("events/stripe-webhook/" + sample + ".json"));
      machine.invoke(
          "StripeWebhookFunction",
          StripeSamples.signedAt(event, machine.clock().instant())
              .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  /** One confirms two mails of one moment, and is then reported to be a minor, as is another. */
  private static void byMail(Machine machine) throws IOException {
    var fay = Person.of(machine, "fay@example.org").at("127.0.23.1").withSession();
    var kid = Person.of(machine, "kid@example.org").at("127.0.23.2").withSession();
    var byMail = new ByMail(machine);
    var receivedAt = machine.clock().instant();
    var token = byMail.mailed(fay, receivedAt);
    var another = byMail.mailed(fay, receivedAt);
    assertThat(ByMail.confirm(fay, token).statusCode()).isEqualTo(204);
    confirmWhereAClockIsBehind(machine, another);
    fay.get("/privacy/confirm");
    for (var person : List.of(fay, kid)) {
      assertThat(byMail.report(person.email).statusCode()).isEqualTo(202);
      var second = new Colleague(machine, "AIDACKCEVSQ6C2EXAMPLE").report(person.email);
      assertThat(second.path("statusCode").asInt()).isEqualTo(202);
    }
    machine.settle();
  }

  /** So that the erasure begins earlier, and is due when it was. */
  private static void confirmWhereAClockIsBehind(Machine machine, String token) throws IOException {
    var sample =
        Files.readString(DeployedTemplate.ROOT.resolve("events/privacy-request/confirm.json"));
    var event = (ObjectNode) new JsonMapper().readTree(sample);
    event.put("body", "{\"kind\": \"erasure\", \"token\": \"" + token + "\"}");
    var answer = new ByteArrayOutputStream();
    new PrivacyRequestHandler(
            machine.environment("PrivacyRequestFunction"),
            () -> machine.clock().instant().minusSeconds(60))
        .handleRequest(
            new ByteArrayInputStream(new JsonMapper().writeValueAsBytes(event)),
            answer,
            new TimeForPages(1));
    assertThat(new JsonMapper().readTree(answer.toByteArray()).path("statusCode").asInt())
        .isEqualTo(204);
  }

  /** Granted, looked at by one whose own key is not in memory, seen and revoked. */
  private static void support(Machine machine, Person person) throws IOException {
    var staff = new Staff(machine);
    person.signIn();
    var form = "{\"categories\": [\"ACCOUNT\"], \"hours\": 1}";
    var granted =
        new JsonMapper().readTree(person.send("POST", "/account/support-grants", form).body());
    var opened =
        new JsonMapper()
            .readTree(
                staff
                    .post(
                        "/staff/support-grants",
                        """
                        {"email": "%s", "kind": "legal-duty", "reason": "a",
                          "categories": ["CONSENT"], "hours": 1}\
                        """
                            .formatted(person.email))
                    .body());
    var looks = "/staff/support-grants/" + granted.path("id").asText() + "/reads";
    for (var category : List.of("ACCOUNT", "CONSENT")) {
      staff.post(
          looks,
          "{\"subject\": \"%s\", \"category\": \"%s\"}"
              .formatted(opened.path("subject").asText(), category));
    }
    assertThat(person.get("/account/staff-access").body()).contains("allowed", "out-of-scope");
    person.get("/account/support-grants");
    person.delete("/account/support-grants/" + granted.path("id").asText());
  }

  /** Taken back once, then carried through, and then a copy is put back. */
  private static void anErasure(Machine machine) throws IOException {
    var eve = Person.of(machine, "eve@example.org").at("127.0.22.1").withSession();
    var asked = new JsonMapper().readTree(eve.send("POST", "/privacy/erasures", null).body());
    machine.settle();
    eve.delete("/privacy/erasures/" + asked.path("id").asText());
    var again = new JsonMapper().readTree(eve.send("POST", "/privacy/erasures", null).body());
    machine.settle();
    aCopy(machine, eve);
    // Looks whether the erasure began.
    assertThat(eve.get("/billing").statusCode()).isEqualTo(200);
    var subject = new JsonMapper().readTree(eve.get("/session").body()).path("subject").asText();
    legalHolds(machine, subject);
    var used = Map.of("pk", AttributeValue.fromS(subject), "sk", AttributeValue.fromS("USAGE#1"));
    // Its time is soon over, and no adapter deletes it at Twilio yet.
    var now = machine.clock().instant();
    var message = new TextMessage("a code", "123456", "delivered", now);
    try (var backstage = new Backstage(machine)) {
      backstage.put(Table.USAGE, List.of(used));
      var ref = TextMessage.KIND.in(backstage.subject().value(), "SM1");
      backstage.store().insert(ref, message, now.plus(java.time.Duration.ofHours(1)));
    }
    for (var days : List.of(14, 0, 0, 2, 0, 0)) {
      machine.clock().advance(java.time.Duration.ofDays(days).plusHours(1));
      machine.settle();
    }
    var late = Map.of("pk", AttributeValue.fromS(subject), "sk", AttributeValue.fromS("TEXT#SM2"));
    try (var backstage = new Backstage(machine)) {
      backstage.put(Table.SUBJECTS, List.of(late));
    }
    for (var days : List.of(8, 0, 0)) {
      machine.clock().advance(java.time.Duration.ofDays(days).plusHours(1));
      machine.settle();
    }
    eve.get("/.well-known/jwks.json");
    var receipt = eve.get("/privacy/receipts/" + again.path("id").asText());
    assertThat(receipt.statusCode()).isEqualTo(200);
    try (var backstage = new Backstage(machine)) {
      var lookup = AttributeValue.fromS("a-lookup");
      backstage.put(
          Table.SUBJECTS,
          List.of(
              late,
              Map.of(
                  "pk", AttributeValue.fromS(subject),
                  "sk", AttributeValue.fromS("ACCOUNT"),
                  "_lookups", AttributeValue.fromSs(List.of("a-lookup"))),
              Map.of(
                  "pk", lookup,
                  "sk", AttributeValue.fromS("LOOKUP"),
                  "subject", AttributeValue.fromS(subject))));
      backstage.put(
          Table.ACTIVITY,
          List.of(
              Map.of("pk", AttributeValue.fromS(subject), "sk", AttributeValue.fromS("VISIT"))));
      backstage.put(Table.USAGE, List.of(used));
    }
    var replayed =
        new JsonMapper()
            .readTree(
                machine.invoke(
                    "ErasureReplayFunction",
                    "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    assertThat(replayed.path("ErasedAgain").asInt()).isEqualTo(1);
    assertThat(replayed.path("Finished").asBoolean()).isTrue();
    assertThat(replayed.has("Before")).isFalse();
  }

  /** One is ended, the other's time is over while an erasure waits for it. */
  private static void legalHolds(Machine machine, String subject) {
    var staff = new Staff(machine);
    for (var days : List.of(30, 15)) {
      var proposed =
          staff.post(
              "/staff/legal-holds",
              """
              {"subject": "%s", "categories": ["ACCOUNT"], "until": "%s", "reference": "7/26"}\
              """
                  .formatted(
                      subject, machine.clock().instant().plus(java.time.Duration.ofDays(days))));
      assertThat(proposed.statusCode()).isEqualTo(201);
      var hold = proposed.headers().firstValue("location").orElseThrow();
      var confirmed = staff.another().post(hold + "/confirmation", "");
      assertThat(confirmed.statusCode()).isEqualTo(200);
      if (days == 30) {
        assertThat(staff.delete(hold).statusCode()).isEqualTo(200);
      }
    }
    assertThat(staff.get("/staff/legal-holds").statusCode()).isEqualTo(200);
  }

  /** As after the hash's parameters were raised. */
  private static void rehash(Machine machine, Person person) {
    var settings = new java.util.HashMap<>(machine.environment("SessionFunction"));
    settings.put("ARGON2_ITERATIONS", "4");
    var handler = new pledge.session.SessionHandler(settings, machine.clock());
    var event =
        Map.of(
            "routeKey",
            "POST /session",
            "headers",
            Map.of("content-type", "application/json"),
            "body",
            Problems.write(Map.of("email", person.email, "password", person.password)),
            "isBase64Encoded",
            false,
            "requestContext",
            Map.of("http", Map.of("method", "POST", "sourceIp", "192.0.2.7"), "requestId", "r"));
    var answer = new java.io.ByteArrayOutputStream();
    try {
      answer(handler, Problems.write(event), answer);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    assertThat(answer.toString(java.nio.charset.StandardCharsets.UTF_8))
        .contains("\"statusCode\":204");
  }

  @SuppressWarnings("NullAway") // the function has no use for a context
  private static void answer(
      pledge.session.SessionHandler handler, String event, java.io.OutputStream answer)
      throws IOException {
    handler.handleRequest(
        new java.io.ByteArrayInputStream(event.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        answer,
        null);
  }

  /** {@code action table}, as the template says it. */
  private static String permission(Journal.Use use) {
    return action(use.action()) + " " + use.resource();
  }

  private static String action(String action) {
    return switch (action) {
      case "SendEmail" -> "ses:SendEmail";
      case "Sign", "GetPublicKey", "CreateGrant", "ListGrants", "RevokeGrant" -> "kms:" + action;
      default -> action;
    };
  }

  private static String packageOf(Part function) {
    var handler = function.at("Properties", "Handler").text();
    return handler.substring(0, handler.lastIndexOf('.'));
  }

  @Test
  @DisplayName("staff-access: the API offers IAM to staff routes, and asks nobody else for it")
  void theApiAsksStaffAlone() {
    var auth = TEMPLATE.resource("Api").at("Properties", "Auth");

    assertThat(auth.at("EnableIamAuthorizer").text()).isEqualTo("true");
    assertThat(auth.entries()).hasSize(1);
    for (var function : TEMPLATE.functions()) {
      for (var event : function.at("Properties", "Events").entries()) {
        assertThat(event.at("Properties", "Auth", "Authorizer").text())
            .as("%s %s", function, event)
            .isEqualTo(
                event.at("Properties", "Path").text().startsWith("/staff/") ? "AWS_IAM" : "");
      }
    }
  }

  @Test
  @DisplayName("abuse-and-incidents: an alarm goes while 24 of the 72 hours are left")
  void anAlarmGoesBeforeThe72HoursAreOver() {
    var alarm = TEMPLATE.resource("IncidentDueAlarm").at("Properties");

    assertThat(alarm.at("MetricName").text()).isEqualTo("IncidentReportSeconds");
    assertThat(alarm.at("Statistic").text()).isEqualTo("Minimum");
    assertThat(alarm.at("ComparisonOperator").text()).isEqualTo("LessThanThreshold");
    assertThat(java.time.Duration.ofSeconds(Long.parseLong(alarm.at("Threshold").text())))
        .isEqualTo(java.time.Duration.ofDays(1));
    assertThat(alarm.at("AlarmActions").texts()).isNotEmpty();
  }

  @Test
  @DisplayName("rights-deadline: an alarm goes while 7 days are left for a request")
  void anAlarmGoesSevenDaysBeforeARequestIsDue() {
    var alarm = TEMPLATE.resource("PrivacyRequestDueAlarm").at("Properties");

    assertThat(alarm.at("MetricName").text()).isEqualTo("PrivacyRequestDueSeconds");
    assertThat(alarm.at("Statistic").text()).isEqualTo("Minimum");
    assertThat(alarm.at("ComparisonOperator").text()).isEqualTo("LessThanThreshold");
    assertThat(alarm.at("TreatMissingData").text())
        .as("nobody looks: nobody knows")
        .isEqualTo("breaching");
    var period = java.time.Duration.ofSeconds(Long.parseLong(alarm.at("Period").text()));
    assertThat(period).as("that of the figure").isEqualTo(java.time.Duration.ofHours(1));
    var periods = Long.parseLong(alarm.at("EvaluationPeriods").text());
    assertThat(alarm.at("DatapointsToAlarm").text()).isEqualTo(Long.toString(periods));
    // The first figure below it may be an hour late; the last counts when its hour is over.
    assertThat(java.time.Duration.ofSeconds(Long.parseLong(alarm.at("Threshold").text())))
        .isEqualTo(java.time.Duration.ofDays(7).plus(period.multipliedBy(periods + 1)));
    assertThat(alarm.at("AlarmActions").texts()).isNotEmpty();
  }

  // ── encrypted-at-rest, retention ───────────────────────────────────────────────────────────

  @ParameterizedTest(name = "encrypted-at-rest: the table {0}")
  @EnumSource(Table.class)
  void aTableIsEncryptedProtectedAndExpires(Table table) {
    var id =
        Stream.of(table.setting().toLowerCase(Locale.ROOT).split("_", -1))
            .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
            .reduce("", String::concat);
    var resource = TEMPLATE.resource(id);
    var properties = resource.at("Properties");

    assertThat(resource.at("Type").text()).isEqualTo("AWS::DynamoDB::Table");
    assertThat(properties.at("SSESpecification", "SSEEnabled").text()).isEqualTo("true");
    assertThat(properties.at("SSESpecification", "SSEType").text()).isEqualTo("KMS");
    assertThat(properties.at("SSESpecification", "KMSMasterKeyId").text())
        .isEqualTo("!GetAtt TablesKey.Arn");
    assertThat(properties.at("DeletionProtectionEnabled").text()).isEqualTo("true");
    assertThat(properties.at("BillingMode").text()).isEqualTo("PAY_PER_REQUEST");
    assertThat(properties.at("TimeToLiveSpecification", "AttributeName").text())
        .isEqualTo("expiresAt");
    assertThat(properties.at("TimeToLiveSpecification", "Enabled").text()).isEqualTo("true");
    assertThat(resource.at("DeletionPolicy").text()).isEqualTo("Retain");
    assertThat(resource.at("UpdateReplacePolicy").text()).isEqualTo("Retain");
    var backups = properties.at("PointInTimeRecoverySpecification");
    assertThat(backups.at("PointInTimeRecoveryEnabled").text())
        .isEqualTo(Boolean.toString(table.backupDays() > 0));
    assertThat(backups.at("RecoveryPeriodInDays").text())
        .isEqualTo(table.backupDays() > 0 ? Integer.toString(table.backupDays()) : "");
  }

  @Test
  void deploysNoTableThatIsNotDeclared() {
    assertThat(TEMPLATE.ofType("AWS::DynamoDB::Table")).hasSameSizeAs(Table.values());
  }

  @ParameterizedTest(name = "content-24h, logs-30d, analytics-13m: the sweep''s index of {0}")
  @EnumSource(Table.class)
  void aTableWithRecordsThatEndWithAnEpochHasTheIndexOfThem(Table table) {
    var swept =
        RetentionPeriod.WITH_EPOCHS.stream()
            .anyMatch(period -> Residue.tables(period).contains(table));
    var indexes =
        TEMPLATE.resource(table.resource()).at("Properties", "GlobalSecondaryIndexes").all();

    assertThat(indexes.stream().map(index -> index.at("IndexName").text()))
        .containsExactlyElementsOf(swept ? List.of(Residue.INDEX) : List.of());
    assertThat(indexes)
        .allSatisfy(
            index ->
                assertThat(index.at("Projection", "ProjectionType").text()).isEqualTo("KEYS_ONLY"));
  }

  @Test
  void aStreamCarriesKeysAndNothingElse() {
    assertThat(
            TEMPLATE.ofType("AWS::DynamoDB::Table").stream()
                .map(table -> table.at("Properties", "StreamSpecification"))
                .filter(stream -> !stream.isAbsent())
                .map(stream -> stream.at("StreamViewType").text()))
        .containsOnly("KEYS_ONLY");
  }

  @ParameterizedTest(name = "what TTL removes of {0} is heard of")
  @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*_KEYS")
  void whatTtlRemovesIsHeardOf(Table table) {
    var heard =
        TEMPLATE.resource("RetentionStreamFunction").at("Properties", "Events").entries().stream()
            .map(event -> event.at("Properties"))
            .filter(
                event ->
                    event.at("Stream").text().equals("!GetAtt " + table.resource() + ".StreamArn"))
            .toList();

    assertThat(heard)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.at("FunctionResponseTypes").texts())
                  .containsExactly("ReportBatchItemFailures");
              assertThat(event.at("BisectBatchOnFunctionError").text()).isEqualTo("false");
              assertThat(event.at("FilterCriteria", "Filters").all())
                  .singleElement()
                  .satisfies(
                      filter ->
                          assertThat(filter.at("Pattern").text())
                              .contains("\"principalId\":[\"dynamodb.amazonaws.com\"]"));
            });
  }

  @Test
  void aKeyRotatesAndOutlivesTheStack() {
    assertThat(TEMPLATE.ofType("AWS::KMS::Key"))
        .hasSize(3)
        .allSatisfy(
            key -> {
              // One that signs cannot: what it signed is checked for years.
              var signs = key.at("Properties", "KeyUsage").text().equals("SIGN_VERIFY");
              assertThat(key.at("Properties", "EnableKeyRotation").text())
                  .isEqualTo(signs ? "" : "true");
              assertThat(key.at("DeletionPolicy").text()).isEqualTo("Retain");
              assertThat(key.at("UpdateReplacePolicy").text()).isEqualTo("Retain");
            });
  }

  @Test
  @DisplayName("logs-30d: each function and the API has a log group of its own, of 14 days at most")
  void eachHasALogGroupOfItsOwn() {
    var used =
        Stream.concat(
                TEMPLATE.functions().stream()
                    .map(function -> function.at("Properties", "LoggingConfig", "LogGroup").text()),
                Stream.of("!Ref ApiLogs"))
            .toList();

    assertThat(used).doesNotHaveDuplicates().doesNotContain("");
    assertThat(
            TEMPLATE.ofType("AWS::Logs::LogGroup").stream()
                .map(group -> "!Ref " + group.name())
                .collect(toSet()))
        .isEqualTo(Set.copyOf(used));
    assertThat(TEMPLATE.ofType("AWS::Logs::LogGroup"))
        .allSatisfy(
            group ->
                assertThat(Integer.parseInt(group.at("Properties", "RetentionInDays").text()))
                    .isBetween(1, 14));
  }

  @Test
  @DisplayName("logs-30d: the API's log says which route was answered, and not to whom")
  void theApiLogSaysNothingOfAnybody() {
    var log = TEMPLATE.resource("Api").at("Properties", "AccessLogSettings");

    assertThat(log.at("DestinationArn").text()).isEqualTo("!GetAtt ApiLogs.Arn");
    assertThat(
            Pattern.compile("\\$context\\.[A-Za-z.]+").matcher(log.at("Format").text()).results())
        .extracting(MatchResult::group)
        .containsExactly(
            "$context.requestId",
            "$context.routeKey",
            "$context.status",
            "$context.responseLatency");
  }

  // ── encrypted-in-transit ───────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("encrypted-in-transit: no endpoint speaks plain HTTP or old TLS")
  void noEndpointSpeaksPlainHttp() {
    assertThat(
            TEMPLATE.ofType("AWS::ApiGatewayV2::DomainName").stream()
                .flatMap(
                    domain -> domain.at("Properties", "DomainNameConfigurations").all().stream())
                .map(domain -> domain.at("SecurityPolicy").text()))
        .isNotEmpty()
        .allMatch(policy -> policy.equals("TLS_1_2") || policy.contains("TLS13"));
    assertThat(TEMPLATE.resources().stream().map(resource -> resource.at("Type").text()))
        .noneMatch(type -> type.matches(".*(LoadBalancer|Lambda::Url|ApiGateway::RestApi).*"));
    assertThat(TEMPLATE.functions())
        .allSatisfy(
            function ->
                assertThat(function.at("Properties", "FunctionUrlConfig").isAbsent()).isTrue());
    assertThat(
            TEMPLATE.resources().stream()
                .flatMap(Part::walk)
                .filter(part -> part.value() instanceof String)
                .map(Part::text))
        .noneMatch(text -> text.startsWith("http://"));
  }

  // ── Queues ─────────────────────────────────────────────────────────────────────────────────

  @ParameterizedTest
  @MethodSource("queues")
  void aQueueIsEncryptedAndHasDeadLettersThatAnAlarmWatches(Part queue) {
    var properties = queue.at("Properties");
    var encrypted =
        properties.at("SqsManagedSseEnabled").text().equals("true")
            || !properties.at("KmsMasterKeyId").isAbsent();
    assertThat(encrypted).isTrue();
    var letters = properties.at("RedrivePolicy", "deadLetterTargetArn").text();
    if (isDeadLetters(queue)) {
      assertThat(letters).isEmpty();
      assertWatched(queue.name(), "ApproximateNumberOfMessagesVisible");
    } else {
      assertThat(letters).startsWith("!GetAtt ");
      assertWatched(queue.name(), "ApproximateAgeOfOldestMessage");
    }
  }

  /** Of another queue, or of streams. */
  private static boolean isDeadLetters(Part queue) {
    var ofQueues =
        queues()
            .map(other -> other.at("Properties", "RedrivePolicy", "deadLetterTargetArn").text());
    var ofStreams =
        functions()
            .flatMap(function -> function.at("Properties", "Events").entries().stream())
            .map(event -> event.at("Properties", "DestinationConfig", "OnFailure", "Destination"))
            .map(Part::text);
    return Stream.concat(ofQueues, ofStreams)
        .anyMatch(("!GetAtt " + queue.name() + ".Arn")::equals);
  }

  private static void assertWatched(String queue, String metric) {
    assertThat(TEMPLATE.ofType("AWS::CloudWatch::Alarm"))
        .as("an alarm for %s", queue)
        .anySatisfy(
            alarm -> {
              var properties = alarm.at("Properties");
              assertThat(properties.at("MetricName").text()).isEqualTo(metric);
              assertThat(
                      properties.at("Dimensions").all().stream()
                          .map(dimension -> dimension.at("Value").text()))
                  .contains("!GetAtt " + queue + ".QueueName");
              assertThat(properties.at("AlarmActions").texts()).isNotEmpty();
            });
  }

  @Test
  void aQueueHidesAMessageSixTimesAsLongAsItsFunctionMayTake() {
    var timeout = Long.parseLong(TEMPLATE.globals().at("Timeout").text());
    var hidden =
        Long.parseLong(
            TEMPLATE.resource("NoticeQueue").at("Properties", "VisibilityTimeout").text());

    assertThat(hidden).isGreaterThanOrEqualTo(6 * timeout);
    assertThat(hidden).isEqualTo(Postman.VISIBILITY_TIMEOUT.toSeconds());
  }

  // ── Functions ──────────────────────────────────────────────────────────────────────────────

  @ParameterizedTest
  @MethodSource("functions")
  void aHandlerExistsAndLambdaCanMakeOne(Part function) throws ReflectiveOperationException {
    var handler = Class.forName(function.at("Properties", "Handler").text());

    assertThat(handler).isPublic().isFinal();
    assertThat(handler.getConstructor().getParameterCount()).isZero();
    assertThat(handler.getInterfaces())
        .extracting(Class::getSimpleName)
        .containsAnyOf("RequestHandler", "RequestStreamHandler");
  }

  /** CloudWatch may not use the key that AWS manages for SNS: an alarm would go nowhere. */
  @Test
  void anAlarmReachesItsTopic() {
    assertThat(TEMPLATE.ofType("AWS::SNS::Topic"))
        .isNotEmpty()
        .allSatisfy(
            topic -> assertThat(topic.at("Properties", "KmsMasterKeyId").isAbsent()).isTrue());
  }

  @Test
  void everyFunctionIsDeployedFromItsOwnFolder() throws IOException {
    try (var folders = Files.list(DeployedTemplate.ROOT.resolve("functions"))) {
      var packed =
          folders
              .filter(folder -> Files.isDirectory(folder.resolve("src/main/java")))
              .map(folder -> folder.getFileName().toString())
              .map(name -> "functions/%s/target/%s.zip".formatted(name, name))
              .toList();
      assertThat(functions().map(function -> function.at("Properties", "CodeUri").text()))
          .containsExactlyInAnyOrderElementsOf(packed);
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void anArchiveHasTheLibrariesThatItUses(Part function) throws IOException {
    var code = function.at("Properties", "CodeUri").text();
    var name = Path.of(code).getFileName().toString().replace(".zip", "");
    var archive = DeployedTemplate.ROOT.resolve(code.replace(".zip", "-all.jar"));
    assumeTrue(Files.exists(archive), archive.getFileName() + " is not built: nothing was opened");

    try (var jar = new ZipFile(archive.toFile())) {
      var entries = jar.stream().map(ZipEntry::getName).toList();
      LIBRARIES.forEach(
          (library, users) ->
              assertThat(entries.stream().anyMatch(entry -> entry.startsWith(library)))
                  .as("%s in %s", library, name)
                  .isEqualTo(users.contains(name)));
    }
  }

  /** Times, modes and order are what the clock, the umask and the disk would change. */
  @ParameterizedTest
  @MethodSource("functions")
  void anArchiveHoldsNothingOfTheTimeAndPlaceItWasBuiltAt(Part function) throws IOException {
    var archive = DeployedTemplate.ROOT.resolve(function.at("Properties", "CodeUri").text());
    var classes = Path.of(archive.toString().replace(".zip", "-all.jar"));
    assumeTrue(Files.exists(archive), archive.getFileName() + " is not built: nothing was opened");

    for (var file : List.of(archive, classes)) {
      try (var zip = new ZipFile(file.toFile())) {
        assertThat(zip.stream().map(ZipEntry::getTimeLocal)).isNotEmpty().containsOnly(BUILT_AT);
      }
    }
    try (var zip = new ZipFile(classes.toFile())) {
      var ours =
          zip.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.startsWith("pledge/") && !name.endsWith("/"))
              .toList();
      var own = packageOf(function).replace('.', '/') + "/";
      // A library's entries keep the library's order; ours have no order but their names'.
      assertThat(ours.stream().filter(name -> name.startsWith(own))).isNotEmpty().isSorted();
      assertThat(ours.stream().filter(name -> !name.startsWith(own))).isNotEmpty().isSorted();
    }
    var jar = archive.getFileName().toString().replace(".zip", ".jar");
    try (var files =
        FileSystems.newFileSystem(archive, Map.of("enablePosixFileAttributes", true))) {
      // Lambda's user is not the one who built it.
      assertThat(Files.getPosixFilePermissions(files.getPath("lib", jar)))
          .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void anArchiveIsAtMost15Megabytes(Part function) throws IOException {
    var archive = DeployedTemplate.ROOT.resolve(function.at("Properties", "CodeUri").text());
    assertThat(archive.toString()).endsWith(".zip");
    assumeTrue(Files.exists(archive), archive.getFileName() + " is not built: nothing was weighed");

    assertThat(Files.size(archive)).isBetween(100_000L, LARGEST_ARCHIVE);
  }
}
