package pledge.local;

/** An error as KMS names it, with its HTTP status. */
final class KmsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String type;
  private final int status;

  KmsException(String type, String message) {
    this(type, 400, message);
  }

  KmsException(String type, int status, String message) {
    super(message);
    this.type = type;
    this.status = status;
  }

  String type() {
    return type;
  }

  int status() {
    return status;
  }
}
