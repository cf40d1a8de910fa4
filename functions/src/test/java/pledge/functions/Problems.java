package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads answers. */
final class Problems {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Problems() {}

  /** Checks that an answer is that problem, and nothing but problem details (RFC 9457). */
  static void assertProblem(HttpResponse<String> answer, int status, String name) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    var problem = json(answer);
    assertThat(problem.path("type").asText()).isEqualTo("urn:pledge:problem:" + name);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("title").asText()).isNotBlank();
    assertThat(problem.properties().stream().map(Map.Entry::getKey))
        .isSubsetOf("type", "title", "status", "errors");
  }

  /** The fields at fault, as the answer points at them. */
  static List<String> pointers(HttpResponse<String> answer) {
    assertProblem(answer, 422, "invalid-fields");
    var pointers = new ArrayList<String>();
    json(answer).path("errors").forEach(error -> pointers.add(error.path("pointer").asText()));
    return pointers;
  }

  static long retryAfter(HttpResponse<String> answer) {
    assertProblem(answer, 429, "too-many-requests");
    return answer.headers().firstValueAsLong("retry-after").orElseThrow();
  }

  static JsonNode json(HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
