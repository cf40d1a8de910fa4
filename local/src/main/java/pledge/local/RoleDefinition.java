package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A function's role, as far as it is about keys.
 *
 * @param statements resolved
 */
record RoleDefinition(String arn, List<JsonNode> statements) {}
