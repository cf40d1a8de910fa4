package pledge.policy;

/**
 * A numbered section of one of the two policies: what a declaration or a pledge comes from.
 *
 * @param section from 1
 */
public record Clause(Seed policy, int section) implements Comparable<Clause> {
  /** Of the policy of Aiko Assistant. */
  static Clause a(int section) {
    return new Clause(Seed.AIKO, section);
  }

  /** Of the policy of the Assisters Developer Platform. */
  static Clause b(int section) {
    return new Clause(Seed.ASSISTERS, section);
  }

  @Override
  public int compareTo(Clause other) {
    var byPolicy = policy.compareTo(other.policy);
    return byPolicy != 0 ? byPolicy : Integer.compare(section, other.section);
  }

  /** As it is cited: {@code A§2}. */
  @Override
  public String toString() {
    return policy.letter() + "§" + section;
  }
}
