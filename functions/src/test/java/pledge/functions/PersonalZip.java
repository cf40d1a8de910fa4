package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipInputStream;
import pledge.policy.Category;

/** A copy as whoever downloaded it opens it. */
record PersonalZip(Map<String, String> files) {
  private static final JsonMapper JSON = new JsonMapper();

  static PersonalZip of(byte[] bytes) {
    var files = new LinkedHashMap<String, String>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        assertThat(
                files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8)))
            .as("one file of that name")
            .isNull();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new PersonalZip(files);
  }

  String file(String name) {
    assertThat(files).containsKey(name);
    return files.getOrDefault(name, "");
  }

  /** Every record of a category; none where there is no file. */
  JsonNode records(Category category) {
    var text = files.get("data/" + name(category) + ".json");
    return text == null ? JSON.createArrayNode() : json(text);
  }

  /** The lines of the same as CSV, the columns' names first. */
  List<String> lines(Category category) {
    return file("data/" + name(category) + ".csv").lines().toList();
  }

  static String name(Category category) {
    return category.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Holds every JSON file against the schema that comes with it. */
  void assertValid() {
    var schema = json(file("schema.json"));
    var id = schema.path("$id").asText();
    var registry =
        SchemaRegistry.withDialect(
            Dialects.getDraft202012(), builder -> builder.schemas(Map.of(id, schema.toString())));
    files.forEach(
        (name, text) -> {
          if (name.startsWith("data/") && name.endsWith(".json")) {
            var definition = name.substring("data/".length(), name.length() - ".json".length());
            Schema part = registry.getSchema(SchemaLocation.of(id + "#/$defs/" + definition));
            assertThat(
                    part.validate(
                        text,
                        InputFormat.JSON,
                        context ->
                            context.executionConfig(
                                config -> config.formatAssertionsEnabled(true))))
                .as(name)
                .isEmpty();
          }
        });
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
