package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stripe's own command line drives the stand-in, and its library for Node checks webhooks. */
final class StripeToolsTest {
  @TempDir Path home;

  private Node node;
  private Machine machine;
  private WebhookReceiver receiver;

  @BeforeEach
  void start() {
    node = Node.find(home);
    machine = Machine.start(Sample.options().withClockAt(Instant.now()).withoutFunctions());
    receiver = new WebhookReceiver();
    machine.stripe().webhooks().deliverTo(receiver.address());
  }

  @AfterEach
  void stop() {
    if (receiver != null) {
      receiver.close();
      machine.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "charge.dispute.created",
        "charge.refunded",
        "customer.created",
        "customer.deleted",
        "customer.subscription.created",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.updated",
        "invoice.paid",
        "invoice.payment_action_required",
        "invoice.payment_failed",
        "invoice.updated",
        "invoice.voided"
      })
  void makesTheEventThatTheCommandLineTriggers(String event) {
    var run = node.stripe(machine, "trigger", event);
    machine.settle();

    assertThat(run.output()).contains("Trigger succeeded!");
    assertThat(run.status()).isZero();
    assertThat(receiver.types()).contains(event);
  }

  @Test
  void announcesTheEndOfATrialThatTheCommandLineBegins() {
    var run = node.stripe(machine, "trigger", "customer.subscription.trial_will_end");
    machine.settle();

    assertThat(run.status()).isZero();
    assertThat(receiver.types()).contains("customer.subscription.trial_will_end");
  }

  @Test
  void sellsToTheCommandLine() {
    var run =
        node.stripe(
            machine,
            "trigger",
            "checkout.session.completed",
            "--add",
            "price:recurring[interval]=month",
            "--override",
            "checkout_session:mode=subscription",
            "--remove",
            "checkout_session:payment_intent_data");
    machine.settle();

    assertThat(run.output()).contains("Trigger succeeded!");
    assertThat(receiver.types())
        .contains("checkout.session.completed", "customer.subscription.created", "invoice.paid");
  }

  @Test
  void runsFixturesOfOurOwn() throws IOException {
    var fixtures =
        Files.writeString(
            home.resolve("fixtures.json"),
            """
            {"_meta": {"template_version": 0},
             "fixtures": [
               {"name": "customer", "path": "/v1/customers", "method": "post",
                "params": {"payment_method": "pm_card_visa", "metadata": {"pseudonym": "p1"}}},
               {"name": "subscription", "path": "/v1/subscriptions", "method": "post",
                "params": {"customer": "${customer:id}", "items": [{"price": "PRICE"}]}},
               {"name": "invoice", "path": "/v1/invoices/${subscription:latest_invoice}",
                "method": "get"}
             ]}
            """
                .replace("PRICE", StripeSample.PRICE));
    var run = node.stripe(machine, "fixtures", fixtures.toString());

    assertThat(run.output()).contains("Running fixture for: invoice");
    assertThat(run.status()).isZero();
    var subscription = machine.stripe().json(machine.stripe().numbers("subscription").getFirst());
    assertThat(Json.parse(subscription).path("status").asText()).isEqualTo("active");
  }

  @Test
  void tellsTheCommandLineWhatIsWrong() {
    var run = node.stripe(machine, "trigger", "customer.created", "--add", "customer:planet=Mars");

    assertThat(run.status()).isNotZero();
    assertThat(run.output()).contains("parameter_unknown");
  }

  @Test
  void signsAsStripesLibraryForNodeChecks() throws StripeException {
    StripeSample.customer(StripeSample.client(machine));
    machine.settle();
    var call = receiver.calls().getFirst();
    var script =
        """
        import Stripe from "./src/test/npm/node_modules/stripe/esm/stripe.esm.node.js";
        import { readFileSync } from "node:fs";
        const stripe = new Stripe("sk_test_unused");
        const event = stripe.webhooks.constructEvent(
          readFileSync(0), process.env.SIGNATURE, process.env.SECRET);
        console.log(event.type);
        """;
    var header = call.header("Stripe-Signature").orElseThrow();
    var right =
        node.script(
            script,
            call.text(),
            Map.of("SIGNATURE", header, "SECRET", StripeStandIn.SECRETS.getFirst()));
    var wrong =
        node.script(script, call.text(), Map.of("SIGNATURE", header, "SECRET", "whsec_other"));

    assertThat(right.output().strip()).isEqualTo("customer.created");
    assertThat(wrong.status()).isNotZero();
    assertThat(wrong.output()).contains("StripeSignatureVerificationError");
  }
}
