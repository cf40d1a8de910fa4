package pledge.local;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * S3 on loopback, with its buckets in the path: objects are put, got, listed and deleted, one at a
 * time and whole. What else S3 can do is refused as not implemented.
 */
final class S3StandIn implements StandIn {
  private static final Pattern SIGNED =
      Pattern.compile("AWS4-HMAC-SHA256 Credential=[^/,]+/\\d{8}/[^/,]+/s3/aws4_request,.*");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final int LONGEST_KEY = 1_024;
  private static final int MOST_KEYS = 1_000;

  private final Buckets buckets;
  private final URI address;

  S3StandIn(Buckets buckets, URI address) {
    this.buckets = buckets;
    this.address = address;
  }

  @Override
  public String name() {
    return "S3";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("AWS_ENDPOINT_URL_S3", address.toString());
  }

  /** Whether a call is for S3: its signature says for which service it is. */
  static boolean isMeant(String authorization) {
    return SIGNED.matcher(authorization).matches();
  }

  Answer answer(Call call) {
    try {
      if (buckets.fails()) {
        throw new S3Exception(503, "SlowDown", "Please reduce your request rate.");
      }
      var path = call.path().substring(1).split("/", 2);
      var bucket = path[0];
      var key =
          path.length > 1
              ? URLDecoder.decode(path[1].replace("+", "%2B"), StandardCharsets.UTF_8)
              : "";
      if (!buckets.has(bucket)) {
        throw new S3Exception(404, "NoSuchBucket", "The specified bucket does not exist");
      }
      if (key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
        throw new S3Exception(400, "KeyTooLongError", "Your key is too long");
      }
      return switch (call.method() + (key.isEmpty() ? " bucket" : " object")) {
        case "PUT object" -> put(bucket, key, call);
        case "GET object" -> get(bucket, key);
        case "DELETE object" -> {
          buckets.delete(bucket, key);
          yield Answer.of(204, "application/xml", new byte[0]);
        }
        case "GET bucket" -> list(bucket, call);
        default -> throw new S3Exception(501, "NotImplemented", "The stand-in does not do this.");
      };
    } catch (S3Exception e) {
      return e.answer();
    }
  }

  private Answer put(String bucket, String key, Call call) {
    if (call.header("x-amz-copy-source").isPresent()
        || call.header("content-encoding").filter(it -> it.contains("aws-chunked")).isPresent()) {
      throw new S3Exception(501, "NotImplemented", "The stand-in takes an object whole.");
    }
    var hash = call.header("x-amz-content-sha256").filter(it -> HASH.matcher(it).matches());
    if (hash.isPresent() && !hash.get().equals(sha256(call.body()))) {
      throw new S3Exception(
          400,
          "XAmzContentSHA256Mismatch",
          "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    buckets.write(bucket, key, call.body());
    return Answer.of(200, "application/xml", new byte[0]).with("ETag", tag(call.body()));
  }

  private Answer get(String bucket, String key) {
    return buckets
        .read(bucket, key)
        .map(body -> Answer.of(200, "application/octet-stream", body).with("ETag", tag(body)))
        .orElseThrow(() -> new S3Exception(404, "NoSuchKey", "The specified key does not exist."));
  }

  /** {@code ListObjectsV2}. */
  private Answer list(String bucket, Call call) {
    if (!parameter(call, "list-type").equals(Optional.of("2"))) {
      throw new S3Exception(501, "NotImplemented", "The stand-in knows ListObjectsV2 alone.");
    }
    var prefix = parameter(call, "prefix").orElse("");
    var after =
        parameter(call, "continuation-token").or(() -> parameter(call, "start-after")).orElse("");
    var most = parameter(call, "max-keys").map(Integer::parseInt).orElse(MOST_KEYS);
    var all =
        buckets.objects(bucket).entrySet().stream()
            .filter(
                object ->
                    object.getKey().startsWith(prefix) && object.getKey().compareTo(after) > 0)
            .toList();
    var page = all.subList(0, Math.min(Math.min(most, MOST_KEYS), all.size()));
    return Answer.of(
        200,
        "application/xml",
        xml(bucket, page, page.size() < all.size()).getBytes(StandardCharsets.UTF_8));
  }

  private static String xml(String bucket, List<Map.Entry<String, Long>> page, boolean more) {
    var xml =
        new StringBuilder(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult"
                + " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>"
                + bucket
                + "</Name><KeyCount>"
                + page.size()
                + "</KeyCount><IsTruncated>"
                + more
                + "</IsTruncated>");
    if (more) {
      xml.append("<NextContinuationToken>")
          .append(Html.escape(page.getLast().getKey()))
          .append("</NextContinuationToken>");
    }
    for (var object : page) {
      xml.append("<Contents><Key>")
          .append(Html.escape(object.getKey()))
          .append("</Key><Size>")
          .append(object.getValue())
          .append("</Size></Contents>");
    }
    return xml.append("</ListBucketResult>").toString();
  }

  private static Optional<String> parameter(Call call, String name) {
    return Arrays.stream(call.query().split("&", -1))
        .map(pair -> pair.split("=", 2))
        .filter(pair -> pair[0].equals(name))
        .map(pair -> pair.length > 1 ? URLDecoder.decode(pair[1], StandardCharsets.UTF_8) : "")
        .findFirst();
  }

  private static String tag(byte[] body) {
    return '"' + sha256(body).substring(0, 32) + '"';
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
