package pledge.processor.cloudflare;

import java.nio.charset.StandardCharsets;
import pledge.vault.Secrets;

/** A {@code multipart/form-data} body (RFC 7578), text part by text part. */
final class Multipart {
  private final String boundary = Secrets.text(Secrets.random(24));
  private final StringBuilder body = new StringBuilder();

  Multipart part(String name, String type, String text) {
    body.append("--").append(boundary);
    body.append("\r\nContent-Disposition: form-data; name=\"").append(name);
    // With a file name a part is taken for a file, which a module has to be.
    body.append("\"; filename=\"").append(name).append("\"\r\nContent-Type: ").append(type);
    body.append("\r\n\r\n").append(text).append("\r\n");
    return this;
  }

  String type() {
    return "multipart/form-data; boundary=" + boundary;
  }

  byte[] bytes() {
    return (body + "--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8);
  }
}
