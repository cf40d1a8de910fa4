package pledge.processor.cloudflare;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.avaje.json.JsonException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import pledge.processor.AssistantHost;
import pledge.processor.cloudflare.CloudflareApi.Answered;
import pledge.vault.Environment;
import pledge.vault.Json;
import pledge.vault.UnavailableException;

/**
 * Workers for Platforms: a script in the dispatch namespace and a D1 database for each assistant.
 */
public final class CloudflareHost implements AssistantHost {
  private static final String API = "https://api.cloudflare.com/client/v4";
  private static final String MODULE = "worker.mjs";

  /** What the module was tested with. */
  private static final String COMPATIBLE_WITH = "2025-07-01";

  /** {@code script_not_found}, {@code service_not_found}, {@code environment_not_found}. */
  private static final Set<Integer> NO_SCRIPT = Set.of(10_007, 10_090, 10_092);

  private static final Set<Integer> NO_DATABASE = Set.of(7404);
  private static final int NAME_IS_TAKEN = 7502;
  private static final int PAGE = 100;
  private static final String JSON = "application/json";

  private final CloudflareApi api = new CloudflareApi();
  private final String token;
  private final String scripts;
  private final String databases;
  private final String assistants;

  private CloudflareHost(String base, String account, String namespace, String token, String url) {
    this.token = token;
    this.databases = base + "/accounts/" + account + "/d1/database";
    this.scripts =
        base + "/accounts/" + account + "/workers/dispatch/namespaces/" + namespace + "/scripts/";
    this.assistants = url;
  }

  /**
   * As the function's settings say.
   *
   * @throws IllegalStateException naming a setting that is missing, or an address that is not to be
   *     called
   */
  public static CloudflareHost of(Environment environment) {
    return new CloudflareHost(
        CloudflareApi.checked(environment.optional("CLOUDFLARE_API_BASE").orElse(API)),
        environment.setting("CLOUDFLARE_ACCOUNT"),
        environment.setting("CLOUDFLARE_NAMESPACE"),
        environment.setting("CLOUDFLARE_TOKEN"),
        CloudflareApi.checked(environment.setting("ASSISTANT_URL")));
  }

  @Override
  public String storage(String script) {
    var there = storages(script);
    if (!there.isEmpty()) {
      return there.getFirst();
    }
    var made = send("POST", databases, Map.of("name", script));
    if (made.isDone()) {
      return text(result(made).get("uuid"));
    }
    if (made.codes().contains(NAME_IS_TAKEN)) {
      // Somebody else made it meanwhile, or we did and never heard of it.
      return storages(script).stream().findFirst().orElseThrow(made::refusal);
    }
    throw made.refusal();
  }

  /** There is one at most: names are unique. */
  private List<String> storages(String script) {
    // The filter takes a part of a name, and there may be others that begin so.
    for (var page = 1; ; page++) {
      var url = databases + "?name=" + script + "&per_page=" + PAGE + "&page=" + page;
      var rows = rows(send("GET", url).done().body().get("result"));
      var found =
          rows.stream()
              .filter(row -> script.equals(row.get("name")))
              .map(row -> text(row.get("uuid")))
              .toList();
      if (!found.isEmpty() || rows.size() < PAGE) {
        return found;
      }
    }
  }

  @Override
  public void deploy(Deployment deployment, Program program) {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("main_module", MODULE);
    metadata.put("compatibility_date", COMPATIBLE_WITH);
    metadata.put("tags", List.copyOf(new TreeSet<>(deployment.tags(program))));
    metadata.put(
        "bindings",
        List.of(
            Map.of("type", "d1", "name", "DB", "id", deployment.storage()),
            plain("SCRIPT", deployment.script()),
            plain("MODEL_URL", program.modelUrl()),
            plain("SUSPENDED", deployment.suspended() ? "yes" : "no"),
            secret("CONFIGURATION", deployment.configuration()),
            secret("TOKEN", deployment.token()),
            secret("SECRET", deployment.secret())));
    var form =
        new Multipart()
            .part("metadata", JSON, Json.MAPPER.toJson(metadata))
            .part(MODULE, "application/javascript+module", program.module());
    api.call(
            "PUT",
            scripts + deployment.script(),
            token,
            form.type(),
            BodyPublishers.ofByteArray(form.bytes()))
        .done();
  }

