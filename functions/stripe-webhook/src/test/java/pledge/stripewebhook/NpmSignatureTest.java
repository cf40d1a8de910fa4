package pledge.stripewebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Stripe's library for Node signs. Skipped without it, but with {@code -Dnode.required}. */
class NpmSignatureTest {
  private static final Path PACKAGES = Path.of("..", "..", "local", "src", "test", "npm");
  private static final Instant NOW = Instant.parse("2026-11-21T09:30:00Z");
  private static final String SECRET = "whsec_npm";

  private static final String SCRIPT =
      """
      const { default: Stripe } = await import('stripe');
      let payload = '';
      for await (const part of process.stdin) payload += part;
      process.stdout.write(new Stripe('sk_test_none').webhooks.generateTestHeaderString(
          { payload, secret: '%s', timestamp: %d }));
      """
          .formatted(SECRET, NOW.getEpochSecond());

  @BeforeAll
  static void needsNode() {
    var isThere =
        Files.isDirectory(PACKAGES.resolve("node_modules").resolve("stripe"))
            && Stream.of(
                    Objects.requireNonNullElse(System.getenv("PATH"), "")
                        .split(File.pathSeparator, -1))
                .anyMatch(folder -> new File(folder, "node").canExecute());
    var missing = "no node, or npm ci was not run in local/src/test/npm: nothing was signed by it";
    if (Boolean.getBoolean("node.required")) {
      assertThat(isThere).as(missing).isTrue();
    }
    assumeTrue(isThere, missing);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"id\":\"evt_1\"}", "{\n  \"id\": \"evt_2\",\n  \"name\": \"Zoë ☂\"\n}"})
  void takesWhatStripesLibraryForNodeSigns(String body) throws Exception {
    var header = signed(body);
    var bytes = body.getBytes(StandardCharsets.UTF_8);

    assertThat(header).startsWith("t=" + NOW.getEpochSecond() + ",v1=");
    assertThat(with("whsec_other," + SECRET).isOf(bytes, header)).isTrue();
    assertThat(with("whsec_other").isOf(bytes, header)).isFalse();
  }

  private static Signatures with(String secrets) {
    return Signatures.of(secrets, InstantSource.fixed(NOW));
  }

  private static String signed(String body) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder("node", "--input-type=module", "--eval", SCRIPT)
            .directory(PACKAGES.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var in = process.getOutputStream()) {
      in.write(body.getBytes(StandardCharsets.UTF_8));
    }
    var header = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return header;
  }
}
