package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Delivers events, as Stripe does: signed, at least once, again for three days where they are not
 * answered with 2xx. Tests order what else happens on the way: loss, duplicates, another order.
 */
public final class StripeWebhooks implements Pump.Work, AutoCloseable {
  private static final String KIND = "stripe-delivery";

  /** How long after an attempt that failed the next one follows: three days in all. */
  private static final List<Duration> RETRIES =
      List.of(
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(5),
          Duration.ofHours(10),
          Duration.ofHours(10),
          Duration.ofHours(12),
          Duration.ofHours(12),
          Duration.ofHours(12),
          Duration.ofHours(8));

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final StripeObjects objects;
  private final Store store;
  private final InstantSource clock;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(PATIENCE).version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, Delivery> pending = new TreeMap<>();
  private URI endpoint;
  private List<String> secrets;
  private long last;
  private int losses;
  private int doubles;
  private boolean held;
  private Runnable wake = () -> {};

  private record Delivery(String id, String event, int attempts, Instant next) {
    JsonNode toJson() {
      return Json.object()
          .put("event", event)
          .put("attempts", attempts)
          .put("next", next.toString());
    }

    static Delivery read(String id, JsonNode json) {
      return new Delivery(
          id,
          json.path("event").asText(),
          json.path("attempts").asInt(),
          Instant.parse(json.path("next").asText()));
    }
  }

  StripeWebhooks(
      StripeObjects objects, Store store, InstantSource clock, URI endpoint, List<String> secrets) {
    this.objects = objects;
    this.store = store;
    this.clock = clock;
    this.endpoint = endpoint;
    this.secrets = List.copyOf(secrets);
    store.all(KIND).forEach((id, json) -> pending.put(id, Delivery.read(id, json)));
    last = pending.keySet().stream().mapToLong(Long::parseLong).max().orElse(0);
  }

  /** Delivers to another address from now on. */
  public void deliverTo(URI address) {
    synchronized (objects) {
      endpoint = address;
    }
  }

  /** Signs with these from now on: two of them, while one takes over from the other. */
  public void signWith(String... newSecrets) {
    synchronized (objects) {
      secrets = List.of(newSecrets);
    }
  }

  /** Has the next n events lost on the way, and nobody try again: they are undelivered. */
  public void loseNext(int n) {
    synchronized (objects) {
      losses = n;
    }
  }

  /** Delivers each of the next n events twice. */
  public void deliverTwice(int n) {
    synchronized (objects) {
      doubles = n;
    }
  }

  /** Delivers nothing until {@link #release} or {@link #releaseBackwards}. */
  public void hold() {
    synchronized (objects) {
      held = true;
    }
  }

  /** Delivers what was held, in its order. */
  public void release() {
    synchronized (objects) {
      held = false;
    }
    wake.run();
  }

  /** Delivers what was held, the newest first. */
  public void releaseBackwards() {
    synchronized (objects) {
      var waiting = new ArrayList<>(pending.values());
      waiting.forEach(this::forget);
      waiting.reversed().forEach(delivery -> add(delivery.event(), delivery.next()));
    }
    release();
  }

  /** Delivers an event now, whether or not it was before; the status of the answer. */
  public int deliver(String event) {
    return post(event);
  }

  /** The numbers of the events that are still to be delivered, the oldest first. */
  public List<String> waiting() {
    synchronized (objects) {
      return pending.values().stream().map(Delivery::event).toList();
    }
  }

  void onEvent(Runnable listener) {
    wake = listener;
  }

  /** Called with the objects' lock held. */
  void add(ObjectNode event) {
    if (losses > 0) {
      losses--;
      return;
    }
    add(StripeObjects.id(event), clock.instant());
    if (doubles > 0) {
      doubles--;
      add(StripeObjects.id(event), clock.instant());
    }
    wake.run();
  }

  private void add(String event, Instant next) {
    keep(new Delivery("%012d".formatted(++last), event, 0, next));
  }

  private void keep(Delivery delivery) {
    pending.put(delivery.id(), delivery);
    store.put(KIND, delivery.id(), delivery.toJson());
  }

  private void forget(Delivery delivery) {
    pending.remove(delivery.id());
    store.remove(KIND, delivery.id());
  }

  @Override
  public Pump.Step step() {
    var due = due();
    if (due.isEmpty()) {
      return Pump.Step.IDLE;
    }
    var answered = post(due.get().event());
    synchronized (objects) {
      settle(due.get(), answered / 100 == 2);
    }
    return Pump.Step.WORKED;
  }

  private Optional<Delivery> due() {
    synchronized (objects) {
      var now = clock.instant();
      return held
          ? Optional.empty()
          : pending.values().stream().filter(delivery -> !delivery.next().isAfter(now)).findFirst();
    }
  }

  private void settle(Delivery delivery, boolean delivered) {
    forget(delivery);
    if (delivered) {
      return;
    }
    if (delivery.attempts() < RETRIES.size()) {
      keep(
          new Delivery(
              delivery.id(),
              delivery.event(),
              delivery.attempts() + 1,
              clock.instant().plus(RETRIES.get(delivery.attempts()))));
    }
  }

  private int post(String id) {
    HttpRequest request;
    synchronized (objects) {
      var event = objects.find("event", id);
      if (event.isEmpty()) {
        return 200; // it is older than what Stripe lists
      }
      var body = Json.bytes(StripeAnswers.shown(event.get()));
      request =
          HttpRequest.newBuilder(endpoint)
              .timeout(PATIENCE)
              .header("Content-Type", "application/json; charset=utf-8")
              .header("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
              .header("Stripe-Signature", StripeSignature.of(body, clock.instant(), secrets))
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .build();
    }
    var status = send(request);
    if (status / 100 == 2) {
      synchronized (objects) {
        objects.find("event", id).ifPresent(it -> objects.keep(it.put("pending_webhooks", 0)));
      }
    }
    return status;
  }

  /** The status; 0 where nobody answered. */
  private int send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException _) {
      return 0;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
