package pledge.assistant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.TestMachine;
import pledge.assistant.Assistants.Outcome;
import pledge.assistant.Configuration.Field;
import pledge.billing.Subscription.Entitlement;
import pledge.policy.Table;
import pledge.vault.DoesNotOpenException;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class AssistantsTest {
  private final Customers customers = new Customers();
  private SubjectId person = Customers.somebody();

  @BeforeEach
  void subscribe() {
    TestMachine.reset();
    Customers.cloudflare().faults().reset();
    person = customers.withAssistant();
  }

  @AfterEach
  void cancel() {
    customers.entitle(person, Entitlement.NONE);
    customers.advance(person);
    assertThat(Customers.leftOver()).isEmpty();
  }

  @Test
  void changesWhatIsSaidAndLeavesTheRest() {
    change(named("Grace"));
    change(read -> read.with(Field.LANGUAGE, Optional.of("de")));
    change(read -> read.with(Field.NAME, Optional.empty()));

    var configuration = customers.running(person).opened().configuration();
    assertThat(configuration.name()).isEmpty();
    assertThat(configuration.language()).contains("de");
  }

  @Test
  void losesNoUpdate() {
    var settings = customers.running(person).settings();

    assertThat(customers.assistants().change(person, settings, named("Grace")))
        .isInstanceOf(Outcome.Changed.class);
    assertThat(customers.assistants().change(person, settings, named("Ada")))
        .isEqualTo(new Outcome.ChangedMeanwhile());

    assertThat(customers.running(person).opened().configuration().name()).contains("Grace");
  }

  @Test
  void mindsNotThatItsStateMovesOnMeanwhile() {
    var settings = customers.running(person).settings();
    customers.entitle(person, Entitlement.SUSPENDED);
    customers.advance(person);

    assertThat(customers.assistants().change(person, settings, named("Grace")))
        .isInstanceOf(Outcome.Changed.class);
    assertThat(customers.assistant(person).orElseThrow().state())
        .isEqualTo(Assistant.State.SUSPENDED);
  }

  @Test
  void isGivenNoMoreThanCloudflareTakes() {
    var settings = customers.running(person).settings();
    var most = 5_000 - "{\"name\":\"\"}".length();

    assertThat(customers.assistants().change(person, settings, named("x".repeat(most + 1))))
        .isEqualTo(new Outcome.TooMuch());
    change(named("x".repeat(most)));
    customers.advance(person);

    customers.running(person);
  }

  @Test
  void hasNothingToChangeWhereThereIsNone() {
    assertThat(customers.assistants().change(Customers.somebody(), "any", named("Grace")))
        .isEqualTo(new Outcome.Absent());
  }

  @Test
  void cannotBeChangedWhileItIsBeingDeleted() {
    var settings = customers.running(person).settings();
    customers.entitle(person, Entitlement.NONE);
    Customers.cloudflare().faults().failNext(1, 500);
    assertThatThrownBy(() -> customers.advance(person)).isInstanceOf(UnavailableException.class);

    assertThat(customers.assistants().change(person, settings, named("Grace")))
        .isEqualTo(new Outcome.Ending());
  }

  @Test
  @DisplayName(
      "isolation: each customer has a script, a database, a token and a secret of their own")
  void sharesNothing() {
    var other = customers.withAssistant();
    var one = customers.running(person);
    var two = customers.running(other);

    assertThat(two.script()).isNotEqualTo(one.script());
    assertThat(two.opened().token()).isNotEqualTo(one.opened().token());
    assertThat(two.opened().secret()).isNotEqualTo(one.opened().secret());
    var bindings = Customers.cloudflare().bindings(one.script());
    var others = Customers.cloudflare().bindings(two.script());
    for (var name : new String[] {"DB", "SCRIPT", "TOKEN", "SECRET"}) {
      assertThat(bindings.getOrDefault(name, ""))
          .isNotEmpty()
          .isNotEqualTo(others.getOrDefault(name, ""));
    }
    assertThat(TestMachine.item(Table.SUBJECT_KEYS, person.value(), "KEY"))
        .isNotEqualTo(TestMachine.item(Table.SUBJECT_KEYS, other.value(), "KEY"));
    customers.entitle(other, Entitlement.NONE);
    customers.advance(other);
    customers.running(person);
  }

  @Test
  @DisplayName("isolation: a token is refused at another's assistant, in either direction")
  void refusesAnothersToken() {
    var other = customers.withAssistant();
    var one = customers.running(person);
    var two = customers.running(other);
    customers.chat(one, one.opened().token(), "Mine alone");
    customers.chat(two, two.opened().token(), "Theirs alone");

    for (var route : new String[] {"POST /chat", "GET /export", "POST /wipe"}) {
      var method = route.substring(0, route.indexOf(' '));
      var path = route.substring(route.indexOf('/'));
      for (var token :
          new String[] {two.opened().token(), two.opened().secret(), one.opened().secret(), ""}) {
        assertThat(customers.ask(method, one, path, token, "{}").statusCode()).isEqualTo(401);
      }
      assertThat(customers.ask(method, two, path, one.opened().token(), "{}").statusCode())
          .isEqualTo(401);
    }
    assertThat(customers.ask("GET", one, "/export", one.opened().token(), "").body())
        .contains("Mine alone")
        .doesNotContain("Theirs alone");
    assertThat(customers.ask("GET", two, "/export", two.opened().token(), "").body())
        .contains("Theirs alone")
        .doesNotContain("Mine alone");
    customers.entitle(other, Entitlement.NONE);
    customers.advance(other);
  }

  @Test
  @DisplayName("isolation: a sealed assistant that is moved to another customer does not open")
  void doesNotOpenElsewhere() {
    var other = customers.withAssistant();
    var item = new HashMap<>(TestMachine.item(Table.SUBJECTS, person.value(), "ASSISTANT"));
    var before = TestMachine.item(Table.SUBJECTS, other.value(), "ASSISTANT");
    item.put("pk", AttributeValue.fromS(other.value()));
    TestMachine.put(Table.SUBJECTS, item);

    assertThatThrownBy(() -> customers.assistant(other)).isInstanceOf(DoesNotOpenException.class);

    TestMachine.put(Table.SUBJECTS, before);
    customers.entitle(other, Entitlement.NONE);
    customers.advance(other);
  }

  private void change(UnaryOperator<Configuration> change) {
    var settings = customers.assistant(person).orElseThrow().settings();
    assertThat(customers.assistants().change(person, settings, change))
        .isInstanceOf(Outcome.Changed.class);
  }

  private static UnaryOperator<Configuration> named(String name) {
    return read -> read.with(Field.NAME, Optional.of(name));
  }
}
