package pledge.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes the register of processors: who they are, where, and what each is sent. */
final class ProcessorRegister {
  private ProcessorRegister() {}

  static String text() {
    return Template.fill(
        "processor-register.md",
        Map.of(
            "controller",
            Controller.NAME,
            "processors",
            Arrays.stream(Processor.values())
                .map(ProcessorRegister::section)
                .collect(Collectors.joining("\n\n"))));
  }

  private static String section(Processor processor) {
    var rows = new ArrayList<String>();
    rows.add("Company: " + processor.company());
    rows.add("What for: " + processor.service());
    rows.add("Where: " + processor.country());
    rows.add("Safeguard for transfers: " + processor.safeguard());
    rows.add("Privacy policy: <" + processor.privacyPolicy() + ">");
    rows.add("Data protection terms: <" + processor.terms() + ">");
    rows.add("Optional: " + (processor.optional() ? "yes" : "no"));
    var sent = sent(processor);
    var held = held(processor);
    return "## %s\n\n%s\n\nWhat it is sent:\n\n%s\n\nWhat it holds for us:\n\n%s"
        .formatted(
            processor.shortName(),
            Words.bullets(rows),
            Words.bullets(sent),
            held.isEmpty() ? "- nothing beyond what it is sent" : Words.bullets(held));
  }

  private static List<String> sent(Processor processor) {
    return Arrays.stream(Category.values())
        .filter(category -> category.seenBy().contains(processor))
        .map(
            category ->
                "of %s: %s"
                    .formatted(
                        category.words(), Words.fields(Words.seenFields(category, processor))))
        .toList();
  }

  private static List<String> held(Processor processor) {
    return Arrays.stream(Category.values())
        .flatMap(category -> category.holdings().stream())
        .filter(holding -> holding.processor() == processor)
        .map(Holding::words)
        .toList();
  }
}
