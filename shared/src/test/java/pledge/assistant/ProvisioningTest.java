package pledge.assistant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.TestMachine;
import pledge.assistant.Assistant.State;
import pledge.billing.Subscription.Entitlement;
import pledge.processor.AssistantHost;
import pledge.processor.AssistantHost.Program;
import pledge.processor.AssistantHost.RefusedException;
import pledge.processor.cloudflare.CloudflareHost;
import pledge.vault.Environment;
import pledge.vault.UnavailableException;

final class ProvisioningTest {
  private final Customers customers = new Customers();

  @BeforeEach
  void begin() {
    TestMachine.reset();
    Customers.cloudflare().faults().reset();
  }

  @AfterEach
  void nothingIsLeftOver() {
    begin();
    assertThat(Customers.leftOver()).isEmpty();
  }

  @Test
  void makesAnAssistantForWhoIsEntitledToOne() {
    var person = customers.withAssistant();

    var assistant = customers.running(person);
    assertThat(assistant.script()).matches("[a-z0-9]{22,32}");
    assertThat(assistant.opened().token()).hasSize(43);
    assertThat(assistant.opened().secret()).hasSize(43).isNotEqualTo(assistant.opened().token());
    assertThat(Customers.cloudflare().bindings(assistant.script()))
        .containsEntry("SCRIPT", assistant.script())
        .containsEntry("TOKEN", assistant.opened().token())
        .containsEntry("SECRET", assistant.opened().secret())
        .containsEntry("MODEL_URL", "https://model.example.org")
        .containsEntry("CONFIGURATION", "{}")
        .containsEntry("SUSPENDED", "no");
    assertThat(customers.isOpen(person)).isFalse();
  }

  @Test
  void makesNothingForWhoIsEntitledToNothingYet() {
    for (var entitlement : new Entitlement[] {Entitlement.NONE, Entitlement.SUSPENDED}) {
      var person = Customers.somebody();
      customers.entitle(person, entitlement);
      customers.advance(person);
      assertThat(customers.assistant(person)).isEmpty();
      assertThat(customers.isOpen(person)).isFalse();
    }
    assertThat(Customers.cloudflare().faults().calls()).isEmpty();
  }

  @Test
  @DisplayName(
      "cancel-deprovisions: it stands still while a payment is overdue, and keeps what it has")
  void standsStillAndRunsAgain() {
    var person = customers.withAssistant();
    var before = customers.running(person);
    customers.chat(before, before.opened().token(), "Remember this");

    customers.entitle(person, Entitlement.SUSPENDED);
    customers.advance(person);

    var suspended = customers.assistant(person).orElseThrow();
    assertThat(suspended.state()).isEqualTo(State.SUSPENDED);
    assertThat(suspended.script()).isEqualTo(before.script());
    assertThat(customers.chat(before, before.opened().token(), "Hello").statusCode())
        .isEqualTo(403);
    customers.entitle(person, Entitlement.RUNNING);
    customers.advance(person);
    assertThat(customers.running(person).opened().secret()).isEqualTo(before.opened().secret());
    assertThat(customers.ask("GET", before, "/export", before.opened().token(), "").body())
        .contains("Remember this");
  }

  @Test
  void carriesItsSettingsThere() {
    var person = customers.withAssistant();
    var before = customers.running(person);

    var outcome =
        customers
            .assistants()
            .change(
                person,
                before.settings(),
                read -> read.with(Configuration.Field.NAME, Optional.of("Grace")));
    customers.advance(person);

    assertThat(outcome).isInstanceOf(Assistants.Outcome.Changed.class);
    assertThat(Customers.cloudflare().bindings(before.script()))
        .containsEntry("CONFIGURATION", "{\"name\":\"Grace\"}")
        .containsEntry("SECRET", before.opened().secret());
    assertThat(customers.isOpen(person)).isFalse();
  }

