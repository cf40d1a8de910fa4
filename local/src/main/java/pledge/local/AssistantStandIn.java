package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What an assistant answers behind the dispatcher, by its script's bindings. The uploaded module is
 * not run: this only keeps its contract, with a reply that is always the same.
 */
final class AssistantStandIn {
  private static final List<String> REQUIRED =
      List.of("CONFIGURATION", "DB", "MODEL_URL", "SCRIPT", "SECRET", "TOKEN");

  /** RFC 6750, section 2.1; a scheme's letters may be of either case (RFC 9110, section 11.1). */
  private static final Pattern BEARER = Pattern.compile("(?i:bearer) +(\\S+)");

  private static final Pattern CONVERSATION = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final int LONGEST_MESSAGE = 16 * 1024;

  private final Cloudflare cloudflare;
  private final InstantSource clock;

  AssistantStandIn(Cloudflare cloudflare, InstantSource clock) {
    this.cloudflare = cloudflare;
    this.clock = clock;
  }

  /**
   * Answers a request.
   *
   * @param path the script's name, and what follows it
   */
  Answer answer(String path, Call call) {
    var name = path.split("/", 2)[0];
    var script = cloudflare.script(name);
    if (script.isEmpty()) {
      return problem(404, "There is no such assistant");
    }
    var bindings = cloudflare.bindings(name);
    var route = call.method() + " " + path.substring(name.length());
    if (REQUIRED.stream().anyMatch(required -> bindings.getOrDefault(required, "").isEmpty())) {
      return problem(500, "The assistant cannot answer");
    }
    var suspended = bindings.getOrDefault("SUSPENDED", "").equals("yes");
    if (route.equals("GET /health")) {
      return Answer.json(200, Json.object().put("status", suspended ? "suspended" : "ok"));
    }
    if (!isLetIn(call, bindings)) {
      return problem(401, "That token did not work");
    }
    var database = bindings.getOrDefault("DB", "");
    if (cloudflare.database(database).isEmpty()) {
      return problem(500, "The assistant's storage is not there");
    }
    return switch (route) {
      case "POST /chat" ->
          suspended ? problem(403, "The assistant is suspended") : chat(database, call);
      case "GET /export" -> export(database);
      case "POST /wipe" -> {
        cloudflare.write(database, List.of());
        yield Answer.of(204, "application/json", new byte[0]);
      }
      default -> problem(404, "There is nothing here");
    };
  }

  private static boolean isLetIn(Call call, Map<String, String> bindings) {
    var given = BEARER.matcher(call.header("Authorization").orElse(""));
    return given.matches()
        && MessageDigest.isEqual(
            given.group(1).getBytes(StandardCharsets.UTF_8),
            bindings.getOrDefault("TOKEN", "").getBytes(StandardCharsets.UTF_8));
  }

  private Answer chat(String database, Call call) {
    JsonNode asked;
    try {
      asked = Json.parse(call.body());
    } catch (IllegalArgumentException _) {
      return problem(400, "The body is not JSON");
    }
    var conversation = asked.path("conversation").asText();
    var message = asked.path("message").asText();
    if (!CONVERSATION.matcher(conversation).matches()
        || message.isEmpty()
        || message.getBytes(StandardCharsets.UTF_8).length > LONGEST_MESSAGE) {
      return problem(422, "The conversation or the message is missing or too long");
    }
    var reply =
        "This is the assistant of this machine: it was told " + message.length() + " characters.";
    var rows = new ArrayList<>(cloudflare.rows(database));
    rows.add(row(conversation, "user", message));
    rows.add(row(conversation, "assistant", reply));
    cloudflare.write(database, rows);
    return Answer.json(200, Json.object().put("reply", reply));
  }

  private JsonNode row(String conversation, String role, String text) {
    return Json.object()
        .put("conversation", conversation)
        .put("at", clock.instant().toString())
        .put("role", role)
        .put("text", text);
  }

  private Answer export(String database) {
    var lines = new ByteArrayOutputStream();
    var rows = new ArrayList<JsonNode>(cloudflare.rows(database));
    rows.add(Json.object().put("complete", true).put("messages", rows.size()));
    for (var row : rows) {
      lines.writeBytes(Json.bytes(row));
      lines.write('\n');
    }
    return Answer.of(200, "application/x-ndjson", lines.toByteArray());
  }

  private static Answer problem(int status, String title) {
    return Answer.of(
        status,
        "application/problem+json",
        Json.bytes(
            Json.object().put("type", "about:blank").put("title", title).put("status", status)));
  }
}
