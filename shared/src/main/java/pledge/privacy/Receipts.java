package pledge.privacy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.privacy.PrivacyRequest.Step;
import pledge.store.Chains;
import pledge.store.Chains.Addition;
import pledge.store.Found;
import pledge.store.Store;
import pledge.vault.Json;
import pledge.vault.Secrets;
import pledge.vault.SigningKey;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/**
 * Writes the receipt of an erasure, which is the end of it: receipt, row in the audit's chain, and
 * the removal of the request, all or nothing.
 */
public final class Receipts {
  private static final int MOST_ATTEMPTS = 12;

  /** As {@code template.yaml} keeps them. */
  private static final Duration LOGS = Duration.ofDays(14);

  private final Store store;
  private final Chains chains;
  private final SigningKey key;
  private final String issuer;

  /**
   * @param issuer who signs: the service's address
   */
  public Receipts(Store store, SigningKey key, String issuer) {
    this.store = store;
    this.chains = new Chains(store);
    this.key = key;
    this.issuer = issuer;
  }

  /** Ends an erasure; where it has ended already, nothing happens. */
  void end(String id, Found<OpenRequest> open, Found<PrivacyRequest> request, Instant now) {
    var subject = open.value().subject();
    var receipt = new Receipt(id, subject, now, signed(id, subject, request.value(), now));
    for (var attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      if (Receipt.of(store, id).isPresent()) {
        return;
      }
      var head = chains.head(Category.ERASURE_RECEIPT);
      var addition = new Addition<>(Receipt.Row.KIND, head, List.of(receipt.row()));
      if (chains.append(
          List.of(addition),
          transaction ->
              transaction
                  .insert(Receipt.ref(id), receipt)
                  .delete(Receipt.expected(id))
                  .deleteExisting(request.ref())
                  .deleteExisting(open.ref()))) {
        return;
      }
    }
    throw new UnavailableException("the audit", new IllegalStateException("others came first"));
  }

  private String signed(String id, SubjectId subject, PrivacyRequest request, Instant now) {
    var claims = new LinkedHashMap<String, Object>();
    claims.put("iss", issuer);
    claims.put("jti", id);
    claims.put("sub", subject.value());
    claims.put("iat", now.getEpochSecond());
    claims.put("requested_at", request.requestedAt().toString());
    claims.put("completed_at", now.toString());
    claims.put("stages", stages(request.done()).stream().map(Step::view).toList());
    claims.put("processors", request.processorViews());
    claims.put("kept", kept());
    claims.put("residue", residue(request, now));
    var header =
        part(Map.of("alg", "ES256", "typ", "JWT", "kid", Jwk.of(key.publicKey()).thumbprint()));
    var input = header + "." + part(claims);
    return input + "." + Secrets.text(key.sign(input.getBytes(StandardCharsets.US_ASCII)));
  }

  /**
   * All that was done, a deletion in one: in how many runs is nobody's to know, for it may have
   * waited for a hold that the law forbids to tell of.
   */
  private static List<Step> stages(List<Step> done) {
    var stages = new ArrayList<Step>();
    for (var step : done) {
      if (!stages.isEmpty() && stages.getLast().isGoneOnWithIn(step)) {
        stages.add(step.and(counts(stages.removeLast())));
      } else {
        stages.add(step);
      }
    }
    return stages;
  }

  private static Map<String, Long> counts(Step step) {
    var counts = new TreeMap<String, Long>();
    step.found().forEach((name, count) -> counts.put(name, ((Number) count).longValue()));
    return counts;
  }

  /**
   * What declarations say stays, and why: none of it leads to the person any more. Of which of it
   * there was something no receipt says: one kind is legal holds, and the law may forbid to tell of
   * one; what the others stand under was deleted.
   */
  private static List<Object> kept() {
    var kept = new ArrayList<>();
    for (var category : Category.values()) {
      if (category.personal() && category.atErasure() instanceof AtErasure.Kept(var why)) {
        var which = category == Category.ERASURE_RECEIPT ? "this one" : "any that there were";
        kept.add(
            Map.of(
                "category",
                category.name(),
                "which",
                which,
                "why",
                why,
                "for",
                category.retention().words()));
      }
    }
    return kept;
  }

  private static List<Object> residue(PrivacyRequest request, Instant now) {
    var residue = new ArrayList<>();
    request
        .processors()
        .forEach(
            (processor, line) ->
                line.until()
                    .ifPresent(
                        end -> {
                          residue.add(remains(processor.shortName(), line.what(), end));
                          if (line.isForLater()) {
                            residue.add(
                                remains(
                                    Table.AUDIT.words() + " and its backups",
                                    "the number by which "
                                        + processor.shortName()
                                        + " is asked again then",
                                    backedUp(Table.AUDIT, end)));
                          }
                        }));
    residue.add(
        remains(
            "backups of " + Table.AUDIT.words(),
            "what was to be done for the account, such as this request, under random ids",
            backedUp(Table.AUDIT, now)));
    residue.add(
        remains(
            "backups of " + Table.SUBJECTS.words(),
            "the request's own stages, under random ids",
            backedUp(Table.SUBJECTS, now)));
    residue.add(
        remains(
            "logs of our functions",
            "that somebody with this random id signed in, and the like",
            now.plus(LOGS)));
    return residue;
  }

  private static Map<String, Object> remains(String where, String what, Instant until) {
    return Map.of("where", where, "what", what, "until", until.toString());
  }

  /** Until when a backup of a table reaches back to what was deleted there at that moment. */
  private static Instant backedUp(Table table, Instant deletedAt) {
    return deletedAt.plus(Duration.ofDays(table.backupDays()));
  }

  private static String part(Map<String, Object> json) {
    return Secrets.text(Json.MAPPER.toJson(json).getBytes(StandardCharsets.UTF_8));
  }
}
