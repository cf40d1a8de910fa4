package pledge.bench;

import de.mkammerer.argon2.Argon2;
import de.mkammerer.argon2.Argon2Factory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;
import pledge.runtime.Events;
import pledge.session.SessionHandler;
import pledge.vault.Environment;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A process of its own, one thread, warm: what it does is compared with the least that it could do,
 * both by turns. Prints each round's milliseconds a piece, wall and CPU.
 */
final class Rates {
  static final String LINE = "RATE ";
  private static final int ROUNDS = 9;
  private static final int CHECKS = 250;
  private static final int SIGN_INS = 6;
  private static final int WARM_UP = 12;

  /** People whom the sign-ins need. */
  static final int PEOPLE = 1 + WARM_UP + ROUNDS * SIGN_INS;

  private Rates() {}

  /**
   * Measures.
   *
   * @param arguments {@code checks} and a cookie, or {@code sign-ins} and a file with an event a
   *     line
   */
  public static void main(String[] arguments) throws IOException {
    switch (arguments[0]) {
      case "checks" -> checks(arguments[1]);
      default -> signIns(Files.readAllLines(Path.of(arguments[1])));
    }
  }

  private static void checks(String cookie) {
    var settings = System.getenv();
    // Half a second a request: as fast as one session may come for as long as it likes.
    var now = new AtomicReference<>(Instant.now());
    var handler =
        new SessionHandler(settings, () -> now.updateAndGet(instant -> instant.plusMillis(500)));
    var event = Events.get("/session", cookie);
    var view = answer(handler, event);
    var key =
        Map.of(
            "pk",
            AttributeValue.fromS(field(view, "subject")),
            "sk",
            AttributeValue.fromS("SESSION#" + field(view, "id")));
    var environment = new Environment(settings, InstantSource.system());
    var dynamo = environment.dynamo(Environment.httpClient());
    var table = environment.setting("SUBJECTS_TABLE");
    IntConsumer bare =
        number -> {
          var answer =
              dynamo.getItem(request -> request.tableName(table).key(key).consistentRead(true));
          if (!answer.hasItem()) {
            throw new IllegalStateException("nothing to read");
          }
        };
    compare(CHECKS, 4 * CHECKS, number -> answer(handler, event), bare);
  }

  private static void signIns(List<String> events) {
    var environment = new Environment(System.getenv(), InstantSource.system());
    var handler = new SessionHandler(environment.settings(), environment.clock());
    var argon2 = Argon2Factory.create(Argon2Factory.Argon2Types.ARGON2id);
    var memory = Integer.parseInt(environment.setting("ARGON2_MEMORY_KIB"));
    var iterations = Integer.parseInt(environment.setting("ARGON2_ITERATIONS"));
    var password = "correct horse battery staple".getBytes(StandardCharsets.UTF_8);
    var hash = argon2.hash(iterations, memory, 1, password);
    var people = events.iterator();
    // A warm instance has answered hundreds of requests, most of them checks.
    var signedIn = answer(handler, people.next().getBytes(StandardCharsets.UTF_8));
    var check = Events.get("/session", cookie(signedIn));
    repeat(4 * CHECKS, number -> answer(handler, check));
    compare(
        SIGN_INS,
        WARM_UP,
        number -> answer(handler, people.next().getBytes(StandardCharsets.UTF_8)),
        number -> verify(argon2, hash, password));
  }

  private static void verify(Argon2 argon2, String hash, byte[] password) {
    if (!argon2.verify(hash, password)) {
      throw new IllegalStateException("another password");
    }
  }

  private static void compare(int times, int warmUp, IntConsumer ours, IntConsumer least) {
    repeat(warmUp, ours);
    repeat(warmUp, least);
    for (var round = 0; round < ROUNDS; round++) {
      var mine = repeat(times, ours);
      var bare = repeat(times, least);
      System.out.println(LINE + mine[0] + " " + mine[1] + " " + bare[0] + " " + bare[1]);
    }
  }

  /** Milliseconds a piece: wall, CPU. */
  private static double[] repeat(int times, IntConsumer work) {
    var cpu = cpu();
    var start = System.nanoTime();
    for (var i = 0; i < times; i++) {
      work.accept(i);
    }
    var wall = Duration.ofNanos(System.nanoTime() - start);
    return new double[] {wall.toNanos() / 1e6 / times, cpu().minus(cpu).toNanos() / 1e6 / times};
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @SuppressWarnings("NullAway") // the handler does not look at the context
  private static String answer(SessionHandler handler, byte[] event) {
    var out = new ByteArrayOutputStream();
    try {
      handler.handleRequest(new ByteArrayInputStream(event), out, null);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    var answer = out.toString(StandardCharsets.UTF_8);
    if (!answer.contains("\"statusCode\":20")) {
      throw new IllegalStateException(answer);
    }
    return answer;
  }

  private static String cookie(String answer) {
    var cookie = Pattern.compile("__Host-session=[A-Za-z0-9_-]{64}").matcher(answer);
    if (!cookie.find()) {
      throw new IllegalStateException("no session in " + answer);
    }
    return cookie.group();
  }

  private static String field(String answer, String name) {
    var field = Pattern.compile("\\\\\"" + name + "\\\\\":\\\\\"([^\\\\]+)").matcher(answer);
    if (!field.find()) {
      throw new IllegalStateException("no " + name + " in " + answer);
    }
    return field.group(1);
  }
}
