package pledge.local;

/** A refusal of Cloudflare, in the envelope that all of its answers have. */
final class CloudflareException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final int code;

  CloudflareException(int status, int code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  Answer answer() {
    var body = Json.object().put("success", false);
    body.putArray("errors")
        .add(Json.object().put("code", code).put("message", String.valueOf(getMessage())));
    body.putArray("messages");
    body.putNull("result");
    return Answer.json(status, body);
  }
}
