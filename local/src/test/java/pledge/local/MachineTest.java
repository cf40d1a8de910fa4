package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
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
  void listensOnLoopbackOnly() throws IOException {
    try (var machine = Sample.start()) {
      for (var address : List.of(machine.api(), machine.aws())) {
        assertThat(boundTo(address.getPort())).singleElement().asString().endsWith("0100007F");
      }
    }
  }

  /** The addresses that the kernel says this port is listened on, in its own hexadecimal. */
  private static List<String> boundTo(int port) throws IOException {
    var listening = String.format(Locale.ROOT, ":%04X 00000000", port);
    try (var four = Files.lines(Path.of("/proc/net/tcp"));
        var six = Files.lines(Path.of("/proc/net/tcp6"))) {
      return Stream.concat(four, six)
          .map(String::strip)
          .filter(line -> line.contains(listening))
          .map(line -> line.split(" +", -1)[1].split(":", -1)[0])
          .toList();
    }
  }
}
