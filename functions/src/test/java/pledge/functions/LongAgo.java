package pledge.functions;

import java.time.Instant;
import java.util.function.Function;
import pledge.local.Machine;
import pledge.policy.Category;
import pledge.policy.PolicyDocument;
import pledge.store.Backend;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.vault.Environment;

/** Lets somebody who is signed in have accepted a policy as it was before all that we published. */
final class LongAgo {
  static final String VERSION = "2025-01-01";

  private static final Kind<Fields> CONSENT =
      new Kind<>(Category.CONSENT, "CONSENT", 1, Function.identity(), Function.identity());

  private LongAgo() {}

  static void accepted(Machine machine, Person person, PolicyDocument policy) {
    var settings = machine.environment("AccountFunction");
    var store = Backend.of(new Environment(settings, machine.clock())).store();
    var subject = Problems.json(person.get("/session")).path("subject").asText();
    store.delete(CONSENT.in(subject, policy.id() + "#" + policy.version()));
    var accepted =
        new Fields(Category.CONSENT)
            .flag("given", true)
            .text("version", VERSION)
            .text("hash", "00")
            .instant("decidedAt", Instant.parse(VERSION + "T00:00:00Z"));
    store.insert(CONSENT.in(subject, policy.id() + "#" + VERSION), accepted, Instant.MAX);
  }
}
