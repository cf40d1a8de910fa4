package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;

/** A script as it is uploaded: what Cloudflare refuses of it is refused. */
final class UploadedScript {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
  private static final String MODULE = "application/javascript+module";
  private static final Set<String> TEXTS = Set.of("plain_text", "secret_text");
  private static final int LARGEST = 10 * 1024 * 1024;
  private static final int LARGEST_TEXT = 5 * 1024;
  private static final int MOST_BINDINGS = 128;
  private static final int MOST_TAGS = 8;

  private UploadedScript() {}

  static JsonNode read(String name, Call call, InstantSource clock, Cloudflare cloudflare) {
    if (!NAME.matcher(name).matches()) {
      throw new CloudflareException(
          400,
          10_016,
          "Invalid Worker name. Ensure it is 63 characters or less and is only lowercase"
              + " alphanumeric with dashes.");
    }
    if (call.body().length > LARGEST) {
      throw new CloudflareException(413, 10_027, "workers.api.error.script_too_large");
    }
    var form =
        FormParts.read(call)
            .orElseThrow(() -> refused(10_001, "Content-Type must be multipart/form-data"));
    var metadata = metadata(form);
    var main = metadata.path("main_module").asText();
    var module =
        form.part(main)
            .filter(part -> !main.isEmpty())
            .orElseThrow(() -> refused(10_021, "No such module \"" + main + "\": main_module"));
    if (!module.type().equals(MODULE)) {
      throw refused(10_021, "The module's content type must be " + MODULE + ".");
    }
    if (module.text().isBlank()) {
      throw refused(10_021, "The module is empty.");
    }
    checkDate(metadata.path("compatibility_date").asText(), clock);
    checkTags(metadata.path("tags"));
    checkBindings(metadata.path("bindings"), cloudflare);
    return script(name, metadata, module.text(), clock);
  }

  private static JsonNode metadata(FormParts form) {
    try {
      var text = form.part("metadata").map(FormParts.Part::text).orElse("");
      var metadata = Json.parse(text);
      if (metadata.isObject()) {
        return metadata;
      }
    } catch (IllegalArgumentException _) {
      // Refused below.
    }
    throw refused(10_021, "The part \"metadata\" must be a JSON object.");
  }

  private static void checkDate(String date, InstantSource clock) {
    try {
      if (!LocalDate.parse(date).isAfter(clock.instant().atZone(ZoneOffset.UTC).toLocalDate())) {
        return;
      }
    } catch (DateTimeParseException _) {
      // Refused below.
    }
    throw refused(10_021, "Can't set compatibility date in the future, or it is no date.");
  }

  private static void checkTags(JsonNode tags) {
    if (tags.size() > MOST_TAGS) {
      throw refused(10_021, "A script has at most eight tags.");
    }
    tags.forEach(
        tag -> {
          if (!tag.isTextual() || tag.asText().matches(".*[,&].*")) {
            throw refused(10_021, "A tag has no special characters.");
          }
        });
  }

  private static void checkBindings(JsonNode bindings, Cloudflare cloudflare) {
    if (bindings.size() > MOST_BINDINGS) {
      throw refused(10_021, "Too many bindings.");
    }
    var names = new HashSet<String>();
    bindings.forEach(
        binding -> {
          var name = binding.path("name").asText();
          var type = binding.path("type").asText();
          if (name.isEmpty() || !names.add(name)) {
            throw refused(10_021, "A binding needs a name of its own.");
          }
          if (type.equals("d1")) {
            var id = binding.path("id").asText();
            if (cloudflare.database(id).isEmpty()) {
              throw refused(
                  10_181,
                  "D1 binding '"
                      + name
                      + "' references database '"
                      + id
                      + "' which was not found.");
            }
          } else if (!TEXTS.contains(type)) {
            throw refused(10_021, "binding " + name + " has an unknown type");
          } else if (!binding.path("text").isTextual()
              || binding.path("text").asText().getBytes(StandardCharsets.UTF_8).length
                  > LARGEST_TEXT) {
            throw refused(10_021, "binding " + name + " must have a text of 5 KB at most");
          }
        });
  }

  private static ObjectNode script(
      String name, JsonNode metadata, String module, InstantSource clock) {
    var script =
        Json.object()
            .put("id", name)
            .put("etag", sha256(module))
            .put("modified_on", clock.instant().toString())
            .put("compatibility_date", metadata.path("compatibility_date").asText())
            .put("module", module);
    script.set("tags", metadata.has("tags") ? metadata.path("tags") : Json.array());
    script.set("bindings", metadata.has("bindings") ? metadata.path("bindings") : Json.array());
    return script;
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CloudflareException refused(int code, String message) {
    return new CloudflareException(400, code, message);
  }
}
