package pledge.local;

import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The functions that run on this machine. */
final class Functions implements AutoCloseable {
  static final String VERSION = "$LATEST";

  private final ExecutorService threads;
  private final Map<String, FunctionRuntime> running = new LinkedHashMap<>();

  /**
   * @param endpoints settings that lead to the stand-ins
   */
  Functions(
      List<FunctionDefinition> definitions, Map<String, String> endpoints, InstantSource clock) {
    threads =
        Executors.newCachedThreadPool(
            task -> Thread.ofPlatform().daemon().name("function").unstarted(task));
    for (var definition : definitions) {
      running.put(
          definition.id(),
          new FunctionRuntime(
              definition,
              withRole(definition.id(), environment(definition, endpoints)),
              clock,
              threads));
    }
  }

  /** The settings with what tells AWS whose they are. */
  static Map<String, String> withRole(String function, Map<String, String> settings) {
    var all = new LinkedHashMap<>(settings);
    all.put("AWS_SESSION_TOKEN", function);
    return Map.copyOf(all);
  }

  /**
   * What a function finds in its environment: what the template says, Lambda sets, and leads to the
   * stand-ins.
   */
  static Map<String, String> environment(
      FunctionDefinition function, Map<String, String> endpoints) {
    var settings = new LinkedHashMap<String, String>();
    settings.put("AWS_REGION", Names.REGION);
    settings.put("AWS_DEFAULT_REGION", Names.REGION);
    settings.put("AWS_ACCESS_KEY_ID", "local");
    settings.put("AWS_SECRET_ACCESS_KEY", "local");
    settings.put("AWS_EXECUTION_ENV", "AWS_Lambda_java25");
    settings.put("AWS_LAMBDA_FUNCTION_NAME", function.id());
    settings.put("AWS_LAMBDA_FUNCTION_VERSION", VERSION);
    settings.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(function.memoryMib()));
    settings.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function.id());
    settings.put("AWS_LAMBDA_LOG_STREAM_NAME", "local");
    settings.put("_HANDLER", function.handler());
    settings.put("TZ", ":UTC");
    settings.putAll(function.variables());
    settings.putAll(endpoints);
    return Map.copyOf(settings);
  }

  Collection<FunctionRuntime> all() {
    return running.values();
  }

  Optional<FunctionRuntime> find(String id) {
    return Optional.ofNullable(running.get(id));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
