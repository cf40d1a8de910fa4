package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * IAM authorisation of the HTTP API for the two callers that this machine knows, {@code
 * local:local} and {@code other:other}, for what two must agree on: AWS Signature Version 4 in the
 * {@code Authorization} header. The SDK's signers choose themselves what they sign, so they cannot
 * check what another program chose.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">signed
 *     requests</a>
 */
final class IamAuthorizer {
  private static final String SERVICE = "execute-api";
  private static final Duration LARGEST_SKEW = Duration.ofMinutes(5);
  private static final HexFormat HEX = HexFormat.of();

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssX", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=(local|other)/(\\d{8}/"
              + Pattern.quote(Names.REGION + "/" + SERVICE)
              + "/aws4_request), *SignedHeaders=([^ ,]+), *Signature=([0-9a-f]{64})");

  private final InstantSource real;

  /**
   * @param real signatures tell real time, whatever time it is on this machine
   */
  IamAuthorizer(InstantSource real) {
    this.real = real;
  }

  /** Who called, in an event of payload format 2.0. */
  static ObjectNode caller(Call call) {
    var authorization = AUTHORIZATION.matcher(call.header("Authorization").orElse(""));
    if (!authorization.matches()) {
      throw new IllegalStateException("a call that was not let in");
    }
    var key = authorization.group(1);
    var user = key.toUpperCase(Locale.ROOT);
    var iam =
        Json.object()
            .put("accessKey", key)
            .put("accountId", Names.ACCOUNT)
            .put("callerId", user)
            .putNull("cognitoIdentity")
            .putNull("principalOrgId")
            .put("userArn", "arn:aws:iam::" + Names.ACCOUNT + ":user/" + key)
            .put("userId", user);
    return Json.object().set("iam", iam);
  }

  /** Whether the caller signed just this, just now. */
  boolean admits(Call call) {
    var authorization = AUTHORIZATION.matcher(call.header("Authorization").orElse(""));
    var date = call.header("X-Amz-Date").orElse("");
    if (!authorization.matches() || !isNow(date)) {
      return false;
    }
    var scope = authorization.group(2);
    var signed = List.of(authorization.group(3).split(";", -1));
    if (!date.startsWith(scope.substring(0, 8)) || !signed.containsAll(toBeSigned(call))) {
      return false;
    }
    var text =
        "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + sha256(bytes(canonical(call, signed)));
    // Each one's secret is the key's own name.
    var key = bytes("AWS4" + authorization.group(1));
    for (var part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    return MessageDigest.isEqual(hmac(key, text), HEX.parseHex(authorization.group(4)));
  }

  private boolean isNow(String date) {
    try {
      var skew = Duration.between(Instant.from(DATE.parse(date)), real.instant());
      return skew.abs().compareTo(LARGEST_SKEW) <= 0;
    } catch (DateTimeException _) {
      return false;
    }
  }

  private static Collection<String> toBeSigned(Call call) {
    return call.headers().stream()
        .map(header -> header.getKey().toLowerCase(Locale.ROOT))
        .filter(name -> name.equals("host") || name.startsWith("x-amz-"))
        .toList();
  }

  private static String canonical(Call call, List<String> signed) {
    var headers =
        signed.stream()
            .map(name -> name + ":" + value(call, name) + "\n")
            .collect(Collectors.joining(""));
    return String.join(
        "\n",
        call.method(),
        // Encoded once more than it came, as for every service but S3.
        encoded(call.path()).replace("%2F", "/"),
        query(call.query()),
        headers,
        String.join(";", signed),
        sha256(call.body()));
  }

  private static String value(Call call, String name) {
    return call.headers().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(header -> header.getValue().strip().replaceAll(" +", " "))
        .collect(Collectors.joining(","));
  }

  private static String query(String raw) {
    return Arrays.stream(raw.split("&", -1))
        .filter(pair -> !pair.isEmpty())
        .map(pair -> pair.split("=", 2))
        .map(pair -> Map.entry(again(pair[0]), pair.length > 1 ? again(pair[1]) : ""))
        .sorted(
            Comparator.comparing(Map.Entry<String, String>::getKey)
                .thenComparing(Map.Entry::getValue))
        .map(pair -> pair.getKey() + "=" + pair.getValue())
        .collect(Collectors.joining("&"));
  }

  /** Encoded in the one canonical way, however it came. */
  private static String again(String encoded) {
    try {
      return encoded(URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException _) {
      return encoded; // a stray percent sign
    }
  }

  /** All but the unreserved characters of RFC 3986 §2.3. */
  private static String encoded(String text) {
    var encoded = new StringBuilder();
    for (var octet : bytes(text)) {
      var c = (char) (octet & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
      }
    }
    return encoded.toString();
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(bytes(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
