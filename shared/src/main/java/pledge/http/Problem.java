package pledge.http;

import java.util.Locale;

/**
 * What can be wrong with a request, as problem details (RFC 9457). Each has one status and one
 * sentence that gives nothing away.
 */
public enum Problem {
  MALFORMED_JSON(400, "The body is not a JSON object"),
  NOT_SIGNED(400, "That is not signed by whom it should be"),
  LINK_DID_NOT_WORK(400, "That link did not work"),
  NOT_SIGNED_IN(401, "You are not signed in"),
  WRONG_CREDENTIALS(401, "That address and password did not work"),
  OTHER_ORIGIN(403, "The request comes from another site"),
  SIGN_IN_AGAIN(403, "Sign in again first: your last sign-in is too long ago for this"),
  LEAVING(403, "This account is being erased: take that back first"),
  FOR_STAFF_ONLY(403, "Only staff may do that"),
  NOT_GRANTED(403, "Nothing allows that"),
  NOT_FOUND(404, "There is nothing here"),
  SUBSCRIBED_ALREADY(409, "You have a subscription already"),
  NEVER_SUBSCRIBED(409, "You have no subscription yet"),
  ASSISTANT_ENDS(409, "The assistant is being deleted"),
  CHANGED_MEANWHILE(409, "It was changed meanwhile: look at it again first"),
  TOO_LATE(409, "It is too late for that"),
  REQUIRED_BY_LAW(409, "The law requires that: it cannot be taken back"),
  INCIDENT_CLOSED(409, "The incident is closed"),
  STILL_TELLING(409, "People are still being told"),
  OWN_PROPOSAL(409, "Another member of staff must confirm it"),
  HOLD_CONFIRMED(409, "Another member of staff has confirmed it"),
  HOLD_OVER(409, "The hold is over"),
  TOO_LARGE(413, "The body is too large"),
  NOT_JSON(415, "The body must be application/json"),
  INVALID_FIELDS(422, "Some fields are not valid"),
  TOO_MANY_REQUESTS(429, "Too many requests"),
  UNAVAILABLE(503, "The service cannot answer just now");

  private final int status;
  private final String title;

  Problem(int status, String title) {
    this.status = status;
    this.title = title;
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** A name for programs: it never changes and leads nowhere. */
  public String type() {
    return "urn:pledge:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
