package pledge.processor.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.TestMachine;
import pledge.local.Cloudflare;
import pledge.processor.AssistantHost.Deployed;
import pledge.processor.AssistantHost.Deployment;
import pledge.processor.AssistantHost.NoAnswerException;
import pledge.processor.AssistantHost.Program;
import pledge.processor.AssistantHost.RefusedException;
import pledge.vault.Environment;
import pledge.vault.UnavailableException;

final class CloudflareHostTest {
  private static final Program PROGRAM =
      new Program("export default 'ä \r\n--b';", "module-1", "https://model.example.org");

  private final Cloudflare cloudflare = TestMachine.machine().cloudflare();
  private final CloudflareHost host = host(Map.of());

  @BeforeEach
  void heal() {
    cloudflare.faults().reset();
  }

  @AfterEach
  void remove() {
    heal();
    for (var script : new String[] {"script1", "script10"}) {
      assertThat(host.remove(script)).isTrue();
    }
  }

  @Test
  void makesAStorageOnce() {
    var first = host.storage("script10");

    assertThat(host.storage("script1")).as("another's name begins so").isNotEqualTo(first);
    assertThat(host.storage("script10")).isEqualTo(first);
    assertThat(cloudflare.databases()).contains("script1", "script10");
  }

  @Test
  void findsTheStorageOfWhichItNeverHeard() {
    cloudflare.faults().cutAfter(2);
    assertThatThrownBy(() -> host.storage("script1"))
        .isInstanceOf(UnavailableException.class)
        .hasCauseInstanceOf(NoAnswerException.class);

    assertThat(host.storage("script1")).isNotEmpty();
    assertThat(cloudflare.databases()).containsOnlyOnce("script1");
  }

  @Test
  void deploysAndReadsAgainWhatStandsThere() {
    var deployment = deployment(true, "{\"name\":\"\\\"Grace\\\" ü\"}");
    assertThat(host.find("script1")).isEmpty();

    host.deploy(deployment, PROGRAM);

    var found = host.find("script1").orElseThrow();
    assertThat(deployment.is(found, PROGRAM)).isTrue();
    assertThat(deployment(false, "{}").is(found, PROGRAM)).isFalse();
    assertThat(found.tags()).isEqualTo(Set.of("pledge", "settings", "module-1"));
    assertThat(cloudflare.module("script1")).contains(PROGRAM.module());
    assertThat(cloudflare.bindings("script1"))
        .containsEntry("CONFIGURATION", "{\"name\":\"\\\"Grace\\\" ü\"}");
    assertThat(deployment.is(new Deployed(found.storage(), true, Set.of("pledge")), PROGRAM))
        .isFalse();
  }

  @Test
  void handsOverAllLinesOrNothingThatCountsAsAll() throws IOException {
    host.deploy(deployment(false, "{}"), PROGRAM);
    var empty = new ByteArrayOutputStream();

    assertThat(host.export("script1", "a-token", empty)).isTrue();
    assertThat(empty.size()).isZero();
    assertThat(host.export("script10", "a-token", empty)).isFalse();
    assertThatThrownBy(() -> host.export("script1", "another-token", empty))
        .isInstanceOf(RefusedException.class)
        .hasMessage("the assistant refused with 401 []");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"text\":\"Hello\"}\n",
        "{\"text\":\"Hello\"}\n{\"te",
        "{\"text\":\"Hello\"}\n{\"complete\":true,\"messages\":2}\n"
      })
  void takesNoPartForTheWhole(String body) throws IOException {
    host.deploy(deployment(false, "{}"), PROGRAM);
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    server.start();
    var url = "http://127.0.0.1:" + server.getAddress().getPort() + "/{script}";

    assertThatThrownBy(
            () ->
                host(Map.of("ASSISTANT_URL", url))
                    .export("script1", "a-token", OutputStream.nullOutputStream()))
        .isInstanceOf(UnavailableException.class);
    server.stop(0);
  }

  @Test
  void removesWhatIsThereAndMindsNotWhatIsNot() {
    host.deploy(deployment(false, "{}"), PROGRAM);

    assertThat(host.remove("script1")).isTrue();
    assertThat(host.remove("script1")).isTrue();
    assertThat(host.find("script1")).isEmpty();
    assertThat(cloudflare.databases()).doesNotContain("script1");
  }

  @Test
  void withdrawsTheScriptAndLeavesItsStorage() {
    host.deploy(deployment(false, "{}"), PROGRAM);

    assertThat(host.withdraw("script1")).isTrue();
    assertThat(host.withdraw("script1")).isTrue();
    assertThat(host.find("script1")).isEmpty();
    assertThat(cloudflare.databases()).contains("script1");
  }

  @Test
  void tellsWhoMayBeAskedAgainFromWhoRefused() {
    for (var status : new int[] {429, 500, 502, 503}) {
      cloudflare.faults().failNext(1, status);
      assertThatThrownBy(() -> host.find("script1"))
          .isInstanceOf(UnavailableException.class)
          .hasCauseInstanceOf(RefusedException.class);
    }
    // A look is repeated by the client itself, where the connection ends.
    cloudflare.faults().die(1, false, () -> {});
    assertThatThrownBy(() -> host.find("script1"))
        .isInstanceOf(UnavailableException.class)
        .hasCauseInstanceOf(NoAnswerException.class);
    heal();
    assertThatThrownBy(() -> host(Map.of("CLOUDFLARE_TOKEN", "x")).find("script1"))
        .isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> host(Map.of("CLOUDFLARE_NAMESPACE", "x")).find("script1"))
        .as("not taken for a script that is gone")
        .isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> host(Map.of("CLOUDFLARE_ACCOUNT", "x")).storage("script1"))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void waitsForNoAnswerThatDoesNotCome() {
    cloudflare.faults().delay(Duration.ofSeconds(9));

    assertThatThrownBy(() -> host.find("script1"))
        .isInstanceOf(UnavailableException.class)
        .hasCauseInstanceOf(NoAnswerException.class);
  }

  @Test
  void saysNothingOfAnybody() {
    var mine =
        new Deployment(
            "script1", "no-such-storage", "s", false, "Marked 1", "Marked 2", "Marked 3");

    assertThatThrownBy(() -> host.deploy(mine, PROGRAM))
        .isInstanceOf(RefusedException.class)
        .hasMessage("Cloudflare refused with 400 [10181]");
    assertThat(mine.toString()).doesNotContain("Marked");
  }

  @Test
  @DisplayName("encrypted-in-transit: refuses below TLS 1.2, and to be called without TLS at all")
  void refusesWhatIsNotEncrypted() {
    assertThat(CloudflareApi.tls().getProtocols()).containsExactly("TLSv1.3", "TLSv1.2");
    for (var setting : new String[] {"CLOUDFLARE_API_BASE", "ASSISTANT_URL"}) {
      assertThatThrownBy(() -> host(Map.of(setting, "http://api.example.org/{script}")))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void namesTheSettingThatIsMissing() {
    assertThatThrownBy(() -> host(Map.of("CLOUDFLARE_TOKEN", "")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CLOUDFLARE_TOKEN");
  }

  private Deployment deployment(boolean suspended, String configuration) {
    return new Deployment(
        "script1",
        host.storage("script1"),
        "settings",
        suspended,
        configuration,
        "a-token",
        "a secret");
  }

  private static CloudflareHost host(Map<String, String> others) {
    var settings = new HashMap<>(TestMachine.environment().settings());
    settings.putAll(others);
    return CloudflareHost.of(new Environment(settings, TestMachine.clock()));
  }
}
