package pledge.pledges;

import pledge.http.Response;

/** A page without script, from our own origin alone (essential-cookies). */
final class Page {
  private static final String POLICY =
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private Page() {}

  static Response of(String title, String content) {
    return Response.html(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%s</title>
            <link rel="stylesheet" href="/assets/page.css">
            </head>
            <body>
            <nav aria-label="Site"><a href="/">Account</a> · <a href="/pledges">Pledges</a> · \
            <a href="/privacy">Privacy</a></nav>
            <main>
            %s
            </main>
            </body>
            </html>
            """
                .formatted(escape(title), content))
        .header("content-security-policy", POLICY)
        .header("vary", "accept");
  }

  /** A text as HTML shows it, in an element or an attribute. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
