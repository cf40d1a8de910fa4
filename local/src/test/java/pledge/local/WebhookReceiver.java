package pledge.local;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Takes webhooks, and answers as a test wants. */
final class WebhookReceiver implements AutoCloseable {
  private final Loopback address = Loopback.open("receiver", 0);
  private final List<Call> calls = new ArrayList<>();
  private int status = 200;

  WebhookReceiver() {
    address.serve(Loopback.handler(this::answer));
  }

  private synchronized Answer answer(Call call) {
    calls.add(call);
    return Answer.text(status, "");
  }

  URI address() {
    return address.address().resolve("/hook");
  }

  synchronized void answerWith(int answered) {
    status = answered;
  }

  synchronized List<Call> calls() {
    return List.copyOf(calls);
  }

  /** The types of the events that came, in their order. */
  List<String> types() {
    return calls().stream().map(call -> Json.parse(call.body()).path("type").asText()).toList();
  }

  @Override
  public void close() {
    address.close();
  }
}
