package pledge.assistant;

import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import pledge.policy.Category;
import pledge.store.Change;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;

/**
 * Somebody's assistant: the name of its script and its storage, and what it is given. There is one
 * record a person, or none.
 *
 * @param script random, and of this assistant alone: one that is made after it has another
 * @param revision another one with each change: whoever changes it names the one that was read
 * @param settings another one with each change of the configuration
 * @param busyUntil until when somebody is at work at it, and nobody else begins
 * @param endedAt since when it is being deleted: from then on it does not come back
 * @param inside what is sealed; empty where the record was read without being opened
 */
public record Assistant(
    State state,
    String script,
    String revision,
    String settings,
    Optional<Instant> busyUntil,
    Optional<Instant> endedAt,
    Optional<Inside> inside) {

  public static final Kind<Assistant> KIND =
      new Kind<>(Category.ASSISTANT, "ASSISTANT", 1, Assistant::write, Assistant::read);

  private static final int NAME_BYTES = 16;
  private static final int KEY_BYTES = 32;

  /** How it stands. That there is none has no record. */
  public enum State {
    PROVISIONING,
    RUNNING,
    /** It is kept, and stands still. */
    SUSPENDED,
    DEPROVISIONING,
    /** For days it could not be made what it is to be; that is still tried. */
    FAILED;

    /** {@code running}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What only its person, the assistant and we may know.
   *
   * @param token that it answers to
   * @param secret that what it stores is encrypted with
   */
  public record Inside(Configuration configuration, String token, String secret) {
    @Override
    public String toString() {
      return "Inside[redacted]";
    }
  }

  /** The one of a person. */
  public static Ref<Assistant> ref(SubjectId person) {
    return KIND.in(person.value());
  }

  /** A new one, of which nothing is made yet. */
  static Assistant begun() {
    return new Assistant(
        State.PROVISIONING,
        // Hexadecimal: Cloudflare takes lower-case letters and digits.
        HexFormat.of().formatHex(Secrets.random(NAME_BYTES)),
        another(),
        another(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(
            new Inside(
                Configuration.NONE,
                Secrets.text(Secrets.random(KEY_BYTES)),
                Secrets.text(Secrets.random(KEY_BYTES)))));
  }

  /** The same, with other settings. */
  Assistant with(Configuration configuration) {
    var before = opened();
    return new Assistant(
        state,
        script,
        another(),
        another(),
        busyUntil,
        endedAt,
        Optional.of(new Inside(configuration, before.token(), before.secret())));
  }

  /** What is sealed, of a record that was opened. */
  public Inside opened() {
    return inside.orElseThrow(() -> new IllegalStateException("the record was not opened"));
  }

  /** Where it is still as it was read; whoever changes it leaves another revision. */
  Change change() {
    return unchanged().set("revision", another());
  }

  /** That it is still as it was read. */
  Change unchanged() {
    return Change.of(Category.ASSISTANT).where("revision", revision);
  }

  private static String another() {
    return Secrets.text(Secrets.random(NAME_BYTES));
  }

  private Fields write() {
    var fields =
        new Fields(Category.ASSISTANT)
            .text("state", state.name())
            .text("script", script)
            .text("revision", revision)
            .text("settings", settings);
    busyUntil.ifPresent(moment -> fields.instant("busyUntil", moment));
    endedAt.ifPresent(moment -> fields.instant("endedAt", moment));
    inside.ifPresent(
        held ->
            fields
                .text("configuration", held.configuration().json())
                .text("token", held.token())
                .text("secret", held.secret()));
    return fields;
  }

  private static Assistant read(Fields fields) {
    return new Assistant(
        State.valueOf(fields.text("state")),
        fields.text("script"),
        fields.text("revision"),
        fields.text("settings"),
        fields.optionalInstant("busyUntil"),
        fields.optionalInstant("endedAt"),
        fields
            .optionalText("configuration")
            .map(
                configuration ->
                    new Inside(
                        Configuration.of(configuration),
                        fields.text("token"),
                        fields.text("secret"))));
  }

  @Override
  public String toString() {
    return "Assistant[" + state + "]";
  }
}
