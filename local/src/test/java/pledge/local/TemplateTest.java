package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TemplateTest {
  @TempDir private Path folder;

  @Test
  void resolvesTheEnvironmentOfAFunction() {
    try (var machine = Sample.start()) {
      var environment = machine.environment("EchoFunction");

      assertThat(environment)
          .containsEntry("BASE_URL", machine.api().toString())
          .containsEntry("THINGS_TABLE", "ThingsTable")
          .containsEntry("VAULT_KEY", Names.keyArn("VaultKey"))
          .containsEntry("OWN", "test-ThingsTable-eu-central-1-" + Names.keyArn("VaultKey"))
          .containsEntry("BRANCH", "other")
          .containsEntry("AWS_REGION", "eu-central-1")
          .containsEntry("AWS_LAMBDA_FUNCTION_NAME", "EchoFunction")
          .containsEntry("AWS_ENDPOINT_URL_DYNAMODB", machine.aws().toString())
          .containsEntry("AWS_ENDPOINT_URL_KMS", machine.aws().toString())
          .containsEntry("AWS_ENDPOINT_URL_SESV2", machine.aws().toString())
          .containsKeys("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
    }
  }

  @Test
  void givesAFunctionItsEnvironmentAndTheMachinesClock() {
    try (var machine = Sample.start()) {
      var echoed = Json.parse(Sample.get(machine.api().resolve("/")).body());

      assertThat(echoed.path("settings"))
          .isEqualTo(Json.of(machine.environmentOfRole("EchoFunction")));
      assertThat(echoed.path("now").asText()).isEqualTo(Sample.NOON.toString());
      assertThat(echoed.path("remaining").asInt()).isBetween(1, 5_000);
    }
  }

  @Test
  void takesParametersThatWereGiven() {
    try (var machine = Machine.start(Sample.options().withParameter("Stage", "live"))) {
      assertThat(machine.environment("EchoFunction")).containsEntry("BRANCH", "live");
      assertThat(machine.queue("OnlyLiveQueue").depth()).isZero();
    }
  }

  @Test
  void leavesOutWhatItsConditionForbids() {
    try (var machine = Sample.start()) {
      assertThatThrownBy(() -> machine.queue("OnlyLiveQueue"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void namesAParameterThatLacksAValue() {
    assertRefused("Parameters: { Colour: { Type: String } }\nResources: {}\n", "parameter Colour");
  }

  @Test
  void namesAReferenceThatLeadsNowhere() {
    assertRefused(
        "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: { X: !Ref Nowhere }\n",
        "refers to Nowhere");
  }

  @Test
  void namesAHandlerThatIsNotOnTheClassPath() {
    assertRefused(
        function("no.such.Handler", ""), "no.such.Handler, which is not on the class path");
  }

  @Test
  void namesAHandlerThatIsNone() {
    assertRefused(function("java.lang.String", ""), "java.lang.String, which is neither");
  }

  @Test
  void namesAnEventThatItDoesNotKnow() {
    assertRefused(function("pledge.local.EchoHandler", "{ E: { Type: S3 } }"), "event of type S3");
  }

  @Test
  void saysThatATemplateIsNotYaml() {
    assertRefused("Resources: [", "is not YAML");
  }

  @Test
  void saysThatATemplateHasNoResources() {
    assertRefused("just text", "has no Resources");
  }

  @Test
  void saysThatThereIsNoTemplate() {
    assertThatThrownBy(
            () -> Machine.start(Options.inMemory().withTemplate(folder.resolve("none.yaml"))))
        .isInstanceOf(MachineException.class)
        .hasMessageContaining("There is no template at");
  }

  @Test
  void isFoundInAFolderAbove() throws IOException {
    var below = Files.createDirectories(folder.resolve("a/b"));
    var template = Files.writeString(folder.resolve("template.yaml"), "Resources: {}\n");

    assertThat(TemplateReader.find(below)).isEqualTo(template);
  }

  @Test
  void refusesToRunAFunctionThatIsNotThere() {
    assertThatThrownBy(() -> Machine.start(Sample.options().withFunctions("Nowhere")))
        .isInstanceOf(MachineException.class)
        .hasMessageContaining("no function Nowhere");
  }

  private static String function(String handler, String events) {
    return "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: "
        + handler
        + "\n      Events: "
        + events
        + "\n";
  }

  private void assertRefused(String template, String why) {
    Path file;
    try {
      file = Files.writeString(folder.resolve("template.yaml"), template);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    assertThatThrownBy(() -> Machine.start(Options.inMemory().withTemplate(file)).close())
        .isInstanceOf(MachineException.class)
        .hasMessageContaining(why);
  }
}
