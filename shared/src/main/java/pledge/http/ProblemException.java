package pledge.http;

import java.io.Serial;

/** Ends a request with a problem, from wherever it is found. */
public final class ProblemException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final transient Response response;

  /** With nothing more to say than the problem itself. */
  public ProblemException(Problem problem) {
    this(Response.problem(problem));
  }

  /** With an answer of its own. */
  public ProblemException(Response response) {
    super("answered with " + response.status(), null, false, false);
    this.response = response;
  }

  Response response() {
    return response;
  }
}
