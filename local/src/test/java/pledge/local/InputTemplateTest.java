package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class InputTemplateTest {
  private static final String EVENT =
      "{\"a\":{\"S\":\"x \\\"y\\\"\"},\"n\":7,\"list\":[{\"b\":true}]}";

  @Test
  void putsATextBetweenQuotes() {
    assertThat(apply("{\"a\":\"<$.a.S>\"}")).isEqualTo("{\"a\":\"x \\\"y\\\"\"}");
  }

  @Test
  void putsATextWithinAText() {
    assertThat(apply("{\"a\":\"is <$.n> and <$.a.S>\"}"))
        .isEqualTo("{\"a\":\"is 7 and x \\\"y\\\"\"}");
  }

  @Test
  void putsAnythingElseAsJson() {
    assertThat(apply("{\"a\":<$.a>,\"b\":<$.list[0].b>}"))
        .isEqualTo("{\"a\":{\"S\":\"x \\\"y\\\"\"},\"b\":true}");
  }

  @Test
  void putsNothingForWhatIsNotThere() {
    assertThat(apply("{\"a\":\"<$.absent.S>\"}")).isEqualTo("{\"a\":\"\"}");
  }

  @Test
  void passesTheRecordOnWithoutATemplate() {
    assertThat(apply("")).isEqualTo(EVENT);
  }

  private static String apply(String template) {
    return new InputTemplate(template).apply(Json.parse(EVENT));
  }
}
