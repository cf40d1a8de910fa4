package pledge.subject;

import java.time.Instant;
import java.util.Optional;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * That a person is signed in somewhere.
 *
 * @param tokenHash SHA-256 of the token that the browser holds
 * @param seenAt the last use, to the hour
 * @param leaving the request to be erased, while one is open: the session begins nothing new
 * @param origin where from; empty where the record was read without being opened
 */
public record Session(
    byte[] tokenHash,
    Instant signedInAt,
    Instant seenAt,
    Optional<String> leaving,
    Optional<Origin> origin) {
  static final Kind<Session> KIND =
      new Kind<>(Category.SESSION, "SESSION", 1, Session::write, Session::read);

  /** Where a session was opened from: for its owner to recognise. */
  public record Origin(String address, String userAgent) {
    @Override
    public String toString() {
      return "Origin[redacted]";
    }
  }

  private Fields write() {
    var fields =
        new Fields(Category.SESSION)
            .bytes("tokenHash", tokenHash)
            .instant("signedInAt", signedInAt)
            .instant("seenAt", seenAt);
    leaving.ifPresent(request -> fields.text("leaving", request));
    origin.ifPresent(
        from -> fields.text("address", from.address()).text("userAgent", from.userAgent()));
    return fields;
  }

  private static Session read(Fields fields) {
    return new Session(
        fields.bytes("tokenHash"),
        fields.instant("signedInAt"),
        fields.instant("seenAt"),
        fields.optionalText("leaving"),
        fields
            .optionalText("address")
            .map(address -> new Origin(address, fields.text("userAgent"))));
  }
}
