package pledge.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;

/** Writes down each event. */
public final class ScheduleRecorder implements RequestStreamHandler {
  private final String machine;

  /** As every handler has it. */
  public ScheduleRecorder(Map<String, String> settings, InstantSource clock) {
    machine = String.valueOf(settings.get("AWS_ENDPOINT_URL_DYNAMODB"));
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    Recorder.add(machine, "schedule", Json.parse(input.readAllBytes()));
  }
}