  @Test
  @DisplayName("cancel-deprovisions: the assistant, its storage and its secret are deleted")
  void deletesTheAssistantOfWhoCancelled() {
    var person = customers.withAssistant();
    var before = customers.running(person);

    customers.entitle(person, Entitlement.NONE);
    customers.advance(person);

    assertThat(customers.assistant(person)).isEmpty();
    assertThat(Customers.cloudflare().scripts()).doesNotContain(before.script());
    assertThat(Customers.cloudflare().databases()).doesNotContain(before.script());
    assertThat(customers.isOpen(person)).isFalse();
  }

  @Test
  void makesAnotherForWhoSubscribesAgain() {
    var person = customers.withAssistant();
    var before = customers.running(person);
    customers.entitle(person, Entitlement.NONE);
    customers.advance(person);

    customers.entitle(person, Entitlement.RUNNING);
    customers.advance(person);

    assertAnother(before, customers.running(person));
  }

  @Test
  void makesAnotherForWhoSubscribesAgainWhileItIsBeingDeleted() {
    var person = customers.withAssistant();
    var before = customers.running(person);
    customers.entitle(person, Entitlement.NONE);
    // The list of databases is answered, the deletion is not.
    Customers.cloudflare().faults().cutBefore(2);
    assertThatThrownBy(() -> customers.advance(person)).isInstanceOf(UnavailableException.class);
    assertThat(customers.assistant(person).orElseThrow().state()).isEqualTo(State.DEPROVISIONING);

    customers.entitle(person, Entitlement.RUNNING);
    Customers.lapse();
    customers.advance(person);

    assertAnother(before, customers.running(person));
    assertThat(Customers.cloudflare().scripts()).doesNotContain(before.script());
  }

  private static void assertAnother(Assistant before, Assistant after) {
    assertThat(after.script()).isNotEqualTo(before.script());
    assertThat(after.opened().token()).isNotEqualTo(before.opened().token());
    assertThat(after.opened().secret()).isNotEqualTo(before.opened().secret());
  }

  @Test
  @DisplayName("cancel-deprovisions: cancelled while it is being made, it is gone in the end")
  void seesWhatChangesWhileItIsAtWork() {
    var person = Customers.somebody();
    customers.entitle(person, Entitlement.RUNNING);

    customers
        .provisioning(before(() -> customers.entitle(person, Entitlement.NONE)))
        .advance(Customers.item(person));

    assertThat(customers.assistant(person)).isEmpty();
    assertThat(customers.isOpen(person)).isFalse();
  }

  @Test
  void carriesSettingsThatChangeWhileItIsAtWork() {
    var person = Customers.somebody();
    customers.entitle(person, Entitlement.RUNNING);

    customers
        .provisioning(
            before(
                () ->
                    customers
                        .assistants()
                        .change(
                            person,
                            customers.assistant(person).orElseThrow().settings(),
                            read -> read.with(Configuration.Field.NAME, Optional.of("Grace")))))
        .advance(Customers.item(person));

    var assistant = customers.running(person);
    assertThat(Customers.cloudflare().bindings(assistant.script()))
        .containsEntry("CONFIGURATION", "{\"name\":\"Grace\"}");
    assertThat(customers.isOpen(person)).isFalse();
  }

  @Test
  void letsOneWorkAtAnAssistantAtATime() {
    var person = Customers.somebody();
    customers.entitle(person, Entitlement.RUNNING);

    customers
        .provisioning(
            before(
                () ->
                    assertThatThrownBy(() -> customers.advance(person))
                        .isInstanceOf(UnavailableException.class)))
        .advance(Customers.item(person));

    assertThat(Customers.cloudflare().faults().calls())
        .filteredOn(call -> call.startsWith("PUT") || call.startsWith("POST"))
        .hasSize(2);
    customers.running(person);
  }

