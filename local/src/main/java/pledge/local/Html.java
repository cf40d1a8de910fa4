package pledge.local;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Pages without scripts and without anything from elsewhere; every value is escaped on its way in.
 */
final class Html {
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self';"
          + " base-uri 'none'; frame-ancestors 'none'";

  private static final Pattern ORIGIN = Pattern.compile("https?://[A-Za-z0-9.:\\[\\]-]+");

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem 1.25rem 4rem; }
      nav a { margin-inline-end: 1rem; }
      h1 { font-size: 1.5rem; margin-block: 1rem .25rem; }
      h2 { font-size: 1.1rem; margin-block: 2rem .5rem; }
      table { border-collapse: collapse; width: 100%; }
      th, td { text-align: start; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
      th { font-weight: 600; }
      td.number { text-align: end; font-variant-numeric: tabular-nums; }
      code, pre { font: .9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
      pre { white-space: pre-wrap; border: 1px solid var(--line); border-radius: .4rem; padding: .75rem; }
      iframe { width: 100%; height: 24rem; border: 1px solid var(--line); border-radius: .4rem; background: #fff; }
      form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin-block: .75rem; }
      label { display: grid; gap: .15rem; }
      input, button { font: inherit; padding: .35rem .6rem; }
      .scroll { overflow-x: auto; }
      """;

  private Html() {}

  /** A whole page; the body is HTML already. */
  static Answer page(int status, String title, String body) {
    return page(status, title, body, List.of());
  }

  /**
   * A page whose forms may lead elsewhere in the end.
   *
   * @param elsewhere the addresses
   */
  static Answer page(int status, String title, String body, List<String> elsewhere) {
    var text =
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        <nav aria-label="Local machine"><a href="/">Service</a><a href="/_local/">Machine</a><a
        href="/_local/mail">Mail</a><a href="/_local/clock">Clock</a></nav>
        <main>
        <h1>%s</h1>
        %s
        </main>
        </body>
        </html>
        """
            .formatted(escape(title), STYLE, escape(title), body);
    return Answer.of(status, "text/html; charset=utf-8", text.getBytes(StandardCharsets.UTF_8))
        .with("Content-Security-Policy", POLICY.replace("form-action 'self'", targets(elsewhere)))
        .with("X-Content-Type-Options", "nosniff")
        // Not no-referrer: browsers then send "Origin: null" with our own forms.
        .with("Referrer-Policy", "same-origin")
        .with("Cache-Control", "no-store");
  }

  /** Browsers hold what a form's answer leads to against this too. */
  private static String targets(List<String> addresses) {
    var targets = new StringBuilder("form-action 'self'");
    for (var address : addresses) {
      var origin = ORIGIN.matcher(address);
      if (origin.lookingAt()) {
        targets.append(' ').append(origin.group());
      }
    }
    return targets.toString();
  }

  /** A table under a heading, its cells HTML already; a line in its place if it has no rows. */
  static String table(String heading, List<String> columns, List<List<String>> rows) {
    var html = new StringBuilder("<h2>").append(escape(heading)).append("</h2>\n");
    if (rows.isEmpty()) {
      return html.append("<p>None.</p>\n").toString();
    }
    html.append("<div class=\"scroll\"><table><thead><tr>");
    columns.forEach(
        column -> html.append("<th scope=\"col\">").append(escape(column)).append("</th>"));
    html.append("</tr></thead><tbody>\n");
    for (var row : rows) {
      html.append("<tr>");
      row.forEach(cell -> html.append("<td>").append(cell).append("</td>"));
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  static String code(String text) {
    return "<code>" + escape(text) + "</code>";
  }

  static String link(String address, String text) {
    return "<a href=\"" + escape(address) + "\">" + escape(text) + "</a>";
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
