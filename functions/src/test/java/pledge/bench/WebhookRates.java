package pledge.bench;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import pledge.stripewebhook.StripeWebhookHandler;
import pledge.vault.Environment;

/**
 * A process of its own, one thread, warm: what Stripe sends is taken, and beside it, by turns, the
 * least that could take it: a signature checked and one conditional put. Prints each round's
 * milliseconds a piece, and in the end the slowest hundredth of either.
 */
final class WebhookRates {
  static final String P99 = "P99 ";

  private static final int WARM_UP = 400;
  private static final int ROUNDS = 61;
  private static final int TIMES = 40;

  /** Signed beforehand: it is Stripe that signs. */
  private static final List<byte[]> PREPARED = new ArrayList<>();

  private WebhookRates() {}

  public static void main(String[] arguments) {
    var environment = Environment.ofProcess();
    var handler = new StripeWebhookHandler(environment.settings(), environment.clock());
    var dynamo = environment.dynamo(Environment.httpClient());
    var table = environment.setting("ACTIVITY_TABLE");
    var second = InstantSource.system().instant().getEpochSecond();
    var secret = Webhooks.secret(environment.settings());
    var run = Integer.parseInt(arguments[0]) * 1_000_000;
    IntConsumer ours = number -> take(handler, PREPARED.get(number % PREPARED.size()));
    IntConsumer least =
        number -> {
          var body = Webhooks.body(number);
          var signature = Webhooks.sign(second, body, secret);
          if (!MessageDigest.isEqual(signature, Webhooks.sign(second, body, secret))) {
            throw new IllegalStateException("another signature");
          }
          References.OneWrite.put(dynamo, table, "least#" + run + "#" + number);
        };
    var mine = new ArrayList<Double>();
    var bare = new ArrayList<Double>();
    prepare(run, WARM_UP, secret);
    repeat(0, WARM_UP, ours, new ArrayList<>());
    repeat(0, WARM_UP, least, new ArrayList<>());
    for (var round = 0; round < ROUNDS; round++) {
      prepare(run + WARM_UP + round * TIMES, TIMES, secret);
      var from = mine.size();
      repeat(0, TIMES, ours, mine);
      repeat(WARM_UP + round * TIMES, TIMES, least, bare);
      System.out.println(Rates.LINE + mean(mine, from) + " " + mean(bare, from));
    }
    System.out.println(P99 + p99(mine) + " " + p99(bare));
  }

  private static void prepare(int from, int number, String secret) {
    PREPARED.clear();
    for (var i = 0; i < number; i++) {
      PREPARED.add(Webhooks.event(from + i, secret));
    }
  }

  private static void repeat(int from, int times, IntConsumer work, List<Double> millis) {
    for (var i = 0; i < times; i++) {
      var start = System.nanoTime();
      work.accept(from + i);
      millis.add((System.nanoTime() - start) / 1e6);
    }
  }

  private static double mean(List<Double> millis, int from) {
    return millis.subList(from, millis.size()).stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElseThrow();
  }

  private static double p99(List<Double> millis) {
    var sorted = millis.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length * 99 / 100];
  }

  @SuppressWarnings("NullAway") // the handler does not look at the context
  private static void take(StripeWebhookHandler handler, byte[] event) {
    var out = new ByteArrayOutputStream();
    try {
      handler.handleRequest(new ByteArrayInputStream(event), out, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var answer = out.toString(StandardCharsets.UTF_8);
    if (!answer.contains("\"statusCode\":204")) {
      throw new IllegalStateException(answer);
    }
  }
}
