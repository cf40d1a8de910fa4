package pledge.local;

import java.time.Duration;
import java.util.Optional;

/** What may go wrong between functions and Stripe, as tests order it. */
public final class StripeFaults {
  private int failures;
  private int status;
  private int losses;
  private int calls;
  private Duration delay = Duration.ZERO;

  /** Answers the next n requests with this status (429, 500, 503, …) and does nothing. */
  public synchronized void failNext(int n, int answered) {
    failures = n;
    status = answered;
  }

  /** Does what the next n requests ask for, but ends their connections without an answer. */
  public synchronized void loseNext(int n) {
    losses = n;
  }

  /** Lets every answer wait: what was asked for is done by then. */
  public synchronized void delay(Duration by) {
    delay = by;
  }

  /** How many requests came since the last {@link #reset}, refused ones included. */
  public synchronized int calls() {
    return calls;
  }

  /** Nothing goes wrong any more. */
  public synchronized void reset() {
    failures = 0;
    losses = 0;
    calls = 0;
    delay = Duration.ZERO;
  }

  synchronized Optional<StripeError> refusal() {
    calls++;
    if (failures == 0) {
      return Optional.empty();
    }
    failures--;
    return Optional.of(
        status == 429
            ? new StripeError(
                429, "invalid_request_error", "rate_limit", null, "Request rate limit exceeded.")
            : new StripeError(status, "api_error", null, null, "A test asked for this error."));
  }

  synchronized boolean losesThis() {
    if (losses == 0) {
      return false;
    }
    losses--;
    return true;
  }

  void await() {
    Duration wait;
    synchronized (this) {
      wait = delay;
    }
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
