package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CloudflareStandInTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:30:00Z");
  private static final String MODULE = "export default { fetch() { return new Response('ä'); } };";
  private static final String NOT_THERE = "00000000-0000-4000-8000-000000000000";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, Map<String, JsonNode>> kept = new TreeMap<>();
  private Cloudflare cloudflare = new Cloudflare(memory());
  private CloudflareStandIn standIn = new CloudflareStandIn(cloudflare);
  private String token = setting("CLOUDFLARE_TOKEN");

  @BeforeEach
  void start() {
    standIn.start(MachineClock.frozen(NOW));
  }

  @AfterEach
  void stop() {
    standIn.close();
    http.close();
  }

  @Test
  void keepsAScriptAndShowsWhatItIsGivenButItsSecrets() throws Exception {
    var put = put("a1", metadata(database("a1")), MODULE);

    assertThat(put.statusCode()).isEqualTo(200);
    assertThat(json(put).path("success").asBoolean()).isTrue();
    assertThat(json(put).path("result").path("id").asText()).isEqualTo("a1");
    var settings = json(get(script("a1") + "/settings")).path("result");
    assertThat(settings.path("tags").toString()).isEqualTo("[\"pledge\"]");
    assertThat(settings.at("/bindings/0/id").asText()).isNotEmpty();
    assertThat(settings.at("/bindings/1/text").asText()).isEqualTo("https://model.example.org");
    assertThat(settings.at("/bindings/2/name").asText()).isEqualTo("TOKEN");
    assertThat(settings.at("/bindings/2").has("text")).isFalse();
    assertThat(cloudflare.bindings("a1")).containsEntry("TOKEN", "token-of-a1");
    assertThat(cloudflare.module("a1")).contains(MODULE);
  }

  @Test
  void deletesAScriptOnceAndAnswersWithNothing() throws Exception {
    put("a1", metadata(database("a1")), MODULE);

    var deleted = delete(script("a1") + "?force=true");

    assertThat(deleted.statusCode()).isEqualTo(200);
    assertThat(deleted.body()).isEmpty();
    assertRefused(delete(script("a1") + "?force=true"), 404, 10_007);
    assertRefused(get(script("a1") + "/settings"), 404, 10_007);
    assertThat(cloudflare.scripts()).isEmpty();
  }

  @Test
  void refusesWhoBringsNoTokenOrAnother() throws Exception {
    token = "somebody-else's";
    assertRefused(get(script("a1") + "/settings"), 403, 10_000);
    var bare = HttpRequest.newBuilder(URI.create(setting("CLOUDFLARE_API_BASE") + "/accounts"));
    assertRefused(http.send(bare.build(), BodyHandlers.ofString()), 400, 9106);
  }

  @Test
  void refusesAnUnknownAccountAndAnUnknownNamespace() throws Exception {
    assertRefused(get("/accounts/another/d1/database"), 404, 7003);
    assertRefused(
        get(script("a1").replace("namespaces/assistants", "namespaces/others") + "/settings"),
        404,
        100_119);
    assertThat(cloudflare.scripts()).isEmpty();
  }

  @Test
  void refusesAScriptThatIsNotAsItMustBe() throws Exception {
    var id = database("a1");
    assertRefused(put("Upper", metadata(id), MODULE), 400, 10_016);
    assertRefused(put("a".repeat(64), metadata(id), MODULE), 400, 10_016);
    assertRefused(put("a1", metadata(id).put("main_module", "other.mjs"), MODULE), 400, 10_021);
    assertRefused(put("a1", metadata(id).without("main_module"), MODULE), 400, 10_021);
    assertRefused(
        put("a1", metadata(id).put("compatibility_date", "2027-01-01"), MODULE), 400, 10_021);
    assertRefused(put("a1", metadata(id), " "), 400, 10_021);
    assertRefused(
        send("PUT", script("a1"), form(metadata(id), MODULE, "text/javascript"), BOUNDARY),
        400,
        10_021);
    assertRefused(
        send("PUT", script("a1"), form(metadata(id), MODULE, TYPE), "application/json"),
        400,
        10_001);
    var cutOff = form(metadata(id), MODULE, TYPE);
    assertRefused(
        send("PUT", script("a1"), cutOff.substring(0, cutOff.length() - 6), BOUNDARY), 400, 10_001);
    assertRefused(put("a1", metadata(id), "//" + "x".repeat(10 * 1024 * 1024)), 413, 10_027);
    assertThat(cloudflare.scripts()).isEmpty();
  }

  @Test
  void refusesBindingsThatLeadNowhereOrAreTooLong() throws Exception {
    assertRefused(put("a1", metadata(NOT_THERE), MODULE), 400, 10_181);
    var tooLong = metadata(database("a1"));
    tooLong
        .withArray("bindings")
        .add(binding("secret_text", "X", "text", "x".repeat(5 * 1024 + 1)));
    assertRefused(put("a1", tooLong, MODULE), 400, 10_021);
    var twice = metadata(database("a2"));
    twice.withArray("bindings").add(binding("plain_text", "DB", "text", "x"));
    assertRefused(put("a1", twice, MODULE), 400, 10_021);
    assertThat(cloudflare.scripts()).isEmpty();
  }

  @Test
  void makesListsAndDeletesDatabases() throws Exception {
    var id = database("a1");
    database("a10");

    assertRefused(post("/d1/database", "{\"name\": \"a1\"}"), 400, 7502);
    assertRefused(post("/d1/database", "{\"name\": \"not a name\"}"), 400, 7400);
    assertRefused(post("/d1/database", "not JSON"), 400, 7400);
    var listed = json(get(account() + "/d1/database?name=a1&per_page=10"));
    assertThat(listed.path("result").findValuesAsText("name"))
        .as("the filter takes a part of a name")
        .containsExactlyInAnyOrder("a1", "a10");
    assertThat(listed.at("/result_info/total_count").asInt()).isEqualTo(2);
    assertThat(json(delete(account() + "/d1/database/" + id)).path("success").asBoolean()).isTrue();
    assertRefused(delete(account() + "/d1/database/" + id), 404, 7404);
    assertRefused(get(account() + "/d1/database/no-id"), 400, 7400);
    assertThat(cloudflare.databases()).containsExactly("a10");
  }

  @Test
  void listsPageByPage() throws Exception {
    for (var i = 0; i < 25; i++) {
      database("a%02d".formatted(i));
    }
    var third = json(get(account() + "/d1/database?name=a&per_page=10&page=3"));
    assertThat(third.path("result")).hasSize(5);
    assertThat(third.at("/result_info/count").asInt()).isEqualTo(5);
  }

  @Test
  void answersForAnAssistantAsItsModuleDoes() throws Exception {
    put("a1", metadata(database("a1")), MODULE);

    assertThat(ask("a1", "GET", "/health", "", "").body()).isEqualTo("{\"status\":\"ok\"}");
    var chat = "{\"conversation\": \"c1\", \"message\": \"Good morning\"}";
    assertThat(ask("a1", "POST", "/chat", "token-of-a1", chat).statusCode()).isEqualTo(200);
    var export = ask("a1", "GET", "/export", "token-of-a1", "");
    assertThat(export.headers().firstValue("content-type")).contains("application/x-ndjson");
    assertThat(export.body().lines())
        .hasSize(3)
        .last()
        .isEqualTo("{\"complete\":true,\"messages\":2}");
    assertThat(export.body())
        .contains("Good morning", "\"role\":\"user\"", "\"role\":\"assistant\"");
    assertThat(ask("a1", "POST", "/chat", "token-of-a1", "{\"conversation\": \"c1\"}").statusCode())
        .isEqualTo(422);
    assertThat(ask("a1", "POST", "/wipe", "token-of-a1", "").statusCode()).isEqualTo(204);
    assertThat(ask("a1", "GET", "/export", "token-of-a1", "").body())
        .isEqualTo("{\"complete\":true,\"messages\":0}\n");
  }

  @Test
  void letsNobodyInWithoutTheTokenThatItIsBoundTo() throws Exception {
    put("a1", metadata(database("a1")), MODULE);
    for (var path : new String[] {"/export", "/wipe", "/chat"}) {
      var method = path.equals("/export") ? "GET" : "POST";
      assertThat(ask("a1", method, path, "", "{}").statusCode()).isEqualTo(401);
      assertThat(ask("a1", method, path, "token-of-a2", "{}").statusCode()).isEqualTo(401);
    }
    assertThat(ask("a2", "GET", "/health", "", "").statusCode()).isEqualTo(404);
  }

  @Test
  void standsStillWhereItIsSuspended() throws Exception {
    var suspended = metadata(database("a1"));
    suspended.withArray("bindings").add(binding("plain_text", "SUSPENDED", "text", "yes"));
    put("a1", suspended, MODULE);

    assertThat(ask("a1", "GET", "/health", "", "").body()).contains("suspended");
    var chat = "{\"conversation\": \"c1\", \"message\": \"Good morning\"}";
    assertThat(ask("a1", "POST", "/chat", "token-of-a1", chat).statusCode()).isEqualTo(403);
    assertThat(ask("a1", "GET", "/export", "token-of-a1", "").statusCode()).isEqualTo(200);
  }

  @Test
  void failsAndLosesAnswersAsATestWants() throws Exception {
    cloudflare.faults().failNext(1, 429);
    assertRefused(post("/d1/database", "{\"name\": \"a1\"}"), 429, 971);
    assertThat(cloudflare.databases()).isEmpty();

    cloudflare.faults().cutBefore(1);
    assertThatThrownBy(() -> post("/d1/database", "{\"name\": \"a1\"}"))
        .isInstanceOf(IOException.class);
    assertThat(cloudflare.databases()).isEmpty();

    cloudflare.faults().cutAfter(1);
    assertThatThrownBy(() -> post("/d1/database", "{\"name\": \"a1\"}"))
        .isInstanceOf(IOException.class);
    assertThat(cloudflare.databases()).containsExactly("a1");
    assertThat(cloudflare.faults().calls()).hasSize(3);
  }

  @Test
  void keepsScriptsDatabasesAndWhatIsInThemOverARestart() throws Exception {
    put("a1", metadata(database("a1")), MODULE);
    ask("a1", "POST", "/chat", "token-of-a1", "{\"conversation\": \"c1\", \"message\": \"Hello\"}");
    standIn.close();

    cloudflare = new Cloudflare(memory());
    standIn = new CloudflareStandIn(cloudflare);
    start();

    assertThat(cloudflare.scripts()).containsExactly("a1");
    assertThat(cloudflare.databases()).containsExactly("a1");
    assertThat(ask("a1", "GET", "/export", "token-of-a1", "").body()).contains("Hello");
  }

  private static final String TYPE = "application/javascript+module";
  private static final String BOUNDARY = "multipart/form-data; boundary=b";

  /** What a folder would keep. */
  private Store memory() {
    return new Store() {
      @Override
      public void put(String kind, String id, JsonNode value) {
        kept.computeIfAbsent(kind, _ -> new TreeMap<>()).put(id, value);
      }

      @Override
      public void remove(String kind, String id) {
        kept.getOrDefault(kind, new TreeMap<>()).remove(id);
      }

      @Override
      public SortedMap<String, JsonNode> all(String kind) {
        return new TreeMap<>(kept.getOrDefault(kind, Map.of()));
      }
    };
  }

  private String setting(String name) {
    return standIn.settings().getOrDefault(name, "");
  }

  private String account() {
    return "/accounts/" + setting("CLOUDFLARE_ACCOUNT");
  }

  private String script(String name) {
    return account()
        + "/workers/dispatch/namespaces/"
        + setting("CLOUDFLARE_NAMESPACE")
        + "/scripts/"
        + name;
  }

  private String database(String name) throws Exception {
    return json(post("/d1/database", "{\"name\": \"" + name + "\"}")).at("/result/uuid").asText();
  }

  private static ObjectNode metadata(String database) {
    var metadata =
        Json.object().put("main_module", "worker.mjs").put("compatibility_date", "2026-11-01");
    metadata.putArray("tags").add("pledge");
    metadata
        .putArray("bindings")
        .add(binding("d1", "DB", "id", database))
        .add(binding("plain_text", "MODEL_URL", "text", "https://model.example.org"))
        .add(binding("secret_text", "TOKEN", "text", "token-of-a1"))
        .add(binding("secret_text", "SECRET", "text", "secret of a1"))
        .add(binding("secret_text", "CONFIGURATION", "text", "{}"))
        .add(binding("plain_text", "SCRIPT", "text", "a1"));
    return metadata;
  }

  private static ObjectNode binding(String type, String name, String field, String value) {
    return Json.object().put("type", type).put("name", name).put(field, value);
  }

  private HttpResponse<String> put(String name, JsonNode metadata, String module) throws Exception {
    return send("PUT", script(name), form(metadata, module, TYPE), BOUNDARY);
  }

  private static String form(JsonNode metadata, String module, String type) {
    return "--b\r\nContent-Disposition: form-data; name=\"metadata\"; filename=\"blob\"\r\n"
        + "Content-Type: application/json\r\n\r\n"
        + metadata
        + "\r\n--b\r\nContent-Disposition: form-data; name=\"worker.mjs\"; filename=\"worker.mjs\"\r\n"
        + "Content-Type: "
        + type
        + "\r\n\r\n"
        + module
        + "\r\n--b--\r\n";
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return send("POST", account() + path, body, "application/json");
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send("GET", path, "", "application/json");
  }

  private HttpResponse<String> delete(String path) throws Exception {
    return send("DELETE", path, "", "application/json");
  }

  private HttpResponse<String> send(String method, String path, String body, String type)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(setting("CLOUDFLARE_API_BASE") + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", type)
            .method(method, BodyPublishers.ofString(body));
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> ask(
      String script, String method, String path, String bearer, String body) throws Exception {
    var url = setting("ASSISTANT_URL").replace("{script}", script) + path;
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));
    if (!bearer.isEmpty()) {
      request.header("Authorization", "Bearer " + bearer);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.parse(response.body());
  }

  private static void assertRefused(HttpResponse<String> response, int status, int code) {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).path("success").asBoolean(true)).isFalse();
    assertThat(json(response).at("/errors/0/code").asInt()).isEqualTo(code);
    assertThat(json(response).path("result").isNull()).isTrue();
  }
}
