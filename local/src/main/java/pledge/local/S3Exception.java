package pledge.local;

import java.nio.charset.StandardCharsets;

/** A refusal of S3, as it words it. */
final class S3Exception extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  S3Exception(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  Answer answer() {
    var error =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>%s</Message></Error>"
            .formatted(code, Html.escape(String.valueOf(getMessage())));
    return Answer.of(status, "application/xml", error.getBytes(StandardCharsets.UTF_8));
  }
}
