package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Period;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redaction jobs, which stripe-java does not know yet: they are in preview. */
final class StripeRedactionsTest {
  private static final String PATH = "/v1/privacy/redaction_jobs";

  private Machine machine;
  private StripeClient stripe;

  @BeforeEach
  void start() {
    machine = Machine.start(Sample.options().withoutFunctions());
    stripe = StripeSample.client(machine);
  }

  @AfterEach
  void stop() {
    machine.close();
  }

  @Test
  void refusesTransactionsOfTheLastNinetyDays() throws StripeException {
    var customer = StripeSample.subscribed(machine, stripe, StripeCard.GOOD).getCustomer();
    stripe.v1().customers().delete(customer);
    var job = json(post(PATH, "objects[customers][]=" + customer));

    assertThat(job.path("status").asText()).isEqualTo("validating");
    var failed = look(job);
    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(failed.path("validation_errors").path("data").path(0).path("code").asText())
        .isEqualTo("invalid_state");
    assertThat(post(PATH + "/" + id(job) + "/run", "").statusCode()).isEqualTo(400);
  }

  @Test
  void redactsOnceTheyAreOlder() throws StripeException {
    var customer = StripeSample.subscribed(machine, stripe, StripeCard.GOOD).getCustomer();
    stripe.v1().customers().delete(customer);
    var job = json(post(PATH, "objects[customers][]=" + customer));
    look(job);
    machine.clock().advance(Period.ofDays(91));
    machine.settle();
    post(PATH + "/" + id(job) + "/validate", "");
    assertThat(look(job).path("status").asText()).isEqualTo("ready");
    assertThat(json(post(PATH + "/" + id(job) + "/run", "")).path("status").asText())
        .isEqualTo("redacting");

    assertThat(look(job).path("status").asText()).isEqualTo("succeeded");
    var charge = machine.stripe().json(machine.stripe().numbers("charge").getFirst());
    assertThat(charge).doesNotContain("Cardholder").doesNotContain("4242");
  }

  @Test
  void isReadyAtOnceWhereNothingWasPaid() throws StripeException {
    var customer = StripeSample.customer(stripe).getId();
    var job = json(post(PATH, "objects[customers][]=" + customer));

    assertThat(look(job).path("status").asText()).isEqualTo("ready");
  }

  @Test
  void refusesWhatIsNotThere() {
    var answer = post(PATH, "objects[customers][]=cus_1");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).path("error").path("code").asText()).isEqualTo("resource_missing");
    assertThat(post(PATH, "").statusCode()).isEqualTo(400);
  }

  @Test
  void isThereForThePreviewVersionAlone() {
    var answer =
        Sample.send(
            machine.stripe().address().resolve(PATH),
            it ->
                it.header("Authorization", "Bearer " + StripeStandIn.KEY)
                    .header("Stripe-Version", StripeEvents.API_VERSION)
                    .POST(HttpRequest.BodyPublishers.noBody()));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("preview");
  }

  private JsonNode look(JsonNode job) {
    return json(send(PATH + "/" + id(job), HttpRequest.newBuilder().GET()));
  }

  private HttpResponse<String> post(String path, String form) {
    return send(path, HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  private HttpResponse<String> send(String path, HttpRequest.Builder how) {
    return Sample.send(
        machine.stripe().address().resolve(path),
        it ->
            it.method(
                    how.uri(machine.stripe().address()).build().method(),
                    how.build().bodyPublisher().orElse(HttpRequest.BodyPublishers.noBody()))
                .header("Authorization", "Bearer " + StripeStandIn.KEY)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Stripe-Version", "2026-07-29.preview"));
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return Json.parse(answer.body());
  }

  private static String id(JsonNode job) {
    return job.path("id").asText();
  }
}
