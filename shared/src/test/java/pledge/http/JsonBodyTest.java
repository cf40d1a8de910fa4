package pledge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.Seeds;
import pledge.vault.Json;

final class JsonBodyTest {
  private static final String SIGNS = "{}[],:\"\\0123eE.+-truefalsn u\u0000é";

  @Test
  void readsTexts() {
    var body = JsonBody.of(request("{\"name\": \"J\\u00e4ne \\ud83d\\ude00 \\\"x\\\"\"}"));

    assertThat(body.text("name")).isEqualTo("Jäne 😀 \"x\"");
    body.check();
  }

  @Test
  void readsTextsThatATypeOfOursIsMadeOf() {
    var body = JsonBody.of(request("{\"count\": \"12\"}"));

    assertThat(body.text("count", "must be digits", text -> Optional.of(text.length())))
        .contains(2);
    body.check();
  }

  @Test
  void readsObjectsOfTexts() {
    var body = JsonBody.of(request("{\"policies\": {\"a\": \"1\", \"b\": \"2\"}}"));

    assertThat(body.texts("policies", "must be texts")).isEqualTo(Map.of("a", "1", "b", "2"));
    body.check();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "72", "3.0", "7e0"})
  void readsWholeNumbersWithinBounds(String number) {
    var body = JsonBody.of(request("{\"hours\": " + number + "}"));

    assertThat(body.whole("hours", "must be 1 to 72", 1, 72)).isBetween(1, 72);
    body.check();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "73", "-1", "1.5", "1e99", "4294967297", "\"1\"", "true", "null", "[1]"})
  void refusesWhatIsNoWholeNumberWithinBounds(String number) {
    var body = JsonBody.of(request("{\"hours\": " + number + "}"));
    body.whole("hours", "must be 1 to 72", 1, 72);

    assertThat(catchThrowableOfType(ProblemException.class, body::check).response().body())
        .contains("#/hours", "must be 1 to 72");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/json ;x=y"
      })
  void takesJson(String type) {
    assertThat(catchThrowable(() -> JsonBody.of(request(type, utf8("{}"))))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/problem+json",
        "text/json",
        "multipart/form-data; boundary=application/json"
      })
  void refusesOtherTypes(String type) {
    assertThat(problem(request(type, utf8("{}")))).isEqualTo(415);
  }

  @Test
  void refusesABodyWithoutAType() {
    assertThat(problem(request(Map.of(), utf8("{}")))).isEqualTo(415);
  }

  @Test
  void takesABodyOf16Kb() {
    var text = "x".repeat(JsonBody.LARGEST - 8);

    assertThat(JsonBody.of(request("{\"a\":\"" + text + "\"}")).text("a")).isEqualTo(text);
  }

  @Test
  void refusesABodyOfAByteMore() {
    assertThat(problem(request("{\"a\":\"" + "x".repeat(JsonBody.LARGEST - 7) + "\"}")))
        .isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "true",
        "1",
        "\"text\"",
        "[]",
        "[{}]",
        "{",
        "}",
        "{]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":\"x}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":tru}",
        "{\"a\":-}",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "{a:1}",
        "{'a':1}",
        "/* c */{}",
        "\ufeff{}",
        "{\"a\":\"x\",\"a\":\"y\"}",
        "{} {}",
        "{}x",
        "{\"a\":1}]",
        "{\"a\":\"x\ty\"}",
        "{\"a\":\"x\ny\"}",
        "{\"a\":\"x\u0000y\"}",
        "\f{\"a\":\"x\"}",
        "{\"a\":\"x\"}\f",
        "{\"a\":\"x\"}, {}"
      })
  void refusesWhatIsNotOneJsonObject(String text) {
    assertThat(problem(request(text))).isEqualTo(400);
  }

  @Test
  void takesSpaceAroundTheObject() {
    assertThat(JsonBody.of(request(" \r\n\t{\"a\": \"x\"} \r\n")).text("a")).isEqualTo("x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"c3", "80", "eda080", "c0af", "f4908080", "ff"})
  void refusesWhatIsNotUtf8(String hex) {
    var broken = HexFormat.of().parseHex(hex);
    var body = new byte[broken.length + 8];
    System.arraycopy(utf8("{\"a\":\""), 0, body, 0, 6);
    System.arraycopy(broken, 0, body, 6, broken.length);
    System.arraycopy(utf8("\"}"), 0, body, 6 + broken.length, 2);

    assertThat(problem(request("application/json", body))).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "[[[[[[[[[[{\"b\":"})
  void refusesADeepBody(String opening) {
    var text = opening.repeat(16_000 / opening.length());

    assertThat(problem(request("{\"a\":" + text))).isEqualTo(400);
  }

  @Test
  void refusesADeepBodyThatHidesItsDepthBehindATextOfBrackets() {
    var text = "{\"a\":\"" + "]".repeat(8_000) + "\",\"b\":" + "[".repeat(8_000);

    assertThat(problem(request(text))).isEqualTo(400);
  }

  @Test
  void takesBracketsInATextAsTheyAre() {
    var text = "[[[[[[{{{{{{ no depth \\\\\\\" }";

    assertThat(JsonBody.of(request("{\"password\":\"" + text + "\"}")).text("password"))
        .isEqualTo("[[[[[[{{{{{{ no depth \\\" }");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "\\udc00", "x\\ud83d", "\\ud83dx", "\\udc00\\ud800"})
  void doesNotTakeHalfOfACharacter(String half) {
    var body = JsonBody.of(request("{\"a\":\"" + half + "\"}"));
    body.text("a");

    assertThat(errors(body)).containsExactly(error("#/a", "must be a text"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1e999999999", "-1e400", "12345678901234567890123", "1.5", "0", "true", "null"})
  @Timeout(value = 2, unit = TimeUnit.SECONDS)
  void doesNotTakeAnotherTypeForAText(String value) {
    var body = JsonBody.of(request("{\"a\":" + value + "}"));
    body.text("a");

    assertThat(errors(body)).containsExactly(error("#/a", "must be a text"));
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.SECONDS)
  void readsOrRefusesAHugeNumberInTime() {
    assertThat(
            List.of(
                problem(request("{\"a\":" + "9".repeat(16_000) + "}")),
                problem(request("{\"a\":0." + "9".repeat(16_000) + "}"))))
        .containsOnly(400);
  }

  @Test
  void namesEveryFieldThatIsNotAsItMustBe() {
    var body = JsonBody.of(request("{\"adult\": \"yes\", \"policies\": [], \"more\": 1}"));
    body.text("name");
    body.text("email", "must be an address", text -> Optional.empty());
    body.mustBeTrue("adult", "must be true");
    body.texts("policies", "must be texts");

    assertThat(errors(body))
        .containsExactlyInAnyOrder(
            error("#/name", "must be a text"),
            error("#/email", "must be an address"),
            error("#/adult", "must be true"),
            error("#/policies", "must be texts"),
            error("#/more", "is not asked for"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "\"true\"", "1", "null", "{}"})
  void takesOnlyTrueForTrue(String value) {
    var body = JsonBody.of(request("{\"adult\":" + value + "}"));
    body.mustBeTrue("adult", "must be true");

    assertThat(errors(body)).containsExactly(error("#/adult", "must be true"));
  }

  @Test
  void doesNotTakeAnObjectOfOtherThings() {
    var body = JsonBody.of(request("{\"policies\": {\"a\": \"1\", \"b\": 2}}"));
    body.texts("policies", "must be texts");

    assertThat(errors(body)).containsExactly(error("#/policies", "must be texts"));
  }

  @Test
  void escapesPointers() {
    assertThat(errors(JsonBody.of(request("{\"a/b~c\": 1}"))))
        .containsExactly(error("#/a~1b~0c", "is not asked for"));
  }

  @Test
  void repeatsNoValue() {
    var body = JsonBody.of(request("{\"name\": 4711, \"more\": \"a-mark\"}"));
    body.text("name");
    var problem =
        Optional.ofNullable(catchThrowableOfType(ProblemException.class, body::check))
            .orElseThrow();

    assertThat(problem.response().body()).doesNotContain("4711").doesNotContain("a-mark");
  }

  @Test
  void cutsLongNames() {
    assertThat(errors(JsonBody.of(request("{\"" + "n".repeat(1_000) + "\": 1}"))))
        .containsExactly(error("#/" + "n".repeat(40) + "…", "is not asked for"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\\ud83d\\ude00nnn"})
  void namesAFieldWithHalfACharacterInItsName(String name) {
    assertThat(errors(JsonBody.of(request("{\"" + name + "\": 1}")))).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void readsOrRefusesWhateverIsSent(long seed) {
    var random = new SplittableRandom(seed);
    var good = "{\"a\":\"x\\u00e9\",\"b\":[1,2.5e3,null,true],\"c\":{\"d\":\"\\\"\"}}";
    for (var i = 0; i < 5_000; i++) {
      var text = new StringBuilder(good);
      for (var change = random.nextInt(1, 5); change > 0; change--) {
        var at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.setCharAt(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
          default -> text.insert(at, text.substring(at, random.nextInt(at, text.length())));
        }
      }
      var request = request(text.toString());

      assertThat(
              catchThrowable(
                  () -> {
                    var body = JsonBody.of(request);
                    body.text("a");
                    body.texts("c", "must be texts");
                    body.check();
                  }))
          .as("seed %d, text %d: %s", seed, i, text)
          .satisfiesAnyOf(
              thrown -> assertThat(thrown).isNull(),
              thrown -> assertThat(thrown).isInstanceOf(ProblemException.class));
    }
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void readsAnyTextThatCanBeWritten(long seed) {
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 100; i++) {
      var text = Seeds.text(random, random.nextInt(500)).replace('\ufffd', '?');
      var json = Json.MAPPER.toJson(Map.of("a", text));

      assertThat(JsonBody.of(request(json)).text("a"))
          .as("seed %d, text %d", seed, i)
          .isEqualTo(text);
    }
  }

  /** As a gateway writes what was no UTF-8: two passwords would become one. */
  @Test
  void isNoJsonWhereItsBytesWereReplaced() {
    assertThat(problem(request("{\"a\": \"twelve green \ufffd\ufffd\"}"))).isEqualTo(400);
    assertThat(problem(request("{\"\ufffd\": 1}"))).isEqualTo(400);
  }

  private static int problem(Request request) {
    return Optional.ofNullable(
            catchThrowableOfType(ProblemException.class, () -> JsonBody.of(request)))
        .orElseThrow(() -> new AssertionError("it was read"))
        .response()
        .status();
  }

  private static List<Object> errors(JsonBody body) {
    var problem =
        Optional.ofNullable(catchThrowableOfType(ProblemException.class, body::check))
            .orElseThrow(() -> new AssertionError("nothing was noted"));
    assertThat(problem.response().status()).isEqualTo(422);
    return List.copyOf(
        (List<?>) Answers.json(problem.response().body()).getOrDefault("errors", List.of()));
  }

  private static Map<String, String> error(String pointer, String detail) {
    return Map.of("pointer", pointer, "detail", detail);
  }

  @Test
  void asksForNothingThatMayBeMissing() {
    var body = JsonBody.of(request("{\"a\":\"x\"}"));

    assertThat(body.optionalText("a", "must be x", Optional::of)).contains("x");
    assertThat(body.optionalText("b", "must be x", Optional::of)).isEmpty();
    body.check();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "1", "\"y\"", "[\"x\"]", "\"\\ud800\""})
  void refusesWhatMayBeMissingAndIsNotAsItMustBe(String value) {
    var body = JsonBody.of(request("{\"a\":" + value + "}"));

    assertThat(body.has("a")).isTrue();
    assertThat(body.optionalText("a", "must be x", text -> Optional.of(text).filter("x"::equals)))
        .isEmpty();
    assertThat(errors(body)).containsExactly(error("#/a", "must be x"));
  }

  @Test
  void readsAListOfTexts() {
    var body = JsonBody.of(request("{\"a\":[\"x\",\"y\"],\"b\":[]}"));

    assertThat(body.list("a", "must be a list")).containsExactly("x", "y");
    assertThat(body.list("b", "must be a list")).isEmpty();
    body.check();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"a\":null}", "{\"a\":\"x\"}", "{\"a\":[\"x\",1]}", "{\"a\":{}}"})
  void refusesWhatIsNoListOfTexts(String text) {
    var body = JsonBody.of(request(text));

    assertThat(body.list("a", "must be a list")).isEmpty();
    assertThat(errors(body)).containsExactly(error("#/a", "must be a list"));
  }

  private static Request request(String body) {
    return request("application/json", utf8(body));
  }

  private static Request request(String type, byte[] body) {
    return request(Map.of("content-type", type), body);
  }

  private static Request request(Map<String, String> headers, byte[] body) {
    return new Request(
        "id", "POST /x", "POST", headers, List.of(), Map.of(), "192.0.2.1", Optional.empty(), body);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
