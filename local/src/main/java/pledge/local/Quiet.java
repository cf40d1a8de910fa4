package pledge.local;

import java.util.Map;

/**
 * Keeps the servers inside this machine from talking: DynamoDB Local logs through Log4j's API,
 * whose core we leave out, and Jetty through SLF4J, as functions do. Whoever sets one of these
 * properties is left alone.
 */
final class Quiet {
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "log4j2.loggerContextFactory",
              "org.apache.logging.log4j.simple.SimpleLoggerContextFactory",
          "org.apache.logging.log4j.simplelog.level", "OFF",
          "org.slf4j.simpleLogger.log.org.eclipse.jetty", "error",
          "org.slf4j.simpleLogger.log.software.amazon.dynamodb", "error");

  private Quiet() {}

  static void please() {
    PROPERTIES.forEach(
        (name, value) -> {
          if (System.getProperty(name) == null) {
            System.setProperty(name, value);
          }
        });
  }
}
