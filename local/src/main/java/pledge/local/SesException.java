package pledge.local;

/** An error as SES names it, with its HTTP status. */
final class SesException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String type;
  private final int status;

  SesException(String type, int status, String message) {
    super(message);
    this.type = type;
    this.status = status;
  }

  Answer answer() {
    var body = Json.object().put("message", getMessage());
    return Answer.json(status, body).with("x-amzn-ErrorType", type);
  }
}