  @Test
  void cannotBringBackADeletedScriptByAnUploadThatIsLate() {
    var person = customers.withAssistant();
    var before = customers.running(person);
    var storage = Customers.cloudflare().bindings(before.script()).getOrDefault("DB", "");
    customers.entitle(person, Entitlement.NONE);
    customers.advance(person);

    var late =
        new AssistantHost.Deployment(
            before.script(), storage, before.settings(), false, "{}", "token", "secret");

    assertThatThrownBy(() -> Customers.host().deploy(late, Customers.PROGRAM))
        .isInstanceOf(RefusedException.class)
        .hasMessage("Cloudflare refused with 400 [10181]");
  }

  @Test
  void doesNothingTwice() {
    var person = customers.withAssistant();
    Customers.cloudflare().faults().reset();

    customers.advance(person);
    customers.advance(Customers.somebody());

    assertThat(Customers.cloudflare().faults().calls()).isEmpty();
  }

  @Test
  void looksAndChangesNothingWhereItIsAsItIsToBe() {
    var person = customers.withAssistant();
    Customers.cloudflare().faults().reset();
    customers.entitle(person, Entitlement.RUNNING);

    customers.advance(person);

    assertThat(Customers.cloudflare().faults().calls())
        .isNotEmpty()
        .allMatch(call -> call.startsWith("GET"));
  }

  @Test
  void bringsANewModuleToWhomItLooksAt() {
    var person = customers.withAssistant();
    customers.entitle(person, Entitlement.RUNNING);

    customers
        .provisioning(Customers.host(), new Program("export default 2;", "module-2", "https://m"))
        .advance(Customers.item(person));

    assertThat(Customers.cloudflare().module(customers.running(person).script()))
        .contains("export default 2;");
  }

  @Test
  void makesGoodWhatSomebodyDeletedAtCloudflare() {
    var person = customers.withAssistant();
    var assistant = customers.running(person);
    Customers.host().remove(assistant.script());
    customers.entitle(person, Entitlement.RUNNING);

    customers.advance(person);

    assertThat(customers.running(person).script()).isEqualTo(assistant.script());
  }

  @Test
  void triesAgainAtOnceWhereItWasToldNo() {
    var person = Customers.somebody();
    customers.entitle(person, Entitlement.RUNNING);
    for (var status : new int[] {429, 500, 503}) {
      Customers.cloudflare().faults().failNext(1, status);
      assertThatThrownBy(() -> customers.advance(person)).isInstanceOf(UnavailableException.class);
    }
    customers.advance(person);
    customers.running(person);
  }

  @Test
  void waitsForWhatMayStillBeDoneWhereNoAnswerCame() {
    var person = Customers.somebody();
    customers.entitle(person, Entitlement.RUNNING);
    Customers.cloudflare().faults().cutAfter(2);
    assertThatThrownBy(() -> customers.advance(person)).isInstanceOf(UnavailableException.class);

    assertThatThrownBy(() -> customers.advance(person)).isInstanceOf(UnavailableException.class);
    assertThat(Customers.cloudflare().faults().calls()).hasSize(2);
    Customers.lapse();
    customers.advance(person);
    customers.running(person);
  }

  @Test
  void saysSoWhereItFailsForDaysAndGoesOnTrying() {
    var person = Customers.somebody();
    customers.entitle(person, Entitlement.RUNNING);
    var refused = withWrongToken();

    assertThatThrownBy(() -> refused.advance(Customers.item(person)))
        .isInstanceOf(RefusedException.class)
        .hasMessage("Cloudflare refused with 403 [10000]");
    assertThat(customers.assistant(person).orElseThrow().state()).isEqualTo(State.PROVISIONING);
    assertThat(refused.isStuck(Customers.item(person))).isFalse();
    TestMachine.clock().advance(Provisioning.PATIENCE);
    customers.wake(person);
    assertThatThrownBy(() -> refused.advance(Customers.item(person)))
        .isInstanceOf(RefusedException.class);
    assertThat(customers.assistant(person).orElseThrow().state()).isEqualTo(State.FAILED);
    assertThat(refused.isStuck(Customers.item(person))).isTrue();

    customers.advance(person);

    customers.running(person);
    assertThat(refused.isStuck(Customers.item(person))).isFalse();
  }

