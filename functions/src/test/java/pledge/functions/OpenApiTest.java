package pledge.functions;

import static java.time.temporal.ChronoUnit.HOURS;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import pledge.http.Problem;
import pledge.local.Machine;
import pledge.local.StripeCard;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.PolicyDocument;

/**
 * Holds {@code functions/openapi.yaml}, {@code template.yaml}, the sample events, the examples to
 * copy and what the functions really answer together.
 */
final class OpenApiTest {
  private static final Path ROOT = root();
  static final JsonNode API = yaml(ROOT.resolve("functions/openapi.yaml"));
  private static final JsonNode TEMPLATE = yaml(ROOT.resolve("template.yaml"));
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDialect(Dialects.getDraft202012());

  /** What people are called, what nobody is, and the neighbours of what breaks or turns a line. */
  private static final List<String> NAMES =
      Stream.concat(
              Stream.of(
                  "Ada Lovelace",
                  " Ada ",
                  "\n\tAda",
                  "\u2028Ada",
                  "Ada\u2029",
                  "\u3164",
                  "\u115f\u1160\uffa0",
                  "7",
                  "\u0663",
                  "\u674e",
                  "\ud801\udc00".repeat(100),
                  "\ud801\udc00".repeat(101),
                  "e\u0301".repeat(100),
                  " " + "x".repeat(100) + " ",
                  "x".repeat(101),
                  "",
                  " ",
                  "-",
                  "\u00b2",
                  "\u2167",
                  "\ud83d\udc4d",
                  "\ud83d\udc4d 1"),
              "\0\t\n\u001f ~\u007f\u0085\u009f\u00a0\u200d\u2027\u2028\u2029\u202a\u202e\u202f\u2065\u2066\u2069\u206a\u00ad\u061b\u061c\u180e\u200b\u200c\u200e\u200f\u2010\u2060\u206f\u2070\u3164\ufeff"
                  .chars()
                  .mapToObj(c -> "A" + (char) c + "b"))
          .toList();

  private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

  @Test
  void describesTheRoutesOfTheTemplateAndNoOther() {
    assertThat(operations().map(Operation::route))
        .containsExactlyInAnyOrderElementsOf(functionsByRoute().map(Route::key).toList());
  }

  @Test
  void everyOperationMayBeTooLargeLimitedUnavailableOrFail() {
    assertThat(operations())
        .allSatisfy(operation -> assertThat(operation.statuses()).contains(413, 429, 500, 503));
  }

  @Test
  void everyOperationThatChangesSomethingRefusesOtherSites() {
    assertThat(operations().filter(operation -> !operation.route().startsWith("GET ")))
        .allSatisfy(operation -> assertThat(operation.statuses()).contains(403));
  }

  @Test
  void everyOperationThatTakesABodySaysWhatCanBeWrongWithIt() {
    assertThat(
            operations()
                .filter(operation -> operation.node().has("requestBody"))
                // Stripe's are what Stripe makes them, and not read.
                .filter(operation -> !operation.node().at("/security/0").has("stripe")))
        .isNotEmpty()
        .allSatisfy(
            operation -> {
              assertThat(operation.statuses()).contains(400, 415, 422);
              var schema =
                  inlined(operation.node().at("/requestBody/content/application~1json/schema"));
              assertThat(schema.path("additionalProperties").isBoolean()).isTrue();
              assertThat(schema.path("additionalProperties").asBoolean()).isFalse();
            });
  }

  @Test
  void everyOperationThatWantsASessionMayAnswerThatThereIsNone() {
    assertThat(operations().filter(operation -> operation.node().at("/security/0").has("session")))
        .isNotEmpty()
        .allSatisfy(operation -> assertThat(operation.statuses()).contains(401));
  }

  @Test
  @DisplayName("staff-access: an operation for staff is signed, and its route asks IAM")
  void everyOperationForStaffIsSignedAndItsRouteAsksIam() {
    assertThat(operations().filter(operation -> operation.node().at("/security/0").has("iam")))
        .isNotEmpty()
        .allSatisfy(operation -> assertThat(operation.statuses()).contains(403));
    assertThat(
            operations()
                .filter(operation -> operation.node().at("/security/0").has("iam"))
                .map(Operation::route))
        .containsExactlyInAnyOrderElementsOf(
            functionsByRoute().filter(Route::iam).map(Route::key).toList())
        .containsExactlyInAnyOrderElementsOf(
            functionsByRoute().map(Route::key).filter(key -> key.contains(" /staff/")).toList());
  }

