package pledge.pledges;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import pledge.policy.PublicDocument;
import pledge.policy.PublicDocument.Version;

/** The documents that are made from the declarations, each with its versions and their hashes. */
final class Documents {
  private Documents() {}

  static Map<String, Object> asJson() {
    return Map.of(
        "documents",
        Stream.of(PublicDocument.values())
            .<Object>map(
                document ->
                    Map.of(
                        "id", document.id(),
                        "title", document.title(),
                        "versions", document.versions().stream().map(Documents::asJson).toList()))
            .toList());
  }

  private static Map<String, String> asJson(Version version) {
    return Map.of(
        "version", version.date(),
        "sha256", version.sha256(),
        "change", word(version),
        "path", version.path());
  }

  /** All of them, the newest version of each first. */
  static String asHtml() {
    return "<h1>Privacy</h1>\n<p>These texts are made from the declarations that the software runs by."
        + " Each has the SHA-256 hash of its Markdown, which a program gets that asks for"
        + " <code>text/markdown</code>.</p>\n"
        + Stream.of(PublicDocument.values())
            .map(
                document ->
                    "<section><h2><a href=\"/privacy/%s\">%s</a></h2>\n<ul>\n%s</ul></section>\n"
                        .formatted(
                            document.id(),
                            Page.escape(document.title()),
                            document.versions().reversed().stream()
                                .map(Documents::line)
                                .collect(Collectors.joining())))
            .collect(Collectors.joining());
  }

  static String asHtml(Version version) {
    return "<p>Version of <time>%s</time>. SHA-256 <code>%s</code>. <a href=\"/privacy\">All versions</a></p>%n%s"
        .formatted(version.date(), version.sha256(), Markdown.asHtml(version.text()));
  }

  private static String line(Version version) {
    return "<li><a href=\"%s\">Version of <time>%s</time></a>, a %s change, SHA-256 <code>%s</code></li>%n"
        .formatted(version.path(), version.date(), word(version), version.sha256());
  }

  private static String word(Version version) {
    return version.change().name().toLowerCase(Locale.ROOT);
  }

  /** Loaded when the first document is read, not before. */
  private static final class Markdown {
    private static final List<TablesExtension> EXTENSIONS =
        List.of((TablesExtension) TablesExtension.create());
    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
    private static final HtmlRenderer RENDERER =
        HtmlRenderer.builder().extensions(EXTENSIONS).escapeHtml(true).build();

    static String asHtml(String markdown) {
      return RENDERER.render(PARSER.parse(markdown));
    }
  }
}
