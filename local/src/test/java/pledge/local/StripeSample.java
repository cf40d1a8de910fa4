package pledge.local;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Subscription;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.checkout.SessionCreateParams;
import java.net.URI;

/** Stripe's own client, led to the stand-in, and what is asked most often. */
final class StripeSample {
  static final String PRICE = "price_1LocalPersonal";

  private StripeSample() {}

  static StripeClient client(Machine machine) {
    return client(machine, StripeStandIn.KEY);
  }

  static StripeClient client(Machine machine, String key) {
    return StripeClient.builder()
        .setApiKey(key)
        .setApiBase(machine.stripe().address().toString())
        .setMaxNetworkRetries(0)
        .setConnectTimeout(2_000)
        .setReadTimeout(8_000)
        .build();
  }

  static Customer customer(StripeClient stripe) throws StripeException {
    return stripe
        .v1()
        .customers()
        .create(CustomerCreateParams.builder().putMetadata("pseudonym", "p1").build());
  }

  static SessionCreateParams.Builder checkout(String customer) {
    return SessionCreateParams.builder()
        .setMode(SessionCreateParams.Mode.SUBSCRIPTION)
        .setCustomer(customer)
        .setSuccessUrl("https://example.org/paid?session={CHECKOUT_SESSION_ID}")
        .setCancelUrl("https://example.org/cancelled")
        .setSubscriptionData(
            SessionCreateParams.SubscriptionData.builder().putMetadata("pseudonym", "p1").build())
        .addLineItem(
            SessionCreateParams.LineItem.builder().setPrice(PRICE).setQuantity(1L).build());
  }

  /** A subscription that somebody paid for on the page. */
  static Subscription subscribed(Machine machine, StripeClient stripe, StripeCard card)
      throws StripeException {
    return subscribed(machine, stripe, customer(stripe).getId(), card);
  }

  static Subscription subscribed(
      Machine machine, StripeClient stripe, String customer, StripeCard card)
      throws StripeException {
    var session = stripe.v1().checkout().sessions().create(checkout(customer).build());
    machine.stripe().pay(URI.create(session.getUrl()), card);
    var paid = stripe.v1().checkout().sessions().retrieve(session.getId());
    return stripe.v1().subscriptions().retrieve(paid.getSubscription());
  }

  static RequestOptions key(String idempotencyKey) {
    return RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
  }
}