  private static Map<String, Object> plain(String name, String text) {
    return Map.of("type", "plain_text", "name", name, "text", text);
  }

  private static Map<String, Object> secret(String name, String text) {
    return Map.of("type", "secret_text", "name", name, "text", text);
  }

  @Override
  public Optional<Deployed> find(String script) {
    var answered = send("GET", scripts + script + "/settings");
    if (answered.isMissing(NO_SCRIPT)) {
      return Optional.empty();
    }
    var settings = result(answered.done());
    Optional<String> storage = Optional.empty();
    var suspended = false;
    for (var binding : rows(settings.get("bindings"))) {
      switch (text(binding.get("name"))) {
        case "DB" ->
            storage = Optional.of(text(binding.getOrDefault("id", binding.get("database_id"))));
        case "SUSPENDED" -> suspended = "yes".equals(binding.get("text"));
        default -> {}
      }
    }
    var tags = new HashSet<String>();
    if (settings.get("tags") instanceof List<?> all) {
      all.forEach(tag -> tags.add(text(tag)));
    }
    return Optional.of(new Deployed(storage, suspended, tags));
  }

  /** The database first: without it, no upload that is late can bring the script back. */
  @Override
  public boolean remove(String script) {
    for (var id : storages(script)) {
      var deleted = send("DELETE", databases + "/" + id);
      if (!deleted.isMissing(NO_DATABASE)) {
        deleted.done();
      }
    }
    return withdraw(script) && storages(script).isEmpty();
  }

  @Override
  public boolean withdraw(String script) {
    var deleted = send("DELETE", scripts + script + "?force=true");
    if (!deleted.isMissing(NO_SCRIPT)) {
      deleted.done();
    }
    return find(script).isEmpty();
  }

  @Override
  public boolean export(String script, String bearer, OutputStream into) throws IOException {
    if (find(script).isEmpty()) {
      return false;
    }
    var answer =
        api.send(
            "GET",
            url(script) + "/export",
            bearer,
            JSON,
            BodyPublishers.noBody(),
            BodyHandlers.ofInputStream());
    try (var lines = new BufferedReader(new InputStreamReader(answer.body(), UTF_8))) {
      if (answer.statusCode() != 200) {
        throw new RefusedException("the assistant", answer.statusCode(), List.of());
      }
      handOver(lines, into);
      return true;
    } catch (IOException e) {
      throw new UnavailableException("the assistant", new NoAnswerException(e));
    }
  }

  /** All lines but the last, which says that they are all. */
  private static void handOver(BufferedReader lines, OutputStream into) throws IOException {
    var last = Objects.requireNonNullElse(lines.readLine(), "");
    var written = 0L;
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      into.write((last + "\n").getBytes(UTF_8));
      written++;
      last = line;
    }
    if (!isEnd(last, written)) {
      throw new EOFException("the export broke off");
    }
  }

  private static boolean isEnd(String line, long messages) throws IOException {
    try {
      return Json.MAPPER.fromJson(line) instanceof Map<?, ?> end
          && Boolean.TRUE.equals(end.get("complete"))
          && end.get("messages") instanceof Number number
          && number.longValue() == messages;
    } catch (JsonException e) {
      throw new IOException("the export broke off in the middle of a line");
    }
  }

  @Override
  public String url(String script) {
    return assistants.replace("{script}", script);
  }

  private Answered send(String method, String url) {
    return api.call(method, url, token, JSON, BodyPublishers.noBody());
  }

  private Answered send(String method, String url, Map<String, Object> body) {
    return api.call(method, url, token, JSON, BodyPublishers.ofString(Json.MAPPER.toJson(body)));
  }

  private static Map<String, Object> result(Answered answered) {
    return Json.object(Objects.requireNonNullElse(answered.body().get("result"), Map.of()));
  }

  private static List<Map<String, Object>> rows(@Nullable Object value) {
    return value instanceof List<?> rows ? rows.stream().map(Json::object).toList() : List.of();
  }

  private static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }
}
