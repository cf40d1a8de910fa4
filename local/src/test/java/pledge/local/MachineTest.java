package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

final class MachineTest {
  @Test
  void answersWhatAFunctionAnswers() {
    try (var machine = Sample.start()) {
      var answer = Sample.get(machine.api().resolve("/typed/7"));

      assertThat(answer.statusCode()).isEqualTo(201);
      assertThat(answer.body()).isEqualTo("7 TypedFunction");
    }
  }

  @Test
  void severalRunAtOnceWithoutSeeingEachOther() {
    try (var one = Sample.start();
        var other = Sample.start()) {
      Sample.put(one, "seen#1");
      one.settle();
      other.settle();

      assertThat(Recorder.seen(one, "stream")).hasSize(1);
      assertThat(Recorder.seen(other, "stream")).isEmpty();
    }
  }

  @Test
  void feedsThePipesQueueToItsFunction() {
    try (var machine = Sample.start()) {
      Sample.put(machine, "job#1");
      machine.settle();

      assertThat(Recorder.seen(machine, "queue"))
          .singleElement()
          .satisfies(
              message ->
                  assertThat(message.path("body").asText()).isEqualTo("{\"job\":\"job#1\"}"));
      assertThat(machine.queue("JobsQueue").depth()).isZero();
    }
  }

  @Test
  void listensOnLoopbackOnly() {
    try (var machine = Sample.start()) {
      assertThat(machine.api()).extracting(URI::getHost).isEqualTo("localhost");
    }
  }
}
