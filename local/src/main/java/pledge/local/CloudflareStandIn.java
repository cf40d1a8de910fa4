package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Cloudflare's API on loopback, as far as an assistant needs it: scripts of a dispatch namespace
 * and D1 databases; and beside it, in the place of the dispatcher, what the scripts answer.
 */
final class CloudflareStandIn implements StandIn {
  private static final String TOKEN = "local-token-of-cloudflare";
  private static final String ACCOUNT = "0123456789abcdef0123456789abcdef";
  private static final String NAMESPACE = "assistants";
  private static final String API = "/client/v4";
  private static final String DISPATCHER = "/assistants/";

  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern DATABASE_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final int PAGE = 100;

  private final Cloudflare cloudflare;
  private final Loopback loopback;
  private Optional<InstantSource> clock = Optional.empty();

  CloudflareStandIn(Cloudflare cloudflare) {
    this.cloudflare = cloudflare;
    this.loopback = Loopback.open("cloudflare", 0);
  }

  @Override
  public String name() {
    return "Cloudflare";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "CLOUDFLARE_API_BASE",
        loopback.address() + API,
        "CLOUDFLARE_ACCOUNT",
        ACCOUNT,
        "CLOUDFLARE_NAMESPACE",
        NAMESPACE,
        "CLOUDFLARE_TOKEN",
        TOKEN,
        "ASSISTANT_URL",
        loopback.address() + DISPATCHER + "{script}",
        // Nobody asks there: no module runs.
        "MODEL_URL",
        loopback.address() + "/model");
  }

  @Override
  public void start(MachineClock time) {
    clock = Optional.of(time);
    loopback.serve(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            answer(request, response, callback);
            return true;
          }
        });
  }

  @Override
  public void close() {
    loopback.close();
  }

  private void answer(Request request, Response response, Callback callback) throws Exception {
    var call = Loopback.read(request);
    var faults = cloudflare.faults();
    Thread.sleep(faults.delay());
    switch (faults.fate(call)) {
      case ServiceFaults.Fate.Pass _ -> Loopback.write(answer(call), response, callback);
      case ServiceFaults.Fate.Refuse(var status) ->
          Loopback.write(
              new CloudflareException(
                      status,
                      status == 429 ? 971 : 10_013,
                      status == 429
                          ? "Please wait and consider throttling your request speed"
                          : "An unknown error has occurred.")
                  .answer(),
              response,
              callback);
      case ServiceFaults.Fate.Cut(var reached) -> {
        if (reached) {
          answer(call);
        }
        request.getConnectionMetaData().getConnection().getEndPoint().close();
        callback.failed(new IOException("cut by a test"));
      }
    }
  }

  private Answer answer(Call call) {
    if (call.path().startsWith(DISPATCHER)) {
      return new AssistantStandIn(cloudflare, clock.orElseThrow())
          .answer(call.path().substring(DISPATCHER.length()), call);
    }
    try {
      return api(call);
    } catch (CloudflareException e) {
      return e.answer();
    }
  }

  private Answer api(Call call) {
    checkToken(call);
    var segments = List.of(call.path().substring(1).split("/", -1));
    var start = List.of("client", "v4", "accounts", ACCOUNT);
    if (segments.size() < start.size() || !segments.subList(0, start.size()).equals(start)) {
      throw noRoute(call);
    }
    var rest = segments.subList(start.size(), segments.size());
    return switch (String.join("/", rest.subList(0, Math.min(2, rest.size())))) {
      case "workers/dispatch" -> scripts(call, rest.subList(2, rest.size()));
      case "d1/database" -> databases(call, rest.subList(2, rest.size()));
      default -> throw noRoute(call);
    };
  }

  private static void checkToken(Call call) {
    var sent = call.header("Authorization").orElse("");
    if (sent.isEmpty()) {
      throw new CloudflareException(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization");
    }
    if (!MessageDigest.isEqual(
        sent.getBytes(StandardCharsets.UTF_8),
        ("Bearer " + TOKEN).getBytes(StandardCharsets.UTF_8))) {
      throw new CloudflareException(403, 10_000, "Authentication error");
    }
  }

  /** {@code namespaces/NAMESPACE/scripts/NAME}. */
  private Answer scripts(Call call, List<String> path) {
    if (path.size() < 3 || !path.get(0).equals("namespaces") || !path.get(2).equals("scripts")) {
      throw noRoute(call);
    }
    if (!path.get(1).equals(NAMESPACE)) {
      throw new CloudflareException(404, 100_119, "workers.api.error.dispatch_namespace_not_found");
    }
    var name = path.size() > 3 ? path.get(3) : "";
    var what = call.method() + (path.size() > 4 ? " " + path.get(4) : "");
    return switch (name.isEmpty() ? "list" : what) {
      case "PUT" -> put(name, call);
      case "GET" -> result(shown(script(name)));
      case "GET settings" -> result(settings(script(name)));
      case "DELETE" -> {
        script(name);
        cloudflare.removeScript(name);
        // "This call has no response body on a successful delete."
        yield Answer.of(200, "application/json", new byte[0]);
      }
      case "list" -> {
        var all = Json.array();
        cloudflare.scripts().forEach(each -> all.add(shown(script(each))));
        yield result(all);
      }
      default -> throw noRoute(call);
    };
  }

  private Answer put(String name, Call call) {
    var script = UploadedScript.read(name, call, clock.orElseThrow(), cloudflare);
    cloudflare.put(name, script);
    return result(shown(script));
  }

  private JsonNode script(String name) {
    return cloudflare
        .script(name)
        .orElseThrow(
            () ->
                new CloudflareException(
                    404, 10_007, "This Worker does not exist on your account."));
  }

  private static ObjectNode shown(JsonNode script) {
    var shown = Json.object();
    for (var field : List.of("id", "etag", "modified_on", "tags")) {
      shown.set(field, script.path(field));
    }
    return shown;
  }

  /** As it stands there; nobody is shown a secret again. */
  private static ObjectNode settings(JsonNode script) {
    var settings = Json.object();
    var bindings = settings.putArray("bindings");
    script
        .path("bindings")
        .forEach(
            binding -> {
              ObjectNode copy = binding.deepCopy();
              bindings.add(
                  copy.path("type").asText().equals("secret_text") ? copy.without("text") : copy);
            });
    settings.set("tags", script.path("tags"));
    settings.set("compatibility_date", script.path("compatibility_date"));
    settings.putArray("compatibility_flags");
    settings.put("usage_model", "standard");
    return settings;
  }

  private Answer databases(Call call, List<String> path) {
    if (path.isEmpty()) {
      return switch (call.method()) {
        case "POST" -> create(call);
        case "GET" -> list(call);
        default -> throw noRoute(call);
      };
    }
    var id = path.getFirst();
    if (!UUID.matcher(id).matches()) {
      throw new CloudflareException(400, 7400, "The request is malformed: failed to decode id");
    }
    var database =
        cloudflare
            .database(id)
            .orElseThrow(
                () ->
                    new CloudflareException(
                        404, 7404, "The database " + id + " could not be found"));
    return switch (call.method()) {
      case "GET" -> result(database);
      case "DELETE" -> {
        cloudflare.removeDatabase(id);
        yield result(Json.object().nullNode());
      }
      default -> throw noRoute(call);
    };
  }

  private Answer create(Call call) {
    var name = body(call).path("name").asText();
    if (!DATABASE_NAME.matcher(name).matches()) {
      throw new CloudflareException(400, 7400, "The request is malformed: Invalid database name");
    }
    return result(
        cloudflare
            .create(name, clock.orElseThrow().instant().toString())
            .orElseThrow(
                () ->
                    new CloudflareException(
                        400, 7502, "A database with that name already exists")));
  }

  private static JsonNode body(Call call) {
    try {
      return Json.parse(call.body());
    } catch (IllegalArgumentException _) {
      throw new CloudflareException(400, 7400, "The request is malformed: not JSON");
    }
  }

  private Answer list(Call call) {
    var all = cloudflare.databases(parameter(call, "name").orElse(""));
    var size =
        Math.clamp(parameter(call, "per_page").map(Integer::parseInt).orElse(PAGE), 10, 10_000);
    var page = Math.max(1, parameter(call, "page").map(Integer::parseInt).orElse(1));
    var rows = all.stream().skip((long) size * (page - 1)).limit(size).toList();
    var found = Json.array();
    rows.forEach(found::add);
    var body = envelope(found);
    body.putObject("result_info")
        .put("page", page)
        .put("per_page", size)
        .put("count", rows.size())
        .put("total_count", all.size());
    return Answer.json(200, body);
  }

  private static Optional<String> parameter(Call call, String name) {
    return Arrays.stream(call.query().split("&", -1))
        .filter(pair -> pair.startsWith(name + "="))
        .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
        .findFirst();
  }

  private static Answer result(JsonNode result) {
    return Answer.json(200, envelope(result));
  }

  private static ObjectNode envelope(JsonNode result) {
    var body = Json.object().put("success", true);
    body.putArray("errors");
    body.putArray("messages");
    body.set("result", result);
    return body;
  }

  private static CloudflareException noRoute(Call call) {
    return new CloudflareException(
        404,
        7003,
        "Could not route to " + call.path() + ", perhaps your object identifier is invalid?");
  }
}
