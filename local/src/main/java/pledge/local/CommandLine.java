package pledge.local;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** What the run command was asked to do. */
sealed interface CommandLine {
  /** How to ask. */
  String HELP =
      """
      Runs template.yaml on this machine: its HTTP API, functions, tables, streams, queues, schedules and keys,
      with stand-ins for KMS, mail, Stripe and Cloudflare. Everything listens on the loopback interface only.

        --port N          port of the HTTP API (8080)
        --data FOLDER     where data is kept (.pledge beside the template)
        --memory          keep nothing
        --template FILE   the template (template.yaml here or in a folder above)
        --help            this text

      With its key in the environment, and what follows it here, a service is itself spoken to, not its stand-in:

        STRIPE_KEY              one for tests, sk_test_...
        STRIPE_PLANS            what can be subscribed to: personal=price_...,family=price_...
        STRIPE_WEBHOOK_SECRETS  what this says: stripe listen --forward-to localhost:8080/webhooks/stripe

        CLOUDFLARE_TOKEN        it may edit Workers scripts and D1
        CLOUDFLARE_ACCOUNT      the account's number
        CLOUDFLARE_NAMESPACE    the dispatch namespace (assistants)
        ASSISTANT_URL           where the dispatcher answers: https://assistants.example.org/{script}
        MODEL_URL               whom the assistants ask for replies

      /_local/ shows what runs, the mails sent, and a clock that can be moved. Ctrl-C stops it.
      """;

  /** Run like this. */
  record Run(Options options, Optional<Path> data) implements CommandLine {}

  /** Say how to ask. */
  record Help() implements CommandLine {}

  /** It was not understood, and why. */
  record Wrong(String sentence) implements CommandLine {}

  /** Reads the arguments. */
  static CommandLine parse(List<String> arguments) {
    var words = new ArrayDeque<>(arguments);
    var port = 8080;
    var memory = false;
    Optional<Path> data = Optional.empty();
    Optional<Path> template = Optional.empty();
    while (!words.isEmpty()) {
      var word = words.pop();
      switch (word) {
        case "--help", "-h" -> {
          return new Help();
        }
        case "--memory" -> memory = true;
        case "--port", "--data", "--template" -> {
          if (words.isEmpty()) {
            return new Wrong(word + " needs a value: see --help.");
          }
          var value = words.pop();
          switch (word) {
            case "--data" -> data = Optional.of(Path.of(value));
            case "--template" -> template = Optional.of(Path.of(value));
            default -> {
              if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > 65_535) {
                return new Wrong("--port needs a number from 0 to 65535, not " + value + ".");
              }
              port = Integer.parseInt(value);
            }
          }
        }
        default -> {
          return new Wrong("The option " + word + " is not known: see --help.");
        }
      }
    }
    if (memory && data.isPresent()) {
      return new Wrong("--memory keeps nothing, so --data has no use: leave one out.");
    }
    return run(port, memory, data, template);
  }

  private static CommandLine run(
      int port, boolean memory, Optional<Path> data, Optional<Path> template) {
    Path file;
    try {
      file = template.orElseGet(() -> TemplateReader.find(Path.of("")));
    } catch (MachineException e) {
      return new Wrong(String.valueOf(e.getMessage()));
    }
    if (memory) {
      return new Run(
          Options.inMemory().withTickingClock().withPort(port).withTemplate(file),
          Optional.empty());
    }
    var folder = data.orElseGet(() -> file.toAbsolutePath().resolveSibling(".pledge").normalize());
    return new Run(Options.persistent(folder, port).withTemplate(file), Optional.of(folder));
  }
}
