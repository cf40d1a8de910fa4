package pledge.functions;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import pledge.policy.Processor;
import pledge.processor.Custodian;
import pledge.processor.Documents;
import pledge.vault.SubjectId;

/** A processor that answers what it is told to, the last of it for ever. */
final class UnreliableProcessor implements Custodian {
  private final Processor processor;
  private final Function<SubjectId, List<String>> numbers;
  private final Deque<Supplier<Answer>> answers;
  private final Deque<Copier> copiers = new ArrayDeque<>();
  private Runnable stopping = () -> {};
  final List<List<String>> asked = new CopyOnWriteArrayList<>();
  final List<List<String>> stopped = new CopyOnWriteArrayList<>();

  UnreliableProcessor(Processor processor, List<String> numbers, List<Supplier<Answer>> answers) {
    this(processor, _ -> numbers, answers);
  }

  /** One that knows people by what their records say. */
  UnreliableProcessor(
      Processor processor,
      Function<SubjectId, List<String>> numbers,
      List<Supplier<Answer>> answers) {
    this.processor = processor;
    this.numbers = numbers;
    this.answers = new ArrayDeque<>(answers);
  }

  @Override
  public Processor processor() {
    return processor;
  }

  @Override
  public List<String> numbers(SubjectId person) {
    return numbers.apply(person);
  }

  @Override
  public Answer erase(List<String> known) {
    asked.add(known);
    return (answers.size() > 1 ? answers.removeFirst() : answers.getFirst()).get();
  }

  /** Does so when it is to end what goes on by itself. */
  UnreliableProcessor stopping(Runnable how) {
    stopping = how;
    return this;
  }

  @Override
  public void stop(List<String> known) {
    stopped.add(known);
    stopping.run();
  }

  /** Hands over a copy in these ways, the last of it for ever. */
  UnreliableProcessor handingOver(List<Copier> ways) {
    copiers.addAll(ways);
    return this;
  }

  @Override
  public Handover copy(List<String> known, Documents into) throws IOException {
    asked.add(known);
    return (copiers.size() > 1 ? copiers.removeFirst() : copiers.getFirst()).copy(into);
  }

  /** One way to hand over a copy. */
  interface Copier {
    Handover copy(Documents into) throws IOException;
  }
}
