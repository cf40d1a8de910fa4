package pledge.assistant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.TestMachine;
import pledge.billing.Subscription.Entitlement;
import pledge.processor.Custodian.Answer;
import pledge.processor.Custodian.Handover;
import pledge.processor.Documents;
import pledge.processor.cloudflare.CloudflareHost;
import pledge.vault.Environment;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

final class AssistantCustodianTest {
  private final Customers customers = new Customers();
  private final AssistantCustodian custodian = custodian(Map.of());
  private SubjectId person = Customers.somebody();

  @BeforeEach
  void subscribe() {
    TestMachine.reset();
    Customers.cloudflare().faults().reset();
    person = customers.withAssistant();
  }

  @AfterEach
  void cancel() {
    Customers.cloudflare().faults().reset();
    Customers.lapse();
    customers.entitle(person, Entitlement.NONE);
    customers.advance(person);
    assertThat(Customers.leftOver()).isEmpty();
  }

  @Test
  @DisplayName(
      "erase-everywhere: Cloudflare deletes script and database, and says what its backups keep")
  void erases() {
    var assistant = customers.running(person);
    var numbers = custodian.numbers(person);

    assertThat(numbers).containsExactly(assistant.script(), person.value());
    var answer = custodian.erase(numbers);

    var until =
        TestMachine.clock().instant().plus(Duration.ofDays(30)).truncatedTo(ChronoUnit.SECONDS);
    assertThat(answer)
        .isEqualTo(
            new Answer.Scheduled(
                "backups of its storage, encrypted with a secret that is deleted", until));
    assertThat(Customers.cloudflare().scripts()).doesNotContain(assistant.script());
    assertThat(Customers.cloudflare().databases()).doesNotContain(assistant.script());
    assertThat(custodian.erase(numbers)).as("asked twice").isEqualTo(answer);
  }

  @Test
  @DisplayName("legal-hold: what is held answers nobody, and its conversations stay")
  void answersNobodyWhileItIsHeld() {
    var assistant = customers.running(person);
    var storage = Customers.host().storage(assistant.script());
    var numbers = custodian.numbers(person);
    for (var call = 1; call <= 2; call++) {
      Customers.cloudflare().faults().die(call, true, () -> {});
      assertThatThrownBy(() -> custodian.stop(numbers)).isInstanceOf(UnavailableException.class);
      Customers.cloudflare().faults().reset();
    }

    custodian.stop(numbers);
    custodian.stop(numbers);

    for (var path : List.of("/health", "/export")) {
      assertThat(customers.ask("GET", assistant, path, assistant.opened().token(), "").statusCode())
          .isEqualTo(404);
    }
    assertThat(Customers.host().storage(assistant.script())).isEqualTo(storage);
  }

  @Test
  void knowsNothingOfWhoHasNoAssistant() {
    assertThat(custodian.numbers(Customers.somebody())).isEmpty();
  }

  @Test
  @DisplayName("erase-everywhere: nothing is deleted while somebody might make it again")
  void waitsForWhoIsAtWork() {
    customers.entitle(person, Entitlement.RUNNING);
    Customers.cloudflare().faults().die(1, true, () -> {});
    assertThatThrownBy(() -> customers.advance(person)).isInstanceOf(UnavailableException.class);
    Customers.cloudflare().faults().reset();

    assertThatThrownBy(() -> custodian.numbers(person)).isInstanceOf(UnavailableException.class);
    Customers.lapse();
    assertThat(custodian.numbers(person)).hasSize(2);
  }

  @Test
  void isAskedAgainWhereItDoesNotAnswer() {
    var numbers = custodian.numbers(person);
    for (var call = 1; call <= 4; call++) {
      Customers.cloudflare().faults().die(call, true, () -> {});
      assertThatThrownBy(() -> custodian.erase(numbers)).isInstanceOf(UnavailableException.class);
      Customers.cloudflare().faults().reset();
    }
    assertThat(custodian.erase(numbers)).isInstanceOf(Answer.Scheduled.class);
  }

  @Test
  void tellsThatItIsRefusedAndNobodysName() {
    var refused = custodian(Map.of("CLOUDFLARE_TOKEN", "revoked"));
    var unknown = custodian(Map.of("CLOUDFLARE_NAMESPACE", "others"));
    var numbers = custodian.numbers(person);

    assertThat(refused.erase(numbers))
        .isEqualTo(new Answer.Refused("Cloudflare refused with 403 [10000]"));
    assertThat(unknown.erase(numbers))
        .as("not taken for gone")
        .isEqualTo(new Answer.Refused("Cloudflare refused with 404 [100119]"));
  }

  @Test
  @DisplayName("right-access: the copy holds the conversations")
  void handsOver() throws IOException {
    var assistant = customers.running(person);
    customers.chat(assistant, assistant.opened().token(), "Remember this");
    var copy = new Copy();

    assertThat(custodian.copy(custodian.numbers(person), copy))
        .isEqualTo(new Handover.HandedOver());

    assertThat(copy.texts()).containsOnlyKeys("conversations.ndjson");
    assertThat(copy.texts().getOrDefault("conversations.ndjson", ""))
        .contains("Remember this", "\"role\":\"assistant\"")
        .doesNotContain(assistant.opened().token(), "complete");
  }

  @Test
  void hasNothingToHandOverWhereTheScriptIsNotThere() throws IOException {
    var numbers = custodian.numbers(person);
    custodian.erase(numbers);
    var copy = new Copy();

    assertThat(custodian.copy(numbers, copy)).isEqualTo(new Handover.HandedOver());
    assertThat(copy.texts().getOrDefault("conversations.ndjson", "")).isEmpty();
  }

  @Test
  void isAskedAgainWhereTheCopyBreaksOff() {
    var numbers = custodian.numbers(person);
    Customers.cloudflare().faults().die(2, false, () -> {});

    assertThatThrownBy(() -> custodian.copy(numbers, new Copy()))
        .isInstanceOf(UnavailableException.class);
  }

  private AssistantCustodian custodian(Map<String, String> others) {
    var settings = new HashMap<>(TestMachine.environment().settings());
    settings.putAll(others);
    return new AssistantCustodian(
        customers.store,
        CloudflareHost.of(new Environment(settings, TestMachine.clock())),
        TestMachine.clock());
  }

  private static final class Copy implements Documents {
    private final Map<String, ByteArrayOutputStream> documents = new LinkedHashMap<>();

    @Override
    public OutputStream begin(String name) {
      return documents.computeIfAbsent(name, _ -> new ByteArrayOutputStream());
    }

    Map<String, String> texts() {
      return documents.entrySet().stream()
          .collect(
              Collectors.toMap(
                  Map.Entry::getKey, entry -> entry.getValue().toString(StandardCharsets.UTF_8)));
    }
  }
}
