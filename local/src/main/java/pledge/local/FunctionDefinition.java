package pledge.local;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A function as the template declares it.
 *
 * @param handler the class's name
 * @param variables its environment: the template's globals and its own, resolved
 */
record FunctionDefinition(
    String id,
    String handler,
    Duration timeout,
    int memoryMib,
    Map<String, String> variables,
    List<EventSource> events) {}
