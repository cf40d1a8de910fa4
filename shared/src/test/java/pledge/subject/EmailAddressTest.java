package pledge.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.Seeds;

final class EmailAddressTest {
  private static final String LOCAL_64 = "l".repeat(64);
  private static final String LABEL_63 = "d".repeat(63);

  @ParameterizedTest
  @CsvSource({
    "jane@example.org, jane@example.org",
    "Jane.Doe+tag@Example.ORG, Jane.Doe+tag@example.org",
    "' jane@example.org ', jane@example.org",
    "o'hara@example.org, o'hara@example.org",
    "!#$%&*+-/=?^_`{|}~@example.org, !#$%&*+-/=?^_`{|}~@example.org",
    "1@example.org, 1@example.org",
    "jane@sub.sub.example.org, jane@sub.sub.example.org",
    "jane@xn--bcher-kva.example, jane@xn--bcher-kva.example",
    "jane@bücher.example, jane@xn--bcher-kva.example",
    "jane@BÜCHER.example, jane@xn--bcher-kva.example",
    "jane@例え.テスト, jane@xn--r8jz45g.xn--zckzah",
    "jane@example。org, jane@example.org",
    "jane@1und1.de, jane@1und1.de"
  })
  void isReadAndItsDomainInAscii(String text, String value) {
    assertThat(EmailAddress.parse(text)).map(EmailAddress::value).contains(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "@",
        "jane",
        "jane@stra\u00dfe.de",
        "jane@\u03b2\u03cc\u03bb\u03bf\u03c2.com",
        "jane@a\u200db.org",
        "jane@",
        "@example.org",
        "jane@example",
        "jane@example.org.",
        "jane@.example.org",
        "jane@example..org",
        ".jane@example.org",
        "jane.@example.org",
        "ja..ne@example.org",
        "ja ne@example.org",
        "jane@exa mple.org",
        "jane@-example.org",
        "jane@example-.org",
        "jane@exa_mple.org",
        "jane@[192.0.2.1]",
        "jane@192.0.2.1",
        "jane@example.1org",
        "\"jane\"@example.org",
        // The mail service takes no local part outside ASCII.
        "jürgen@example.org",
        "用户@example.org",
        "ja\"ne@example.org",
        "ja(ne)@example.org",
        "<jane@example.org>",
        "Jane <jane@example.org>",
        "jane@doe@example.org",
        "jane＠doe@example.org",
        "jane@doe＠example.org",
        "jane,doe@example.org",
        "jane;doe@example.org",
        "jane:doe@example.org",
        "jane\\doe@example.org",
        "jane\r\nBcc: all@example.org",
        "jane@example.org\r\nBcc: all@example.org",
        "jane\n@example.org",
        "jane\r@example.org",
        "jane@example.org\nx",
        "jane@example\n.org",
        "jane@example\r\n.org",
        "jane\u0000@example.org",
        "jane\t@example.org",
        "jane\u2028@example.org",
        "jane\u0085@example.org",
        "jane\u200b@example.org",
        "\ud800@example.org",
        "jane@\ud800.org"
      })
  void isNotReadFromWhatMailCannotBeSentTo(String text) {
    assertThat(EmailAddress.parse(text)).isEmpty();
  }

  @Test
  void losesLinesAroundIt() {
    assertThat(EmailAddress.parse("\r\njane@example.org\r\n"))
        .map(EmailAddress::value)
        .contains("jane@example.org");
  }

  @Test
  void hasALocalPartOf64CharactersAtMost() {
    assertThat(EmailAddress.parse(LOCAL_64 + "@example.org")).isPresent();
    assertThat(EmailAddress.parse(LOCAL_64 + "l@example.org")).isEmpty();
  }

  @Test
  void hasLabelsOf63CharactersAtMost() {
    assertThat(EmailAddress.parse("j@" + LABEL_63 + ".org")).isPresent();
    assertThat(EmailAddress.parse("j@" + LABEL_63 + "d.org")).isEmpty();
  }

  @Test
  void has254CharactersAtMost() {
    var domain = (LABEL_63 + ".").repeat(2) + "d".repeat(57) + ".org";
    var address = LOCAL_64 + "@" + domain;
    assertThat(address).hasSize(254);

    assertThat(EmailAddress.parse(address)).isPresent();
    assertThat(EmailAddress.parse(LOCAL_64 + "@d" + domain)).isEmpty();
  }

  @Test
  void has254CharactersAtMostOnceItsDomainIsInAscii() {
    var address = LOCAL_64 + "@" + ("ü".repeat(40) + ".").repeat(4) + "org";

    assertThat(EmailAddress.parse(address)).isEmpty();
  }

  @Test
  void isOneAddressInWhateverCaseItIsWritten() {
    assertThat(EmailAddress.parse("Jane@Example.org").orElseThrow().canonical())
        .isEqualTo(EmailAddress.parse("jANE@EXAMPLE.ORG").orElseThrow().canonical());
  }

  @Test
  void isOneAddressHoweverItsAccentsAreComposed() {
    assertThat(EmailAddress.parse("rene\u0301@example.org"))
        .isEqualTo(EmailAddress.parse("ren\u00e9@example.org"));
  }

  @Test
  void doesNotShowItself() {
    assertThat(EmailAddress.parse("jane@example.org").orElseThrow())
        .hasToString("EmailAddress[redacted]");
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void isReadOrNotWhateverIsTyped(long seed) {
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 3_000; i++) {
      var text =
          Seeds.text(random, random.nextInt(20))
              + (random.nextInt(8) > 0 ? "@" : "")
              + (random.nextBoolean() ? "xn--" : "")
              + Seeds.text(random, random.nextInt(20))
              + (random.nextBoolean() ? ".org" : "");

      assertThat(
              catchThrowable(
                  () ->
                      EmailAddress.parse(text)
                          .ifPresent(
                              address ->
                                  assertThat(address.value())
                                      .doesNotContainAnyWhitespaces()
                                      .hasSizeLessThanOrEqualTo(254))))
          .as("seed %d, text %d: %s", seed, i, text)
          .isNull();
    }
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void isReadAgainAsItWasRead(long seed) {
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 500; i++) {
      var text =
          (Seeds.text(random, random.nextInt(1, 10)) + "x").replaceAll("[^\\p{L}\\p{N}]", "")
              + "@example.org";
      var address = EmailAddress.parse(text);

      assertThat(address.flatMap(read -> EmailAddress.parse(read.value())))
          .as("seed %d, text %d: %s", seed, i, text)
          .isEqualTo(address);
    }
  }
}
