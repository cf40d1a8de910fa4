package pledge.retention.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pledge.policy.Pledge;
import pledge.privacy.Canaries;
import pledge.privacy.Canaries.Sighting;
import pledge.privacy.PledgeCheck.Result;

/** Canaries: readable while their period lasts, unreadable when it is over, and gone soon. */
final class CanariesCheck implements Check {
  private final Canaries canaries;

  CanariesCheck(Canaries canaries) {
    this.canaries = canaries;
  }

  @Override
  public Set<Pledge> pledges() {
    return Promised.ofAnyCategory();
  }

  @Override
  public List<Finding> run() {
    Map<Pledge, List<Sighting>> byPledge = new EnumMap<>(Pledge.class);
    for (var sighting : canaries.look().values()) {
      for (var pledge : Promised.of(sighting.category())) {
        byPledge.computeIfAbsent(pledge, key -> new ArrayList<>()).add(sighting);
      }
    }
    return byPledge.entrySet().stream()
        .map(entry -> finding(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static Finding finding(Pledge pledge, List<Sighting> sightings) {
    var wrong = new ArrayList<String>();
    var left = new ArrayList<String>();
    var readable = 0;
    for (var sighting : sightings) {
      readable += sighting.readable();
      note(wrong, sighting, sighting.early(), "unreadable before the period's end");
      note(wrong, sighting, sighting.late(), "readable after the period's end");
      note(left, sighting, sighting.left(), "unreadable, and not removed yet");
    }
    if (wrong.isEmpty() && !left.isEmpty()) {
      // The database promises no hour: what cannot be read breaks no promise.
      return new Finding(Set.of(pledge), Result.AT_RISK, "canaries: " + String.join(", ", left));
    }
    return wrong.isEmpty()
        ? new Finding(
            Set.of(pledge),
            Result.KEPT,
            "canaries in "
                + sightings.size()
                + (sightings.size() == 1 ? " kind" : " kinds")
                + " of data: "
                + readable
                + " readable as they should be, none for longer")
        : new Finding(Set.of(pledge), Result.BROKEN, "canaries: " + String.join(", ", wrong));
  }

  private static void note(List<String> wrong, Sighting sighting, int count, String what) {
    if (count > 0) {
      wrong.add(sighting.category() + " " + count + " " + what);
    }
  }
}
