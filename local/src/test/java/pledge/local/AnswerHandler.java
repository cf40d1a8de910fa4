package pledge.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;

/**
 * Answers with whatever the request's body is; throws for {@code throw}, sleeps for {@code sleep}.
 */
public final class AnswerHandler implements RequestStreamHandler {
  /** As every handler has it. */
  public AnswerHandler(Map<String, String> settings, InstantSource clock) {}

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    var body = Json.parse(input.readAllBytes()).path("body").asText();
    switch (body) {
      case "throw" -> throw new IllegalStateException("asked for");
      case "sleep" -> {
        try {
          Thread.sleep(10_000);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      default -> output.write(body.getBytes(StandardCharsets.UTF_8));
    }
  }
}
