package pledge.bench;

import de.mkammerer.argon2.Argon2;
import de.mkammerer.argon2.Argon2Factory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import pledge.runtime.Events;
import pledge.session.SessionHandler;
import pledge.vault.Environment;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A process of its own, on one CPU, warm: what it does is compared with the least that it could do,
 * both by turns. Prints each round's milliseconds a piece.
 */
final class Rates {
  /** How a line of what was done one by one begins. */
  static final String LINE = "RATE ";

  /** How a line of what was done by several threads begins, all that they did being one piece. */
  static final String TOGETHER = "TOGETHER ";

  /** Short rounds by turns: what the machine does beside falls on both. */
  private static final int CHECKS = 50;

  private static final int ROUNDS_OF_CHECKS = 81;
  private static final int ROUNDS_OF_SIGN_INS = 27;

  /** As many as keep the CPU busy while one of them waits for an answer. */
  private static final int AT_A_TIME = 2;

  private static final int EACH = 2;

  /** What one line of {@link #TOGETHER} stands for. */
  static final int PIECES = AT_A_TIME * EACH;

  private static final int ROUNDS_AT_A_TIME = 15;

  /** A warm instance has answered hundreds of requests, most of them checks. */
  private static final int WARM_UP_CHECKS = 1_000;

  private static final int WARM_UP_SIGN_INS = 100;

  /** People whom the sign-ins need. */
  static final int PEOPLE = 1 + WARM_UP_SIGN_INS + ROUNDS_OF_SIGN_INS + PIECES * ROUNDS_AT_A_TIME;

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
    var now = new AtomicReference<>(Instant.now());
    var handler = new SessionHandler(settings, now::get);
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
    IntConsumer ours =
        number -> {
          // Half a second a request: as fast as one session may come for as long as it likes.
          now.updateAndGet(instant -> instant.plusMillis(500));
          answer(handler, event);
        };
    repeat(WARM_UP_CHECKS, ours);
    repeat(WARM_UP_CHECKS, bare);
    compare(LINE, ROUNDS_OF_CHECKS, CHECKS, ours, bare);
  }

  private static void signIns(List<String> events) {
    var environment = new Environment(System.getenv(), InstantSource.system());
    var handler = new SessionHandler(environment.settings(), environment.clock());
    var argon2 = Argon2Factory.create(Argon2Factory.Argon2Types.ARGON2id);
    var memory = Integer.parseInt(environment.setting("ARGON2_MEMORY_KIB"));
    var iterations = Integer.parseInt(environment.setting("ARGON2_ITERATIONS"));
    var password = "correct horse battery staple".getBytes(StandardCharsets.UTF_8);
    var hash = argon2.hash(iterations, memory, 1, password);
    var people = new ConcurrentLinkedQueue<>(events);
    var signedIn = answer(handler, people.remove().getBytes(StandardCharsets.UTF_8));
    var check = Events.get("/session", cookie(signedIn));
    repeat(WARM_UP_CHECKS, number -> answer(handler, check));
    var ours =
        (IntConsumer) number -> answer(handler, people.remove().getBytes(StandardCharsets.UTF_8));
    repeat(WARM_UP_SIGN_INS, ours);
    var bare = (IntConsumer) number -> verify(argon2, hash, password);
    compare(LINE, ROUNDS_OF_SIGN_INS, 1, ours, bare);
    compare(TOGETHER, ROUNDS_AT_A_TIME, 1, atATime(ours), atATime(bare));
  }

  private static void verify(Argon2 argon2, String hash, byte[] password) {
    if (!argon2.verify(hash, password)) {
      throw new IllegalStateException("another password");
    }
  }

  /** That work by several threads; for a piece of it stands all that they do. */
  private static IntConsumer atATime(IntConsumer work) {
    return number -> {
      var threads =
          Stream.generate(() -> Thread.ofPlatform().start(() -> repeat(EACH, work)))
              .limit(AT_A_TIME)
              .toList();
      try {
        for (var thread : threads) {
          thread.join();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private static void compare(
      String how, int rounds, int times, IntConsumer ours, IntConsumer least) {
    for (var round = 0; round < rounds; round++) {
      var mine = repeat(times, ours);
      var bare = repeat(times, least);
      System.out.println(how + mine + " " + bare);
    }
  }

  /** Milliseconds a piece. */
  private static double repeat(int times, IntConsumer work) {
    var start = System.nanoTime();
    for (var i = 0; i < times; i++) {
      work.accept(i);
    }
    return (System.nanoTime() - start) / 1e6 / times;
  }

  @SuppressWarnings("NullAway") // the handler does not look at the context
  static String answer(SessionHandler handler, byte[] event) {
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

  static String cookie(String answer) {
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