  @Test
  @DisplayName("cancel-deprovisions: what could not be deleted for days is deleted in the end")
  void deletesInTheEnd() {
    var person = customers.withAssistant();
    var before = customers.running(person);
    customers.entitle(person, Entitlement.NONE);
    var refused = withWrongToken();
    assertThatThrownBy(() -> refused.advance(Customers.item(person)))
        .isInstanceOf(RefusedException.class);
    TestMachine.clock().advance(Provisioning.PATIENCE.plus(Duration.ofDays(1)));
    assertThatThrownBy(() -> refused.advance(Customers.item(person)))
        .isInstanceOf(RefusedException.class);
    assertThat(customers.assistant(person).orElseThrow().state()).isEqualTo(State.FAILED);

    // Subscribed again meanwhile: it is another one all the same.
    customers.entitle(person, Entitlement.RUNNING);
    customers.advance(person);

    assertAnother(before, customers.running(person));
  }

  @Test
  void leavesTheAssistantOfWhoIsBeingErasedToTheErasure() {
    var person = Customers.somebody();
    customers.entitle(person, Entitlement.RUNNING);
    customers.erased.add(person);

    customers.advance(person);

    assertThat(Customers.cloudflare().faults().calls()).isEmpty();
    assertThat(customers.isOpen(person)).isFalse();
    customers.erased.remove(person);
  }

  @Test
  @DisplayName("legal-hold: an assistant that is held stands still instead of being deleted")
  void keepsWhatIsHeld() {
    var person = customers.withAssistant();
    var before = customers.running(person);
    customers.held.add(person);
    customers.entitle(person, Entitlement.NONE);

    customers.advance(person);

    assertThat(customers.assistant(person).orElseThrow().state()).isEqualTo(State.SUSPENDED);
    assertThat(customers.health(before)).contains("suspended");
    TestMachine.clock().advance(Duration.ofDays(40));
    assertThat(customers.provisioning(Customers.host()).isStuck(Customers.item(person))).isFalse();
    customers.held.remove(person);
    customers.wake(person);
    customers.advance(person);
    assertThat(customers.assistant(person)).isEmpty();
  }

  @Test
  void deletesWhatAPersonLeftWhoseKeyIsDestroyed() {
    var person = customers.withAssistant();
    var before = customers.running(person);
    customers.entitle(person, Entitlement.RUNNING);
    TestMachine.vault().destroySubjectKey(person);

    customers.advance(person);

    assertThat(Customers.cloudflare().scripts()).doesNotContain(before.script());
    assertThat(customers.isOpen(person)).isFalse();
  }

  private Provisioning withWrongToken() {
    var settings = new HashMap<>(TestMachine.environment().settings());
    settings.put("CLOUDFLARE_TOKEN", "revoked");
    return customers.provisioning(
        CloudflareHost.of(new Environment(settings, TestMachine.clock())));
  }

  /** Cloudflare, before whose first upload something happens. */
  private static AssistantHost before(Runnable something) {
    var host = Customers.host();
    return new AssistantHost() {
      private boolean happened;

      @Override
      public String storage(String script) {
        return host.storage(script);
      }

      @Override
      public void deploy(Deployment deployment, Program program) {
        if (!happened) {
          happened = true;
          something.run();
        }
        host.deploy(deployment, program);
      }

      @Override
      public Optional<Deployed> find(String script) {
        return host.find(script);
      }

      @Override
      public boolean withdraw(String script) {
        return host.withdraw(script);
      }

      @Override
      public boolean remove(String script) {
        return host.remove(script);
      }

      @Override
      public boolean export(String script, String token, OutputStream into) throws IOException {
        return host.export(script, token, into);
      }

      @Override
      public String url(String script) {
        return host.url(script);
      }
    };
  }
}
