package pledge.functions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import pledge.local.Machine;

/** Another member of staff than {@link Staff}, past the gateway: this machine's IAM knows one. */
final class Colleague {
  private static final JsonMapper JSON = new JsonMapper();

  private final Machine machine;
  private final String userId;

  Colleague(Machine machine, String userId) {
    this.machine = machine;
    this.userId = userId;
  }

  /** The answer to a report of a minor. */
  JsonNode report(String email) {
    try {
      var sample = DeployedTemplate.ROOT.resolve(Path.of("events", "staff-request", "report.json"));
      var event = (ObjectNode) JSON.readTree(Files.readAllBytes(sample));
      ((ObjectNode) event.at("/requestContext/authorizer/iam")).put("userId", userId);
      event.put("body", "{\"email\": \"%s\", \"source\": \"school\"}".formatted(email));
      return JSON.readTree(machine.invoke("StaffRequestFunction", JSON.writeValueAsBytes(event)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
