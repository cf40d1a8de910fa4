package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MessageQueueTest {
  private final MachineClock clock = MachineClock.frozen(Instant.parse("2026-01-31T00:00:00Z"));
  private final MessageQueue deadLetters =
      queue(new QueueDefinition("Dead", Duration.ofSeconds(30), Optional.empty(), 1), null);
  private final MessageQueue queue =
      queue(
          new QueueDefinition("Jobs", Duration.ofMinutes(6), Optional.of("Dead"), 1_000),
          deadLetters);

  private MessageQueue queue(QueueDefinition definition, @Nullable MessageQueue dead) {
    return new MessageQueue(definition, dead, Store.none(), clock);
  }

  @Test
  void isGivenUpWhereItFailsAfterTheTimeOfAllItsDeliveries() throws InterruptedException {
    queue.send("a job");
    fail();
    clock.advance(Duration.ofHours(99));
    fail();
    assertThat(deadLetters.depth()).isZero();

    clock.advance(Duration.ofHours(1));
    fail();

    assertThat(queue.depth()).isZero();
    assertThat(deadLetters.bodies()).containsExactly("a job");
  }

  @Test
  void isDoneWhereItSucceedsAfterThatTime() throws InterruptedException {
    queue.send("a job");
    fail();
    clock.advance(Duration.ofHours(200));

    queue.delete(next().id());

    assertThat(queue.depth()).isZero();
    assertThat(deadLetters.depth()).isZero();
  }

  private void fail() throws InterruptedException {
    queue.giveBack(next());
  }

  private Message next() throws InterruptedException {
    for (; ; ) {
      for (var message : queue.receive(1)) {
        return message;
      }
      Thread.sleep(10);
    }
  }
}
