package pledge.pledges;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import pledge.policy.Category;
import pledge.policy.Pledge;
import pledge.privacy.PledgeCheck;

/**
 * Every pledge beside the last check of it, and the tests that carry its id.
 *
 * @param checks a pledge that no running check watches is missing
 */
record Sheet(Map<Pledge, PledgeCheck> checks, PledgeTests tests, Instant now) {
  Optional<PledgeCheck> check(Pledge pledge) {
    return Optional.ofNullable(checks.get(pledge));
  }

  long count(PledgeCheck.Result result) {
    return checks.values().stream().filter(check -> check.result() == result).count();
  }

  Duration age(PledgeCheck check) {
    return Duration.between(check.at(), now);
  }

  /** Since the day began on which the list of tests was last changed. */
  Duration ageOfTests() {
    return Duration.between(tests.asOf().atStartOfDay(ZoneOffset.UTC).toInstant(), now);
  }

  /** With neither a check nor a test there is nothing yet that could keep it. */
  boolean isBuilt(Pledge pledge) {
    return checks.containsKey(pledge) || !tests.of(pledge).isEmpty();
  }

  Map<String, Object> asJson() {
    return Map.of(
        "testsAsOf", tests.asOf().toString(),
        "pledges", Stream.of(Pledge.values()).map(this::asJson).toList());
  }

  private Map<String, Object> asJson(Pledge pledge) {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", pledge.id());
    json.put("group", pledge.group().title());
    json.put(
        "promises",
        pledge.quotes().stream()
            .map(
                quote ->
                    Map.of(
                        "policy", quote.clause().policy().title(),
                        "clause", quote.clause().toString(),
                        "words", quote.words()))
            .toList());
    json.put("enforcement", pledge.enforcement());
    json.put("categories", pledge.categories().stream().map(Category::name).toList());
    check(pledge).ifPresent(check -> json.put("check", asJson(check)));
    json.put("tests", tests.of(pledge));
    return json;
  }

  private Map<String, Object> asJson(PledgeCheck check) {
    return Map.of(
        "result", check.result().name(),
        "evidence", check.evidence(),
        "at", check.at().toString(),
        "ageSeconds", age(check).toSeconds());
  }
}
