package pledge.runtime;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Events in the form in which Lambda hands them over. */
public final class Events {
  private static final AtomicInteger SOURCES = new AtomicInteger();

  private Events() {}

  /** A request without a body. */
  public static byte[] get(String path, String cookie) {
    return http("GET", path, cookie, "");
  }

  /** A request that ends something. */
  public static byte[] delete(String path, String cookie) {
    return http("DELETE", path, cookie, "");
  }

  /** A request with JSON in its body. */
  public static byte[] post(String path, String body) {
    return http("POST", path, "", body);
  }

  /** The same request, signed by somebody whom IAM lets in. */
  public static byte[] ofStaff(byte[] request) {
    return new String(request, StandardCharsets.UTF_8)
        .replace(
            "\"domainName\"",
            """
            "authorizer": {"iam": {"accessKey": "AKIAIOSFODNN7EXAMPLE", "accountId": "123456789012",
              "callerId": "AIDACKCEVSQ6C2EXAMPLE", "cognitoIdentity": null, "principalOrgId": null,
              "userArn": "arn:aws:iam::123456789012:user/somebody", "userId": "AIDACKCEVSQ6C2EXAMPLE"}},
            "domainName"\
            """)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A message of a queue. */
  public static byte[] message(String body) {
    return """
    {"Records": [{"messageId": "059f36b4-87a3-44ab-83d2-661975830a7d", "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
      "body": "%s", "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1545082649183",
      "SenderId": "AIDAIENQZJOLO23YVJ4VO", "ApproximateFirstReceiveTimestamp": "1545082649185"},
      "messageAttributes": {}, "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3", "eventSource": "aws:sqs",
      "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:notices", "awsRegion": "us-east-1"}]}\
    """
        .formatted(escaped(body))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Each from a network of its own, so that no limit is met. */
  private static byte[] http(String method, String path, String cookie, String body) {
    var number = SOURCES.incrementAndGet();
    var source = "10.%d.%d.%d".formatted(number >> 16, (number >> 8) & 255, number & 255);
    var cookies = cookie.isEmpty() ? "" : "\"cookies\": [\"" + cookie + "\"],";
    var content = body.isEmpty() ? "" : "\"body\": \"" + escaped(body) + "\",";
    return """
    {"version": "2.0", "routeKey": "%1$s %2$s", "rawPath": "%2$s", "rawQueryString": "", %3$s
      "headers": {"accept": "*/*", "accept-encoding": "gzip, deflate, br", "content-type": "application/json",
        "host": "api.pledge.example", "user-agent": "Mozilla/5.0 (a trial of Pledge)",
        "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e", "x-forwarded-for": "%4$s",
        "x-forwarded-port": "443", "x-forwarded-proto": "https"},
      "requestContext": {"accountId": "123456789012", "apiId": "r3pmxmplak", "domainName": "api.pledge.example",
        "domainPrefix": "api", "http": {"method": "%1$s", "path": "%2$s", "protocol": "HTTP/1.1",
          "sourceIp": "%4$s", "userAgent": "Mozilla/5.0 (a trial of Pledge)"},
        "requestId": "JKJaXmPLvHcESHA=", "routeKey": "%1$s %2$s", "stage": "$default",
        "time": "10/Mar/2020:05:16:23 +0000", "timeEpoch": 1583817383220},
      %5$s "isBase64Encoded": false}\
    """
        .formatted(method, path, cookies, source, content)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
