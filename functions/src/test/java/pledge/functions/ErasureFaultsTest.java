package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.policy.AtErasure;
import pledge.policy.Processor;
import pledge.policy.Table;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.PrivacyRequest;
import pledge.privacy.PrivacyRequest.Status;
import pledge.privacy.PrivacyRequests.TakingBack;
import pledge.privacy.Receipt;
import pledge.processor.Custodian.Answer;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Erasures whose KMS does not answer, and who takes one back where a process dies. */
class ErasureFaultsTest {
  private final Erasures erasures = new Erasures();
  private SubjectId person = SubjectId.random();

  @BeforeEach
  void live() {
    person = erasures.somebody();
  }

  @AfterEach
  void close() {
    erasures.close();
  }

  static Stream<Arguments> faults() {
    return Stream.of(Stage.READ_NUMBERS, Stage.TELL, Stage.RECEIPT)
        .flatMap(
            stage ->
                Stream.of(
                    Arguments.of(stage, "ThrottlingException", 400),
                    Arguments.of(stage, "AccessDeniedException", 400),
                    Arguments.of(stage, "KMSInternalException", 500)));
  }

  @ParameterizedTest(name = "erase-everywhere: where KMS says {1} at {0}, nothing is skipped")
  @MethodSource("faults")
  void goesOnOnceKmsAnswers(Stage stage, String error, int status) {
    var stripe =
        new UnreliableProcessor(Processor.STRIPE, List.of("cus_1"), List.of(Answer.Gone::new));
    var id = erasures.requests().erase(person);
    var open = erasures.open();
    var kms = erasures.machine.kms();
    if (stage == Stage.READ_NUMBERS) {
      erasures.until(Stage.WAIT, erasures.erasure(stripe), open);
      erasures.machine.clock().advance(AtErasure.CHANGE_OF_MIND);
    } else if (stage == Stage.TELL) {
      erasures.until(Stage.TELL, erasures.erasure(stripe), open);
    } else {
      erasures.until(Stage.OUTLIVE_BACKUPS, erasures.erasure(stripe), open);
      erasures.machine.clock().advance(Duration.ofDays(8));
    }

    kms.failNext(1_000, error, status);
    for (var time = 0; time < 2; time++) {
      assertThatThrownBy(() -> erasures.advance(erasures.erasure(stripe), open))
          .isInstanceOf(UnavailableException.class);
      assertThat(request().stage()).isEqualTo(stage.name());
    }
    assertThat(Receipt.of(erasures.backstage.store(), id)).isEmpty();
    kms.reset();
    erasures.toTheEnd(erasures.erasure(stripe), open);

    assertThat(stripe.asked).containsExactly(List.of("cus_1"));
    erasures.assertErased(person, id, error + " at " + stage);
  }

  @ParameterizedTest(
      name = "right-deletion: dying {0} any write, it is taken back when asked again")
  @ValueSource(strings = {"before", "after"})
  void isTakenBackWhereverItDies(String when) {
    var faults = erasures.machine.dynamo();
    var died = 0;
    for (var write = 1; died == write - 1; write++) {
      var somebody = erasures.somebody();
      var id = erasures.requests().erase(somebody);
      erasures.until(Stage.WAIT, erasures.erasure(), erasures.open());
      assertThat(naming(id)).as("locked").contains("CREDENTIAL", "SESSION");
      faults.reset();
      if (when.equals("before")) {
        faults.dieBeforeWrite(write);
      } else {
        faults.dieAfterWrite(write);
      }
      try {
        erasures.requests().takeBack(somebody, id);
      } catch (UnavailableException e) {
        died++;
      }
      faults.reset();

      assertThat(erasures.requests().takeBack(somebody, id)).isEqualTo(TakingBack.TAKEN_BACK);
      assertThat(erasures.requests().all(somebody).getFirst().value().status())
          .isEqualTo(Status.CANCELLED);
      assertThat(naming(id))
          .as("died %s write %d", when, write)
          .containsExactlyInAnyOrder("REQUEST", "OUTBOX");
      assertThat(erasures.traces(id)).containsOnlyKeys(Table.SUBJECTS);
    }
    assertThat(died).as("writes to die at").isGreaterThanOrEqualTo(2);
  }

  /** What of a person says that a request is open, or was. */
  private List<String> naming(String request) {
    return erasures.traces(request).getOrDefault(Table.SUBJECTS, List.of()).stream()
        .map(item -> item.getOrDefault("sk", AttributeValue.fromS("")).s().split("#", 2)[0])
        .toList();
  }

  private PrivacyRequest request() {
    return erasures.requests().all(person).getFirst().value();
  }
}
