package pledge.local;

/** A function did not answer: it threw, ran out of time, or could not start. */
final class FunctionFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean timedOut;

  FunctionFailure(String message, Throwable cause) {
    super(message, cause);
    this.timedOut = false;
  }

  private FunctionFailure(String message) {
    super(message);
    this.timedOut = true;
  }

  static FunctionFailure timeout(FunctionDefinition function) {
    return new FunctionFailure(
        "Task timed out after " + function.timeout().toSeconds() + " seconds");
  }

  boolean timedOut() {
    return timedOut;
  }

  /** What Lambda answers to whoever called the function directly. */
  byte[] toJson() {
    var cause = getCause() == null ? this : getCause();
    var error =
        Json.object()
            .put("errorMessage", timedOut ? getMessage() : String.valueOf(cause.getMessage()));
    return Json.bytes(timedOut ? error : error.put("errorType", cause.getClass().getName()));
  }
}
