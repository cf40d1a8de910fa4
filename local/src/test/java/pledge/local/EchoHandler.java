package pledge.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;

/** Answers with the event that it was given, its settings and its clock. */
public final class EchoHandler implements RequestStreamHandler {
  private final Map<String, String> settings;
  private final InstantSource clock;

  /** As every handler has it. */
  public EchoHandler(Map<String, String> settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    var body = Json.object().put("now", clock.instant().toString());
    body.set("event", Json.parse(input.readAllBytes()));
    body.set("settings", Json.of(settings));
    body.put("remaining", context.getRemainingTimeInMillis());
    context.getLogger().log("echoed");
    var answer = Json.object().put("statusCode", 200).put("body", Json.text(body));
    answer.putObject("headers").put("content-type", "application/json");
    output.write(Json.bytes(answer));
  }
}
