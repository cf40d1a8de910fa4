package pledge.local;

import org.jspecify.annotations.Nullable;

/** A refusal, in the words and with the codes that Stripe uses. */
final class StripeError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final @Nullable String code;
  private final @Nullable String param;

  StripeError(
      int status, String type, @Nullable String code, @Nullable String param, String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
  }

  /** The request names something that is not there, in its path: 404. */
  static StripeError missing(String kind, String id) {
    return new StripeError(
        404, "invalid_request_error", "resource_missing", "id", noSuch(kind, id));
  }

  /** A parameter names something that is not there: 400. */
  static StripeError missingIn(String param, String kind, String id) {
    return new StripeError(
        400, "invalid_request_error", "resource_missing", param, noSuch(kind, id));
  }

  static StripeError unknownParameter(String param) {
    return new StripeError(
        400,
        "invalid_request_error",
        "parameter_unknown",
        param,
        "Received unknown parameter: " + param);
  }

  static StripeError requiredParameter(String param) {
    return new StripeError(
        400,
        "invalid_request_error",
        "parameter_missing",
        param,
        "Missing required param: " + param + ".");
  }

  /** A parameter cannot be what it is. */
  static StripeError invalid(@Nullable String param, String message) {
    return new StripeError(400, "invalid_request_error", null, param, message);
  }

  /** What was asked for does not go with the state that something is in. */
  static StripeError invalidState(String code, String message) {
    return new StripeError(400, "invalid_request_error", code, null, message);
  }

  /** What a test has it answer. */
  static StripeError ordered(int status) {
    return status == 429
        ? new StripeError(
            429, "invalid_request_error", "rate_limit", null, "Request rate limit exceeded.")
        : new StripeError(status, "api_error", null, null, "A test asked for this error.");
  }

  static StripeError cardDeclined(String code, String message) {
    return new StripeError(402, "card_error", code, null, message);
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  Answer answer() {
    var error = Json.object();
    if (code != null) {
      error.put("code", code);
    }
    error.put("message", getMessage());
    if (param != null) {
      error.put("param", param);
    }
    error.put("type", type);
    return Answer.json(status, Json.object().set("error", error));
  }

  private static String noSuch(String kind, String id) {
    return "No such " + kind + ": '" + id + "'";
  }
}
