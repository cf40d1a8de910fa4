package pledge.functions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.processor.AssistantHost.Deployment;
import pledge.processor.AssistantHost.Program;
import pledge.processor.AssistantHost.RefusedException;
import pledge.processor.cloudflare.CloudflareHost;
import pledge.vault.Environment;

/** The module that is uploaded to Cloudflare, in Cloudflare's own runtime and under our adapter. */
final class AssistantModuleTest {
  private static final Path MODULE =
      Path.of("assistant-worker/src/main/resources/pledge/assistantworker/worker.mjs");

  private static Machine machine;

  @BeforeAll
  static void start() {
    machine = Machine.start(Options.inMemory().withoutFunctions());
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @Test
  void runsEveryFileOfTests() throws IOException {
    try (var files = Files.list(Workerd.FOLDER.resolve("test"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "chat.test.mjs", "dispatcher.test.mjs", "isolation.test.mjs", "sealed.test.mjs");
    }
  }

  @Test
  @DisplayName(
      "isolation: in Cloudflare's runtime no token opens another's assistant, and no row another's"
          + " database")
  void keepsCustomersApart() throws Exception {
    Workerd.find().test("isolation.test.mjs");
  }

  @Test
  @DisplayName(
      "encrypted-at-rest: no word of a conversation lies clear in an assistant's database, and a"
          + " row opens in its own place only")
  void sealsConversations() throws Exception {
    Workerd.find().test("sealed.test.mjs");
  }

  @Test
  @DisplayName(
      "no-training: a model is sent the conversation and its settings, and not who or which"
          + " assistant asks")
  void answersMessages() throws Exception {
    Workerd.find().test("chat.test.mjs");
  }

  @Test
  @DisplayName("isolation: the dispatcher passes on no cookie, no address and no other's path")
  void dispatches() throws Exception {
    Workerd.find().test("dispatcher.test.mjs");
  }

  @Test
  void isUploadedWithTheBindingsThatItNames() throws IOException {
    var module = Files.readString(MODULE);
    deploy("script1");

    var uploaded = machine.cloudflare().bindings("script1").keySet();

    var required = names(module, "REQUIRED = \\[([^\\]]*)\\]", "\"(\\w+)\"");
    var all = new HashSet<>(names(module, "OPTIONAL = \\{([^}]*)\\}", "(\\w+):"));
    assertThat(required).isNotEmpty();
    assertThat(all).contains("SUSPENDED");
    all.addAll(required);
    assertThat(uploaded).containsAll(required);
    assertThat(all).containsAll(uploaded);
  }

  private static Set<String> names(String module, String list, String name) {
    var found = Pattern.compile(list).matcher(module);
    assertThat(found.find()).isTrue();
    return Pattern.compile(name)
        .matcher(found.group(1))
        .results()
        .map(result -> result.group(1))
        .collect(Collectors.toSet());
  }

  @Test
  void isUploadedForTheDateThatItIsTestedWith() throws Exception {
    var settings = environment(Map.of());
    deploy("script2");

    var answer =
        get(
            settings.setting("CLOUDFLARE_API_BASE")
                + "/accounts/"
                + settings.setting("CLOUDFLARE_ACCOUNT")
                + "/workers/dispatch/namespaces/"
                + settings.setting("CLOUDFLARE_NAMESPACE")
                + "/scripts/script2/settings",
            settings.setting("CLOUDFLARE_TOKEN"));

    var tested = Files.readString(Workerd.FOLDER.resolve("assistants.mjs"));
    var date = Pattern.compile("\"compatibility_date\":\"([-0-9]+)\"").matcher(answer);
    assertThat(date.find()).as(answer).isTrue();
    assertThat(tested).contains("compatibilityDate: \"" + date.group(1) + "\"");
  }

  @Test
  @DisplayName(
      "right-access: the copy of an assistant's conversations is what was said, line by line")
  void handsOutWhatWasSaid() throws Exception {
    deploy("script3");
    deploy("script4");
    var bindings =
        List.of(machine.cloudflare().bindings("script3"), machine.cloudflare().bindings("script4"));
    try (var assistants =
            Workerd.find().serve(bindings.stream().map(AssistantModuleTest::served).toList());
        var http = HttpClient.newHttpClient()) {
      for (var message : List.of("Guten Tag", "späte \\\"Grüße\\\" 😀")) {
        var said =
            HttpRequest.newBuilder(URI.create(assistants.url() + "/script3/chat"))
                .header("authorization", "Bearer token-of-script3")
                .header("content-type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"conversation\":\"one\",\"message\":\"" + message + "\"}"))
                .build();
        assertThat(http.send(said, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      }
      var host = host(Map.of("ASSISTANT_URL", assistants.url() + "/{script}"));
      var copy = new ByteArrayOutputStream();
      var nothing = new ByteArrayOutputStream();

      assertThat(host.export("script3", "token-of-script3", copy)).isTrue();
      assertThat(host.export("script4", "token-of-script4", nothing)).isTrue();

      assertThat(
              copy.toString(UTF_8).lines().map(line -> line.replaceAll("\"at\":\"[^\"]*\",", "")))
          .containsExactly(
              line("user", "Guten Tag"),
              line("assistant", "You said: Guten Tag"),
              line("user", "späte \\\"Grüße\\\" 😀"),
              line("assistant", "You said: späte \\\"Grüße\\\" 😀"));
      assertThat(nothing.size()).isZero();
      assertThatThrownBy(() -> host.export("script3", "token-of-script4", nothing))
          .isInstanceOf(RefusedException.class);
    }
  }

  private static String line(String role, String text) {
    return "{\"conversation\":\"one\",\"role\":\"" + role + "\",\"text\":\"" + text + "\"}";
  }

  /** As they were uploaded, but for the database, which there is one of for each, and the model. */
  private static Map<String, String> served(Map<String, String> uploaded) {
    var bindings = new HashMap<>(uploaded);
    bindings.keySet().removeAll(Set.of("DB", "MODEL_URL"));
    return bindings;
  }

  private static void deploy(String script) throws IOException {
    var host = host(Map.of());
    host.deploy(
        new Deployment(
            script,
            host.storage(script),
            "settings-1",
            false,
            "{\"name\":\"Ada\"}",
            "token-of-" + script,
            "secret-of-" + script),
        new Program(Files.readString(MODULE), "module-1", "https://model.example.org"));
  }

  private static CloudflareHost host(Map<String, String> others) {
    return CloudflareHost.of(environment(others));
  }

  private static Environment environment(Map<String, String> others) {
    var settings = new HashMap<>(machine.environment("SessionFunction"));
    settings.putAll(others);
    return new Environment(settings, machine.clock());
  }

  private static String get(String url, String token) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(url)).header("authorization", "Bearer " + token);
      return http.send(request.build(), BodyHandlers.ofString()).body();
    }
  }
}
