package pledge.usage;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.DateTimeException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pledge.http.HttpFunction;
import pledge.http.Problem;
import pledge.http.RateLimits;
import pledge.http.Request;
import pledge.http.Response;
import pledge.http.StaffGuard;
import pledge.privacy.UsageAggregate;
import pledge.privacy.UsageAggregates;
import pledge.store.Backend;
import pledge.vault.Environment;

/**
 * {@code GET /staff/usage/{period}}: how much was used in a day or month, over 20 customers or
 * more. It is all that staff see of usage without a grant.
 */
public final class UsageHandler implements RequestStreamHandler {
  private final HttpFunction http;
  private final UsageAggregates aggregates;
  private final StaffGuard staff;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public UsageHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public UsageHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private UsageHandler(Environment environment) {
    http = new HttpFunction(environment);
    var backend = Backend.of(environment);
    aggregates = new UsageAggregates(backend);
    staff = new StaffGuard(new RateLimits(backend, environment.clock()));
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::admit);
  }

  private Response admit(Request request) {
    return staff.admitted(request, caller -> route(request));
  }

  private Response route(Request request) {
    return switch (request.route()) {
      case "GET /staff/usage/{period}" ->
          request
              .pathParameter("period")
              .flatMap(this::view)
              .orElseGet(() -> Response.problem(Problem.NOT_FOUND));
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  /** Of {@code 2026-11-21} or {@code 2026-11}; empty where it is neither. */
  private Optional<Response> view(String period) {
    try {
      return Optional.of(
          view(
              period,
              period.length() > 7
                  ? aggregates.of(LocalDate.parse(period))
                  : aggregates.of(YearMonth.parse(period))));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Response view(String period, List<UsageAggregate> figures) {
    return Response.json(
        200,
        Map.of(
            "period",
            period,
            "figures",
            figures.stream()
                .map(
                    figure ->
                        Map.of(
                            "feature", figure.feature(),
                            "customers", figure.customers(),
                            "requests", figure.requests(),
                            "tokens", figure.tokens()))
                .toList()));
  }
}