  @Test
  void namesEveryProblemAndNoOther() {
    assertThat(texts(API.at("/components/schemas/Problem/properties/type/enum")))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Problem.values()).map(Problem::type).toList());
  }

  @Test
  void everyResponseOfOurOwnNamesItsProblemsAndTheirStatus() {
    for (var operation : operations().toList()) {
      for (var status : operation.statuses()) {
        var content = operation.response(status).path("content").path("application/problem+json");
        if (content.isMissingNode()) {
          continue;
        }
        var type = content.at("/schema/properties/type");
        var types =
            type.has("const") ? List.of(type.path("const").asText()) : texts(type.path("enum"));
        var ofThatStatus =
            Stream.of(Problem.values())
                .filter(problem -> problem.status() == status)
                .map(Problem::type)
                .toList();
        assertThat(types).isNotEmpty().isSubsetOf(ofThatStatus);
        assertThat(content.at("/schema/properties/status/const").asInt()).isEqualTo(status);
      }
    }
  }

  @Test
  void namesEveryKindOfData() {
    assertThat(texts(API.at("/components/schemas/Categories/items/enum")))
        .containsExactlyElementsOf(Stream.of(Category.values()).map(Category::name).toList());
  }

  @Test
  void offersTodaysPolicies() {
    var ids = Stream.of(PolicyDocument.values()).map(PolicyDocument::id).toList();

    assertThat(texts(API.at("/components/schemas/PolicyId/enum"))).isEqualTo(ids);
    assertThat(API.at("/components/schemas/AcceptedPolicies/properties").fieldNames())
        .toIterable()
        .containsExactlyElementsOf(ids);
    assertThat(API.at("/components/schemas/SignUp/examples"))
        .isNotEmpty()
        .allSatisfy(OpenApiTest::assertAcceptsTodaysPolicies);
  }

  private static void assertAcceptsTodaysPolicies(JsonNode form) {
    assertThat(form.path("policies").properties())
        .isNotEmpty()
        .allSatisfy(
            accepted ->
                assertThat(PolicyDocument.byId(accepted.getKey()))
                    .map(PolicyDocument::version)
                    .hasValue(accepted.getValue().asText()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", ".ci/life"})
  void theSignUpToCopyIsOneAndAcceptsTodaysPolicies(String file) throws IOException {
    var forms =
        Pattern.compile("'(\\{[^']*\"policies\"[^']*)'")
            .matcher(Files.readString(ROOT.resolve(file)))
            .results()
            .map(form -> json(form.group(1).getBytes(StandardCharsets.UTF_8)))
            .toList();

    assertThat(forms)
        .singleElement()
        .satisfies(
            form -> {
              assertThat(faults(inlined(API.at("/components/schemas/SignUp")), form)).isEmpty();
              assertAcceptsTodaysPolicies(form);
            });
  }

  @Test
  void everySchemaIsOneAndItsExamplesFit() {
    var metaSchema = SCHEMAS.getSchema(SchemaLocation.of(Dialects.getDraft202012().getId()));
    var softly = new SoftAssertions();
    each(
        API,
        "schema",
        (where, holder) -> {
          var schema = inlined(holder.path("schema"));
          softly.assertThat(metaSchema.validate(schema)).as(where).isEmpty();
          examples(holder).forEach(it -> softly.assertThat(faults(schema, it)).as(where).isEmpty());
        });
    API.at("/components/schemas")
        .properties()
        .forEach(
            named -> {
              var schema = inlined(named.getValue());
              softly.assertThat(metaSchema.validate(schema)).as(named.getKey()).isEmpty();
              named
                  .getValue()
                  .path("examples")
                  .forEach(
                      it -> softly.assertThat(faults(schema, it)).as(named.getKey()).isEmpty());
            });
    softly.assertAll();
  }

  @Test
  void namesNoOtherServer() {
    assertThat(API.path("servers").findValuesAsText("url")).containsExactly("/");
  }

  @Test
  void everyRouteHasASampleEvent() {
    assertThat(routedSamples().map(sample -> sample.event().path("routeKey").asText()))
        .containsAll(functionsByRoute().map(Route::key).toList());
  }

  @ParameterizedTest
  @MethodSource("routedSamples")
  void aSampleIsWhatTheGatewaySends(Sample sample) {
    var event = sample.event();
    var context = event.path("requestContext");
    var http = context.path("http");
    var route = event.path("routeKey").asText();

    assertThat(operations().map(Operation::route)).contains(route);
    assertThat(event.path("version").asText()).isEqualTo("2.0");
    assertThat(event.path("rawPath").asText()).matches(pathPattern(route));
    assertThat(event.path("rawQueryString").isTextual()).isTrue();
    assertThat(event.path("isBase64Encoded").isBoolean()).isTrue();
    assertThat(event.path("headers").fieldNames())
        .toIterable()
        .contains("host", "user-agent", "x-forwarded-for")
        .doesNotContain("cookie")
        .allSatisfy(name -> assertThat(name).isLowerCase());
    var members =
        new ArrayList<>(
            List.of(
                "accountId",
                "apiId",
                "domainName",
                "domainPrefix",
                "http",
                "requestId",
                "routeKey",
                "stage",
                "time",
                "timeEpoch"));
    if (functionsByRoute().anyMatch(it -> it.iam() && it.key().equals(route))) {
      members.add(2, "authorizer");
      assertThat(context.at("/authorizer/iam").fieldNames())
          .toIterable()
          .containsExactly(
              "accessKey",
              "accountId",
              "callerId",
              "cognitoIdentity",
              "principalOrgId",
              "userArn",
              "userId");
    }
    assertThat(context.fieldNames()).toIterable().containsExactlyElementsOf(members);
    assertThat(context.path("routeKey").asText()).isEqualTo(route);
    assertThat(context.path("stage").asText()).isEqualTo("$default");
    assertThat(http.fieldNames())
        .toIterable()
        .containsExactly("method", "path", "protocol", "sourceIp", "userAgent");
    assertThat(http.path("method").asText()).isEqualTo(route.split(" ", 2)[0]);
    assertThat(http.path("path").asText()).isEqualTo(event.path("rawPath").asText());
    // Absent where there is none, and never empty.
    assertThat(event.has("pathParameters")).isEqualTo(route.contains("{"));
    assertThat(event.has("body") && event.path("body").asText().isEmpty()).isFalse();
    assertThat(event.has("cookies") && event.path("cookies").isEmpty()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("routedSamples")
  void aSampleComesFromNobody(Sample sample) {
    assertThat(sample.event().at("/requestContext/http/sourceIp").asText())
        .matches("(192\\.0\\.2|198\\.51\\.100)\\.\\d+|2001:db8:.*");
  }

  @Test
  void theQueuesSampleIsWhatThePipeMakesOfTheStreams() {
    var record = sample("notice/stream-record").event();
    var pipe = TEMPLATE.at("/Resources/NoticePipe/Properties");
    var body =
        Pattern.compile("<\\$\\.([^>]*)>")
            .matcher(pipe.at("/TargetParameters/InputTemplate").asText())
            .replaceAll(found -> record.at("/" + found.group(1).replace('.', '/')).asText());

    assertThat(record.at("/dynamodb/StreamViewType").asText())
        .isEqualTo(
            TEMPLATE
                .at("/Resources/SubjectsTable/Properties/StreamSpecification/StreamViewType")
                .asText());
    assertThat(sample("notice/notice").event().at("/Records/0/body").asText()).isEqualTo(body);
  }

  static Stream<Sample> routedSamples() {
    return samples(
        "account",
        "assistant",
        "billing",
        "signup",
        "session",
        "page",
        "pledges",
        "incident",
        "legal-hold",
        "usage",
        "privacy-request",
        "export-part",
        "staff-request",
        "stripe-webhook",
        "support-access",
        "support-read");
  }

  /**
   * The functions themselves, on the local machine: what each answers to every sample, through a
   * whole life, beyond each rate and without a database.
   */
  @Nested
  final class Answers {
    private static final List<Answer> ANSWERS = new ArrayList<>();
    private static final Map<String, Boolean> NAMES_TAKEN = new LinkedHashMap<>();

    @BeforeAll
    static void ask() {
      var options =
          QuickHashes.options(
                  "AssistantWorkerFunction",
                  "BillingWorkerFunction",
                  "ErasureFunction",
                  "ExportFunction",
                  "PrivacyClockFunction")
              .withTemplate(ROOT.resolve("template.yaml"))
              .withParameter("BaseUrl", "https://pledge.example.org")
              .withClockAt(Instant.parse("2026-11-21T09:30:00Z"));
      try (var machine = Machine.start(options)) {
        var asking = new Asking(machine, ANSWERS);
        asking.everySample();
        NAMES.forEach(name -> NAMES_TAKEN.put(name, asking.takesName(name)));
        asking.aLife();
        asking.anIncident();
        asking.aCopy();
        asking.legalHolds();
        asking.support();
        asking.billing();
        asking.assistant();
        asking.privacy();
        asking.unsigned();
        asking.tooMuch();
        asking.tooOften();
        asking.withoutADatabase();
      }
    }

    @Test
    void areDescribed() {
      var softly = new SoftAssertions();
      ANSWERS.forEach(
          answer -> softly.assertThat(undescribed(answer)).as(answer.toString()).isEmpty());
      softly.assertAll();
    }

    /** All but 500, which is ours to avoid. */
    @Test
    void includeEveryStatusThatIsDescribed() {
      var described =
          operations()
              .flatMap(
                  operation ->
                      operation.statuses().stream().map(it -> operation.route() + " " + it))
              .filter(it -> !it.endsWith(" 500"))
              .collect(toCollection(TreeSet::new));

      assertThat(ANSWERS.stream().map(it -> it.route() + " " + it.status()).collect(toSet()))
          .containsAll(described);
    }

    @Test
    void neverCallAClientsMistakeOurs() {
      assertThat(ANSWERS.stream().filter(answer -> answer.status() == 500)).isEmpty();
    }

    @Test
    void takeTheNamesThatAreDescribedAndNoOther() {
      var schema = inlined(API.at("/components/schemas/SignUp/properties/name"));

      assertThat(NAMES_TAKEN).containsValues(true, false);
      NAMES_TAKEN.forEach(
          (name, taken) -> {
            // Space around it does not count; what ends a line is none.
            var stripped = name.replaceAll("^\\p{Zs}+|\\p{Zs}+$", "");
            var counted = Normalizer.normalize(stripped, Normalizer.Form.NFC);
            assertThat(faults(schema, JsonNodeFactory.instance.textNode(counted)).isEmpty())
                .as("\"%s\"", name.codePoints().mapToObj(Character::getName).toList())
                .isEqualTo(taken);
          });
    }

    @Test
    void nameNoFieldTwice() {
      for (var answer : ANSWERS) {
        assertThat(answer.json().path("errors").findValuesAsText("pointer"))
            .as(answer.toString())
            .doesNotHaveDuplicates();
      }
    }
  }

  /** Asks the functions, past the gateway, and keeps what they answer. */
  private record Asking(Machine machine, List<Answer> answers) {
    private static final String PASSWORD = "twelve green herons at dawn";

    void everySample() {
      routedSamples().forEach(sample -> ask(sample, event -> event));
    }

    /** Nobody is signed up: the form is refused for another field in any case. */
    boolean takesName(String name) {
      var sample = sample("signup/sign-up");
      var form =
          (ObjectNode)
              OpenApiTest.json(
                  sample.event().path("body").asText().getBytes(StandardCharsets.UTF_8));
      form.put("name", name).put("adult", false);
      var faults = ask(sample, withBody(form.toString())).json().path("errors");
      assertThat(faults.findValuesAsText("pointer")).contains("#/adult");
      return !faults.findValuesAsText("pointer").contains("#/name");
    }

    void aLife() {
      // The samples signed the same address up more often than an hour allows.
      machine.clock().advance(Duration.ofHours(2));
      machine.mailbox().clear();
      ask("signup/sign-up", event -> event);
      machine.settle();
      var mail = machine.mailbox().to("ada@example.org").getLast().text();
      var token = mail.substring(mail.indexOf('#') + 1).strip().split("\\s", 2)[0];
      var confirmation = "{\"token\":\"%s\",\"password\":\"%s\"}";
      ask("signup/confirm", withBody(confirmation.formatted(token, "of somebody else")));
      ask("signup/confirm", withBody(confirmation.formatted(token, PASSWORD)));
      ask("signup/confirm", withBody(confirmation.formatted(token, PASSWORD)));
      var first = signIn();
      var second = signIn();
      ask("session/check", withCookie(first));
      policies(first);
      var listed = ask("session/list", withCookie(first)).json().path("sessions");
      ask("session/end", withCookie(first));
      for (var session : listed) {
        if (!session.path("current").asBoolean()) {
          ask("session/end", withCookie(first).andThen(withId(session.path("id").asText()))::apply);
        }
      }
      ask("session/check", withCookie(second));
      ask("session/sign-out", withCookie(first));
      ask("session/check", withCookie(first));
    }

    private void policies(String session) {
      ask("account/policies", withCookie(session));
      for (var body : List.of("{", "{}", "x".repeat(17_000))) {
        ask("account/accept", withCookie(session).andThen(withBody(body))::apply);
      }
      ask("account/accept", withCookie(session));
      ask("account/accept", withCookie(session).andThen(withContentType("text/plain"))::apply);
    }

    void anIncident() {
      var open = withId(ask("incident/open", event -> event).json().path("id").asText());
      ask("incident/show-unknown", open);
      for (var change :
          List.of(
              "{\"measures\":\"more\",\"endedAt\":\"2024-11-21T01:00:00Z\"}",
              "{\"closed\":true}",
              "{\"tellPeople\":true,\"consequences\":\"a\",\"advice\":\"b\"}",
              "{\"closed\":true,\"notReportedBecause\":\"no risk\"}")) {
        ask("incident/change-unknown", open.andThen(withBody(change))::apply);
      }
      var closed = withId(ask("incident/open-ended", event -> event).json().path("id").asText());
      ask(
          "incident/change-unknown",
          closed.andThen(withBody("{\"closed\":true,\"reportedAt\":\"2024-11-22T01:00:00Z\"}"))
              ::apply);
      ask("incident/change-unknown", closed);
      ask("incident/list", event -> event);
    }

    /** A copy, from the request to its parts. */
    void aCopy() {
      var session = withCookie(signIn());
      var id = ask("privacy-request/export", session).json().path("id").asText();
      machine.settle();
      ask("privacy-request/requests", session);
      ask("export-part/part", session);
      var own =
          session.andThen(
              event -> {
                event.putObject("pathParameters").put("id", id).put("part", "1");
                return event;
              });
      assertThat(ask("export-part/part", own::apply).status()).isEqualTo(200);
      for (var time = 0; time < 3; time++) {
        ask("privacy-request/export", session);
        machine.settle();
      }
      machine.clock().advance(Duration.ofMinutes(11));
      ask("privacy-request/export", session);
    }

    /** Proposed by one, confirmed by another, ended; and all that is refused on the way. */
    void legalHolds() {
      var person = ask("session/check", withCookie(signIn())).json().path("subject").asText();
      var proposal =
          "{\"subject\":\"%s\",\"categories\":[\"CONSENT\"],\"until\":\"2028-01-01T00:00:00Z\",\"reference\":\"7/1\"}"
              .formatted(person);
      var hold = withId(ask("legal-hold/propose", withBody(proposal)).json().path("id").asText());
      ask("legal-hold/confirm-unknown", hold);
      ask("legal-hold/confirm-unknown", hold.andThen(byAnother("AIDAANOTHER"))::apply);
      ask("legal-hold/confirm-unknown", hold.andThen(byAnother("AIDATHIRD"))::apply);
      ask("privacy-request/requests", withCookie(signIn()));
      ask("legal-hold/show-unknown", hold);
      ask("legal-hold/end-unknown", hold);
      ask("legal-hold/end-unknown", hold);
      ask("legal-hold/confirm-unknown", hold);
      ask("legal-hold/list", event -> event);
    }

    private static UnaryOperator<ObjectNode> byAnother(String userId) {
      return event -> {
        ((ObjectNode) event.at("/requestContext/authorizer/iam")).put("userId", userId);
        return event;
      };
    }

    /** What staff may look at, of the person's own will and of staff's, and the looks. */
    void support() {
      var session = withCookie(signIn());
      for (var body : List.of("{", "{}", "{\"categories\":[\"CREDENTIAL\"],\"hours\":0}")) {
        ask("support-access/grant", session.andThen(withBody(body))::apply);
      }
      ask("support-access/grant", session.andThen(withContentType("text/plain"))::apply);
      var granted = ask("support-access/grant", session).json().path("id").asText();
      var opened =
          ask("support-access/open", withBody(ofStaff("troubleshooting", "ACCOUNT"))).json();
      var person = opened.path("subject").asText();
      var duty =
          ask("support-access/open", withBody(ofStaff("legal-duty", "CONSENT")))
              .json()
              .path("id")
              .asText();
      ask("support-access/grants", session);
      for (var grant : List.of(granted, opened.path("id").asText(), duty)) {
        for (var category : List.of("ACCOUNT", "CONSENT")) {
          ask(
              "support-read/read",
              withId(grant)
                      .andThen(
                          withBody(
                              "{\"subject\":\"%s\",\"category\":\"%s\"}"
                                  .formatted(person, category)))
                  ::apply);
        }
      }
      var seen = ask("support-access/accesses", session).json().at("/accesses/0/id").asText();
      ask("support-access/accesses-before", session.andThen(with("before", seen))::apply);
      ask("support-access/accesses-before", session.andThen(with("before", "yesterday"))::apply);
      for (var grant : List.of(granted, granted, duty, "AAECAwQFBgcICQoLDA0ODw")) {
        ask("support-access/revoke", session.andThen(withId(grant))::apply);
      }
      machine.clock().advance(Duration.ofMinutes(11));
      ask("support-access/grant", session);
    }

    /** Nobody paid yet, pays, and would pay twice. */
    void billing() {
      var session = withCookie(signIn());
      ask("assistant/show", session);
      ask("assistant/token", session);
      ask("assistant/change", session);
      ask("billing/portal", session);
      for (var body : List.of("{", "{}", "{\"plan\":\"of somebody else\"}")) {
        ask("billing/checkout", session.andThen(withBody(body))::apply);
      }
      ask("billing/checkout", session.andThen(withContentType("text/plain"))::apply);
      var page = ask("billing/checkout", session).json().path("url").asText();
      assertThat(machine.stripe().pay(URI.create(page), StripeCard.GOOD)).isPresent();
      machine.settle();
      ask("billing/checkout", session);
      ask("billing/portal", session);
      assertThat(ask("billing/show", session).json().at("/subscription/status").asText())
          .isEqualTo("active");
      for (var time = 0; time < 20; time++) {
        ask("billing/portal", session);
        ask("billing/checkout", session);
      }
      machine.clock().advance(Duration.ofHours(1));
    }

    /** Somebody pays by now. */
    void assistant() {
      var session = withCookie(signIn());
      var shown = ask("assistant/show", session).json();
      assertThat(shown.path("state").asText()).isEqualTo("running");
      var revision = shown.path("revision").asText();
      var good = withBody("{\"revision\":\"%s\",\"name\":\"Grace\"}".formatted(revision));
      ask("assistant/change", session.andThen(good)::apply);
      ask("assistant/change", session.andThen(good)::apply);
      for (var body : List.of("{", "{}", "{\"revision\":\"x\",\"name\":\"a\\nb\"}")) {
        ask("assistant/change", session.andThen(withBody(body))::apply);
      }
      ask("assistant/change", session.andThen(withContentType("text/plain"))::apply);
      ask("assistant/token", session);
      assertThat(ask("assistant/show", session).json().at("/settings/name").asText())
          .isEqualTo("Grace");
      machine.clock().advance(Duration.ofMinutes(10));
      ask("assistant/token", session);
    }

    private static String ofStaff(String kind, String category) {
      return """
      {"email":"ada@example.org","kind":"%s","reason":"a","categories":["%s"],"hours":1}\
      """
          .formatted(kind, category);
    }

    /** A request to be erased, with the sign-in that it needs, to its receipt. */
    void privacy() {
      byMail();
      var session = withCookie(signIn());
      var first = ask("privacy-request/erase", session).json().path("id").asText();
      ask("privacy-request/take-back", session.andThen(withId(first))::apply);
      var id = ask("privacy-request/erase", session).json().path("id").asText();
      machine.settle();
      ask("privacy-request/requests", session);
      ask("support-access/grant", session);
      ask("account/policies", session);
      ask("account/accept", session);
      ask("assistant/change", session);
      ask("billing/show", session);
      ask("billing/checkout", session);
      ask("billing/portal", session);
      ask("privacy-request/take-back", session);
      machine.clock().advance(Duration.ofMinutes(11));
      ask("privacy-request/erase", session);
      ask("privacy-request/take-back", session.andThen(withId(id))::apply);
      // Open requests are gone on with at 27 minutes past: begun by now, and no further below.
      var end = machine.clock().instant().plus(AtErasure.CHANGE_OF_MIND);
      machine.clock().set(end.truncatedTo(HOURS).plus(Duration.ofMinutes(90)));
      machine.settle();
      var late = withCookie(signIn());
      ask("privacy-request/take-back", late.andThen(withId(id))::apply);
      for (var question : List.of("privacy-request/export", "billing/show", "billing/portal")) {
        ask(question, late);
      }
      ask("privacy-request/receipt-unknown", withId(id));
      for (var wait : List.of(1, 1, 1, 8 * 24, 1, 1)) {
        machine.clock().advance(Duration.ofHours(wait));
        machine.settle();
      }
      ask("privacy-request/receipt-unknown", withId(id));
    }

    /** Opened by staff, confirmed by a link, and taken back. */
    private void byMail() {
      ask("staff-request/report", event -> event);
      ask("staff-request/open", event -> event);
      machine.settle();
      var token = new ByMail(machine).token("ada@example.org").orElseThrow();
      var body = "{\"kind\":\"erasure\",\"token\":\"%s\"}".formatted(token);
      ask("privacy-request/confirm", withBody(body));
      ask("privacy-request/confirm", withBody(body));
      var session = withCookie(signIn());
      var id = ask("privacy-request/requests", session).json().at("/requests/0/id").asText();
      ask("privacy-request/take-back", session.andThen(withId(id))::apply);
    }

    /** As the gateway never sends it: should a route lose its authorisation, it is closed. */
    void unsigned() {
      for (var route : functionsByRoute().filter(Route::iam).toList()) {
        assertThat(
                ask(
                        cheapest(route.key()),
                        event -> {
                          ((ObjectNode) event.path("requestContext")).remove("authorizer");
                          return event;
                        })
                    .status())
            .as(route.key())
            .isEqualTo(403);
      }
    }

    /** One character more than is read, also where nobody asks for a body. */
    void tooMuch() {
      for (var route : functionsByRoute().toList()) {
        assertThat(ask(cheapest(route.key()), withBody("x".repeat(32_769))).status())
            .as(route.key())
            .isEqualTo(413);
      }
    }

    /** Whatever is cheapest, from one address, while no time passes. */
    void tooOften() {
      for (var route : functionsByRoute().toList()) {
        var cheap = cheapest(route.key());
        assertThat(
                Stream.generate(() -> send(cheap, from("198.51.100.250")))
                    .limit(400)
                    .filter(answer -> answer.status() == 429)
                    .findFirst())
            .as(route.key())
            .hasValueSatisfying(
                answer -> {
                  assertThat(answer.event().path("headers").fieldNames())
                      .toIterable()
                      .contains("retry-after", "ratelimit", "ratelimit-policy");
                  answers.add(answer);
                });
      }
    }

    void withoutADatabase() {
      for (var route : functionsByRoute().toList()) {
        machine.dynamo().failNext(100, "InternalServerError");
        ask(cheapest(route.key()), event -> event);
        machine.dynamo().reset();
      }
    }

    private String signIn() {
      // Attempts that failed before make the next one wait.
      machine.clock().advance(Duration.ofMinutes(16));
      var answer =
          ask(
              "session/sign-in",
              withBody("{\"email\":\"ada@example.org\",\"password\":\"%s\"}".formatted(PASSWORD)));
      return answer.cookies().stream()
          .filter(cookie -> cookie.startsWith("__Host-session="))
          .map(cookie -> cookie.split(";", 2)[0])
          .findFirst()
          .orElseThrow();
    }

    private Answer ask(String sample, UnaryOperator<ObjectNode> change) {
      return ask(sample(sample), change);
    }

    private Answer ask(Sample sample, UnaryOperator<ObjectNode> change) {
      // An address for each: no sample draws from another's bucket.
      var address = "198.51.100." + answers.size() % 200;
      var answer = send(sample, event -> change.apply(from(address).apply(event)));
      answers.add(answer);
      return answer;
    }

    private Answer send(Sample sample, UnaryOperator<ObjectNode> change) {
      var event =
          StripeSamples.signedAt(
              change.apply(sample.event().deepCopy()), machine.clock().instant());
      var route = event.path("routeKey").asText();
      var function =
          functionsByRoute()
              .filter(it -> it.key().equals(route))
              .findFirst()
              .orElseThrow()
              .function();
      try {
        return new Answer(
            sample.name(), route, json(machine.invoke(function, JSON.writeValueAsBytes(event))));
      } catch (IllegalStateException e) {
        return new Answer(
            sample.name(), route, json("{\"statusCode\":500}".getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Sample cheapest(String route) {
      return routedSamples()
          .filter(sample -> sample.event().path("routeKey").asText().equals(route))
          .filter(sample -> !sample.name().contains("site"))
          .min(Comparator.comparingInt(sample -> sample.event().path("body").asText().length()))
          .orElseThrow();
    }

    private static UnaryOperator<ObjectNode> from(String address) {
      return event -> {
        ((ObjectNode) event.at("/requestContext/http")).put("sourceIp", address);
        return event;
      };
    }

    private static UnaryOperator<ObjectNode> withBody(String body) {
      return event -> event.put("body", body);
    }

    private static UnaryOperator<ObjectNode> withContentType(String type) {
      return event -> {
        event.withObject("/headers").put("content-type", type);
        return event;
      };
    }

    private static UnaryOperator<ObjectNode> withCookie(String cookie) {
      return event -> {
        event.putArray("cookies").add(cookie);
        return event;
      };
    }

    private static UnaryOperator<ObjectNode> withId(String id) {
      return with("id", id);
    }

    private static UnaryOperator<ObjectNode> with(String parameter, String value) {
      return event -> {
        event.putObject("pathParameters").put(parameter, value);
        return event;
      };
    }
  }

  /** What a function handed to the gateway. */
  private record Answer(String sample, String route, JsonNode event) {
    int status() {
      return event.path("statusCode").asInt();
    }

    String body() {
      return event.path("body").asText();
    }

    JsonNode json() {
      return mediaType().endsWith("json")
          ? OpenApiTest.json(body().getBytes(StandardCharsets.UTF_8))
          : JsonNodeFactory.instance.missingNode();
    }

    String mediaType() {
      return event.at("/headers/content-type").asText().split(";", 2)[0];
    }

    List<String> cookies() {
      return texts(event.path("cookies"));
    }

    List<String> header(String name) {
      if (name.equals("Set-Cookie")) {
        return cookies();
      }
      var value = event.path("headers").path(name.toLowerCase(Locale.ROOT));
      return value.isMissingNode() ? List.of() : List.of(value.asText());
    }

    @Override
    public String toString() {
      return sample + ": " + route + " " + status();
    }
  }

  /** An operation of the description. */
  private record Operation(String route, JsonNode node) {
    Set<Integer> statuses() {
      var statuses = new TreeSet<Integer>();
      node.path("responses").fieldNames().forEachRemaining(it -> statuses.add(Integer.valueOf(it)));
      return statuses;
    }

    JsonNode response(int status) {
      return resolved(node.path("responses").path(Integer.toString(status)));
    }

    @Override
    public String toString() {
      return route;
    }
  }

  /** A route of the template, and the function behind it. */
  private record Route(String key, String function, boolean iam) {}

  /** A file among the sample events. */
  record Sample(String name, ObjectNode event) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** In what an answer differs from its description. */
  private static List<String> undescribed(Answer answer) {
    var operation =
        operations().filter(it -> it.route().equals(answer.route())).findFirst().orElseThrow();
    if (!operation.statuses().contains(answer.status())) {
      return List.of("status " + answer.status());
    }
    var response = operation.response(answer.status());
    var faults = new ArrayList<String>();
    for (var name :
        List.of(
            "Location",
            "RateLimit",
            "RateLimit-Policy",
            "Retry-After",
            "Set-Cookie",
            "WWW-Authenticate")) {
      faults.addAll(headerFaults(name, resolved(response.path("headers").path(name)), answer));
    }
    var content = response.path("content");
    if (content.isMissingNode()) {
      return answer.body().isEmpty() ? faults : List.of("a body");
    }
    var described = content.path(answer.mediaType());
    if (described.isMissingNode()) {
      faults.add("media type " + answer.mediaType());
    } else if (answer.mediaType().endsWith("json")) {
      faults.addAll(faults(closed(inlined(described.path("schema"))), answer.json()));
    }
    return faults;
  }

  private static List<String> headerFaults(String name, JsonNode described, Answer answer) {
    var values = answer.header(name);
    if (described.isMissingNode()) {
      return values.isEmpty() ? List.of() : List.of("header " + name);
    }
    if (values.isEmpty()) {
      return described.path("required").asBoolean() ? List.of("no header " + name) : List.of();
    }
    var schema = inlined(described.path("schema"));
    return values.stream()
        .map(
            value ->
                schema.path("type").asText().equals("integer")
                    ? JsonNodeFactory.instance.numberNode(Long.parseLong(value))
                    : JsonNodeFactory.instance.textNode(value))
        .flatMap(value -> faults(schema, value).stream())
        .map(fault -> name + ": " + fault)
        .toList();
  }

  private static List<String> faults(JsonNode schema, JsonNode value) {
    return SCHEMAS
        .getSchema(schema)
        .validate(value, context -> context.executionConfig(it -> it.formatAssertionsEnabled(true)))
        .stream()
        .map(Object::toString)
        .toList();
  }

  /** A copy with every reference replaced by what it leads to. */
  private static JsonNode inlined(JsonNode node) {
    if (node.isArray()) {
      var copy = JsonNodeFactory.instance.arrayNode();
      node.forEach(item -> copy.add(inlined(item)));
      return copy;
    }
    if (!node.isObject()) {
      return node;
    }
    var copy = JsonNodeFactory.instance.objectNode();
    node.properties()
        .forEach(
            field -> {
              if (!field.getKey().equals("$ref")) {
                copy.set(field.getKey(), inlined(field.getValue()));
              }
            });
    if (!node.has("$ref")) {
      return copy;
    }
    var target = inlined(resolved(node));
    return copy.isEmpty()
        ? target
        : copy.set("allOf", JsonNodeFactory.instance.arrayNode().add(target));
  }

  /** A copy in which no object takes a member that is not described: an answer says no more. */
  private static JsonNode closed(JsonNode schema) {
    var copy = schema.deepCopy();
    for (var object : copy.findParents("type")) {
      if (object.path("type").asText().equals("object") && !object.has("additionalProperties")) {
        ((ObjectNode) object).put("additionalProperties", false);
      }
    }
    return copy;
  }

  private static JsonNode resolved(JsonNode node) {
    if (!node.has("$ref")) {
      return node;
    }
    var reference = node.path("$ref").asText();
    var target = API.at(reference.substring(1));
    assertThat(target.isMissingNode()).as(reference).isFalse();
    return resolved(target);
  }

  private static List<JsonNode> examples(JsonNode holder) {
    var examples = new ArrayList<JsonNode>();
    if (holder.has("example")) {
      examples.add(holder.path("example"));
    }
    holder.path("examples").forEach(example -> examples.add(example.path("value")));
    return examples;
  }

  /** Calls back for each object that has that field, wherever it is. */
  private static void each(JsonNode node, String field, BiConsumer<String, JsonNode> visitor) {
    each("#", node, field, visitor);
  }

  private static void each(
      String where, JsonNode node, String field, BiConsumer<String, JsonNode> visitor) {
    if (node.path(field).isObject()) {
      visitor.accept(where, node);
    }
    node.properties().forEach(it -> each(where + "/" + it.getKey(), it.getValue(), field, visitor));
  }

  private static Stream<Operation> operations() {
    return API.path("paths").properties().stream()
        .flatMap(
            path ->
                path.getValue().properties().stream()
                    .filter(method -> METHODS.contains(method.getKey()))
                    .map(
                        method ->
                            new Operation(
                                method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                method.getValue())));
  }

  private static Stream<Route> functionsByRoute() {
    return TEMPLATE.path("Resources").properties().stream()
        .flatMap(
            resource ->
                resource.getValue().at("/Properties/Events").properties().stream()
                    .map(Map.Entry::getValue)
                    .filter(event -> event.path("Type").asText().equals("HttpApi"))
                    .map(event -> event.path("Properties"))
                    .map(
                        event ->
                            new Route(
                                event.path("Method").asText() + " " + event.path("Path").asText(),
                                resource.getKey(),
                                event.at("/Auth/Authorizer").asText().equals("AWS_IAM"))));
  }

  private static Stream<Sample> samples(String... folders) {
    return Arrays.stream(folders)
        .flatMap(
            folder -> {
              try (var files = Files.list(ROOT.resolve("events").resolve(folder))) {
                return files
                    .map(file -> folder + "/" + file.getFileName().toString().replace(".json", ""))
                    .sorted()
                    .toList()
                    .stream();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .map(OpenApiTest::sample);
  }

  private static Sample sample(String name) {
    try {
      var file = ROOT.resolve("events").resolve(name + ".json");
      return new Sample(name, (ObjectNode) json(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String pathPattern(String route) {
    return route.split(" ", 2)[1].replaceAll("\\{[^}]*}", "[^/]+");
  }

  private static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static JsonNode json(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path root() {
    return Stream.iterate(
            Optional.of(Path.of("").toAbsolutePath()),
            Optional::isPresent,
            folder -> folder.map(Path::getParent))
        .flatMap(Optional::stream)
        .filter(folder -> Files.exists(folder.resolve("template.yaml")))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode yaml(Path file) {
    try {
      return new Compose(LoadSettings.builder().build())
          .composeString(Files.readString(file))
          .map(OpenApiTest::tree)
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The values as they stand: CloudFormation's short forms, such as {@code !Ref}, are passed over.
   */
  private static JsonNode tree(Node node) {
    var json = JsonNodeFactory.instance;
    return switch (node) {
      case MappingNode mapping -> {
        var object = json.objectNode();
        for (var entry : mapping.getValue()) {
          var name = ((ScalarNode) entry.getKeyNode()).getValue();
          assertThat(object.has(name)).as("twice: " + name).isFalse();
          object.set(name, tree(entry.getValueNode()));
        }
        yield object;
      }
      case SequenceNode sequence -> {
        var array = json.arrayNode();
        sequence.getValue().forEach(item -> array.add(tree(item)));
        yield array;
      }
      case ScalarNode scalar when scalar.getTag().equals(Tag.BOOL) ->
          json.booleanNode(Boolean.parseBoolean(scalar.getValue()));
      case ScalarNode scalar when scalar.getTag().equals(Tag.INT) ->
          json.numberNode(Integer.parseInt(scalar.getValue()));
      case ScalarNode scalar when scalar.getTag().equals(Tag.FLOAT) ->
          json.numberNode(new BigDecimal(scalar.getValue()));
      case ScalarNode scalar -> json.textNode(scalar.getValue());
      default -> throw new IllegalArgumentException("neither map, list nor value");
    };
  }
}
