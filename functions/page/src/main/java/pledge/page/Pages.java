package pledge.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pledge.http.Problem;
import pledge.http.Response;
import pledge.policy.PolicyDocument;

/**
 * Pages of our own, from the class path. They load nothing from anywhere else, and the browser is
 * told to refuse it (essential-cookies).
 */
final class Pages {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none';"
          + " base-uri 'none'; frame-ancestors 'none'";

  Response home() {
    return page("Pledge", resource("home.html").replace("{{policies}}", policies()));
  }

  Response confirm() {
    return page("Confirm your address", resource("confirm.html"));
  }

  Response confirmRequest() {
    return page("Confirm your request", resource("confirm-request.html"));
  }

  Response asset(String file) {
    return switch (file) {
      case "page.css" -> asset(file, "text/css; charset=utf-8");
      case "page.js" -> asset(file, "text/javascript; charset=utf-8");
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  private static String policies() {
    return Stream.of(PolicyDocument.values())
        .map(
            policy ->
                """
                <label class="choice"><input type="radio" name="policy" required value="%1$s" \
                data-version="%2$s"> I accept the <a href="/privacy/%1$s">privacy notice for %3$s</a> \
                of %2$s</label>
                """
                    .formatted(policy.id(), policy.version(), policy.audience().words()))
        .collect(Collectors.joining());
  }

  private static Response page(String title, String content) {
    return Response.html(
            resource("page.html").replace("{{title}}", title).replace("{{content}}", content))
        .header("content-security-policy", POLICY);
  }

  private static Response asset(String file, String type) {
    return Response.text(type, resource(file));
  }

  private static String resource(String name) {
    try (var stream = Pages.class.getResourceAsStream(name)) {
      return new String(
          Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
