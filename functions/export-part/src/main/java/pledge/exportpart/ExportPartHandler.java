package pledge.exportpart;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.regex.Pattern;
import pledge.http.HttpFunction;
import pledge.http.Problem;
import pledge.http.Request;
import pledge.http.Response;
import pledge.privacy.ExportFile;
import pledge.store.Found;
import pledge.store.Throttle.Limit;
import pledge.vault.Environment;
import pledge.vault.SubjectId;

/**
 * {@code GET /privacy/exports/{id}/parts/{part}}: a part of a person's copy, for that person. One
 * after the other they are the ZIP.
 */
public final class ExportPartHandler implements RequestStreamHandler {
  private static final Pattern PART = Pattern.compile("[1-9][0-9]{0,5}");

  /** Parts that one person fetches: a copy of 4 GB, once an hour. */
  private static final Limit PARTS = new Limit("parts", 1_000, Duration.ofHours(1));

  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public ExportPartHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public ExportPartHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private ExportPartHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::route);
  }

  private Response route(Request request) {
    if (!request.route().equals("GET /privacy/exports/{id}/parts/{part}")) {
      return Response.problem(Problem.NOT_FOUND);
    }
    return wiring
        .guard()
        .signedInOrLeaving(
            request,
            person ->
                wiring
                    .limits()
                    .limit(
                        "parts " + person.subject(), PARTS, () -> part(person.subject(), request)));
  }

  private Response part(SubjectId person, Request request) {
    var part = request.pathParameter("part").filter(it -> PART.matcher(it).matches());
    return request
        .pathParameter("id")
        .flatMap(id -> wiring.requests().copy(person, id))
        .flatMap(copy -> part.map(Long::parseLong).map(number -> part(person, copy, number)))
        .orElseGet(() -> Response.problem(Problem.NOT_FOUND));
  }

  private Response part(SubjectId person, Found<ExportFile> copy, long part) {
    var ready = copy.value().ready().orElseThrow();
    if (part > ready.parts()) {
      return Response.problem(Problem.NOT_FOUND);
    }
    var day = LocalDate.ofInstant(ready.at(), ZoneOffset.UTC);
    return ExportFile.open(copy, person, part, wiring.files())
        .map(
            bytes ->
                Response.bytes("application/zip", bytes)
                    .header("content-disposition", "attachment; filename=\"copy-" + day + ".zip\""))
        .orElseGet(() -> Response.problem(Problem.NOT_FOUND));
  }
}
