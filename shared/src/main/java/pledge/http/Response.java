package pledge.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pledge.vault.Json;

/** An answer, on its way out. */
public final class Response {
  private final int status;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final List<String> cookies = new ArrayList<>();
  private final String body;
  private final boolean base64;

  private Response(int status, String body) {
    this(status, body, false);
  }

  private Response(int status, String body, boolean base64) {
    this.status = status;
    this.body = body;
    this.base64 = base64;
  }

  /** A JSON value: maps, lists, texts, numbers, flags. */
  public static Response json(int status, Object value) {
    return new Response(status, Json.MAPPER.toJson(value))
        .header("content-type", "application/json");
  }

  /** A page; its content security policy is the caller's to set. */
  public static Response html(String page) {
    return text("text/html; charset=utf-8", page);
  }

  /** A text of that media type. */
  public static Response text(String mediaType, String text) {
    return new Response(200, text).header("content-type", mediaType);
  }

  /** Bytes of that media type: 4 MiB at most, as a function answers 6 MB with all around it. */
  public static Response bytes(String mediaType, byte[] bytes) {
    return new Response(200, Base64.getEncoder().encodeToString(bytes), true)
        .header("content-type", mediaType);
  }

  public static Response noContent() {
    return new Response(204, "");
  }

  /** Problem details (RFC 9457). */
  public static Response problem(Problem problem) {
    return problem(problem, Map.of());
  }

  /** Problem details with members of their own, for instance {@code errors}. */
  public static Response problem(Problem problem, Map<String, Object> members) {
    var details = new LinkedHashMap<String, Object>();
    details.put("type", problem.type());
    details.put("title", problem.title());
    details.put("status", problem.status());
    details.putAll(members);
    var response =
        new Response(problem.status(), Json.MAPPER.toJson(details))
            .header("content-type", "application/problem+json");
    // RFC 9110 §15.5.2 asks for a challenge; ours is met by POST /session.
    return problem.status() == 401
        ? response.header("www-authenticate", "Session realm=\"pledge\"")
        : response;
  }

  /**
   * As {@link #problem}, and when to try again ({@code Retry-After}, RFC 9110 §10.2.3, whole
   * seconds, rounded up).
   */
  public static Response problem(Problem problem, Duration retryAfter) {
    return problem(problem)
        .header(
            "retry-after", Long.toString(Math.max(1, Math.ceilDiv(retryAfter.toMillis(), 1_000L))));
  }

  public Response header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** As {@link #header}, unless it has one of that name. */
  Response headerIfAbsent(String name, String value) {
    headers.putIfAbsent(name, value);
    return this;
  }

  /** A {@code Set-Cookie} line. */
  public Response cookie(String line) {
    cookies.add(line);
    return this;
  }

  boolean isBase64() {
    return base64;
  }

  public int status() {
    return status;
  }

  public String body() {
    return body;
  }

  Map<String, String> headers() {
    return headers;
  }

  List<String> cookies() {
    return cookies;
  }
}
