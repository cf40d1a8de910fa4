package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.local.StripeCard;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.privacy.Mailings;
import pledge.records.Backstage;
import pledge.subject.Policies;
import pledge.vault.SubjectId;

/** What anybody reads where the law has us keep something of somebody, and forbids to tell. */
class UndisclosedHoldTest {
  private static final Instant BEGIN = Instant.parse("2026-11-21T05:00:00Z");

  /** The pages that nobody signs in for, but for keys, of which each machine has its own. */
  private static final List<String> PUBLIC =
      OpenApiTest.API.path("paths").properties().stream()
          .filter(path -> path.getValue().at("/get/security").isArray())
          .filter(path -> path.getValue().at("/get/security").isEmpty())
          .map(Map.Entry::getKey)
          .filter(path -> !path.contains("{") && !path.equals("/.well-known/jwks.json"))
          .toList();

  @Test
  @DisplayName("legal-hold: anybody reads the same, whether or not one is that nobody may know of")
  void anybodyReadsTheSame() {
    var unheld = life(false);

    assertThat(PUBLIC).contains("/pledges", "/privacy", "/");
    assertThat(unheld).anyMatch(line -> line.contains("two of staff agreed"));
    assertThat(life(true)).containsExactlyElementsOf(unheld);
  }

  /** What is read from the day when she asks to be erased to one when that is long due. */
  private static List<String> life(boolean held) {
    try (var machine =
            Machine.start(
                QuickHashes.options("ErasureFunction", "PrivacyClockFunction").withClockAt(BEGIN));
        var backstage = new Backstage(machine)) {
      var read = new ArrayList<String>();
      var ada = Person.of(machine, "ada@example.org").withSession();
      if (held) {
        hold(machine, backstage, ada, Category.ACCOUNT, Category.CONSENT);
      }
      read.addAll(read(machine));
      assertThat(ada.send("POST", "/privacy/erasures", null).statusCode()).isEqualTo(202);
      for (var days : List.of(1, 16, 10, 10)) {
        for (var day = 0; day < days; day++) {
          machine.clock().advance(Duration.ofDays(1));
          machine.settle();
        }
        tellEverybody(machine, backstage);
        read.addAll(read(machine));
      }
      return read;
    }
  }

  @Test
  @DisplayName("legal-hold: who pays reads the same, too, and can pay no more")
  void whoPaysReadsTheSame() {
    var unheld = payingLife(false);

    assertThat(unheld).anyMatch(line -> line.contains("\"live\":true"));
    assertThat(unheld).filteredOn(line -> line.contains("too-late")).isNotEmpty();
    assertThat(unheld).last().asString().contains("over");
    assertThat(payingLife(true)).containsExactlyElementsOf(unheld);
  }

  /** Of who subscribed, and of who has a page open on which to subscribe. */
  private static List<String> payingLife(boolean held) {
    try (var machine =
            Machine.start(
                QuickHashes.options(
                        "BillingWorkerFunction", "ErasureFunction", "PrivacyClockFunction")
                    .withClockAt(BEGIN));
        var backstage = new Backstage(machine)) {
      var read = new ArrayList<String>();
      var ada = Person.of(machine, "ada@example.org").withSession();
      var bob = Person.of(machine, "bob@example.org").at("127.0.41.1").withSession();
      assertThat(machine.stripe().pay(checkout(ada), StripeCard.GOOD)).isPresent();
      var page = checkout(bob);
      machine.settle();
      for (var person : List.of(ada, bob)) {
        if (held) {
          hold(machine, backstage, person, Category.SUBSCRIPTION);
        }
        assertThat(person.send("POST", "/privacy/erasures", null).statusCode()).isEqualTo(202);
      }
      // When she asked, while it can be taken back, and hour by hour from when it cannot.
      var hour = Duration.ofHours(1);
      for (var time :
          List.of(Duration.ZERO, AtErasure.CHANGE_OF_MIND.minus(hour), hour, hour, hour)) {
        machine.clock().advance(time);
        machine.settle();
        read.add("sign-in " + ada.signIn().statusCode());
        read.add(withoutNumbers(ada.get("/billing").body()));
        read.add(withoutNumbers(ada.send("POST", "/billing/portal", null).body()));
        read.add(ada.get("/assistant").body());
      }
      read.add(bob.get(page.getPath()).body());
      return read;
    }
  }

  /** Without Stripe's, which are random. */
  private static String withoutNumbers(String body) {
    return body.replaceAll("in_\\w+|\\w+-0001|http[^\"]*", "");
  }

  private static URI checkout(Person person) {
    var answer = person.send("POST", "/billing/checkout", "{\"plan\": \"personal\"}");
    return URI.create(Problems.json(answer).path("url").asText());
  }

  private static void hold(Machine machine, Backstage backstage, Person person, Category... kinds) {
    var subject = new SubjectId(Problems.json(person.get("/session")).path("subject").asText());
    new Holds(machine, backstage).confirmed(subject, Duration.ofDays(200), true, kinds);
    machine.settle();
  }

  /** Of policies that change, when her account is deleted. */
  private static void tellEverybody(Machine machine, Backstage backstage) {
    if (machine.clock().instant().isAfter(BEGIN.plus(Duration.ofDays(15)))) {
      var policies = new Policies(backstage.backend(), machine.clock());
      var mailings = new Mailings(backstage.backend(), machine.clock());
      for (var change : policies.materialChanges()) {
        mailings.advance(
            Mailings.ofChange(change), person -> policies.tell(person, change), () -> true);
      }
    }
  }

  /** Line by line; the address of each machine has a port of its own. */
  private static List<String> read(Machine machine) {
    Audits.found(machine);
    var anybody = Person.of(machine, "bob@example.org").at("127.0.41.1");
    return PUBLIC.stream()
        .map(path -> anybody.get(path).body().replaceAll("localhost:[0-9]+", "localhost"))
        .flatMap(String::lines)
        .toList();
  }
}
