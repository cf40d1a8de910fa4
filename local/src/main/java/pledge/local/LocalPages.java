package pledge.local;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a person sees of the machine, under {@code /_local/} beside the service itself. */
final class LocalPages implements Site {
  static final String ROOT = "/_local/";

  private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Pattern PORT = Pattern.compile(":\\d+$");

  private final Machine machine;
  private final StatusPage status;
  private final MailPages mail;
  private final ClockPage clock;
  private final StripePages stripe;

  LocalPages(Machine machine) {
    this.machine = machine;
    this.status = new StatusPage(machine);
    this.mail = new MailPages(machine);
    this.clock = new ClockPage(machine);
    this.stripe = new StripePages(machine.stripe());
  }

  boolean owns(Call call) {
    return call.path().equals("/_local") || call.path().startsWith(ROOT);
  }

  @Override
  public Answer answer(Call call) {
    if (!isFromHere(call)) {
      return Answer.text(403, "These pages are for this machine: open them at http://localhost.\n");
    }
    var path = call.path().equals("/_local") ? "" : call.path().substring(ROOT.length());
    if (path.startsWith("invoke/")) {
      return invoke(call, path.substring("invoke/".length()));
    }
    if (path.equals("clock")) {
      return clock.answer(call);
    }
    if (path.startsWith("stripe/")) {
      return stripe.answer(call, path.substring("stripe/".length()));
    }
    if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
      return Answer.text(405, "This page is only for looking.\n").with("Allow", "GET, HEAD");
    }
    if (path.isEmpty()) {
      return status.answer();
    }
    return path.equals("mail") || path.equals("mail.json") || path.startsWith("mail/")
        ? mail.answer(call, path)
        : Html.page(
            404,
            "Not here",
            "<p>There is no such page. " + Html.link(ROOT, "What is here") + "</p>");
  }

  private Answer invoke(Call call, String function) {
    if (!call.method().equals("POST")) {
      return Answer.text(405, "Post an event to call the function.\n").with("Allow", "POST");
    }
    try {
      return Answer.of(200, "application/json", machine.runtime(function).invoke(call.body()));
    } catch (IllegalArgumentException e) {
      return Answer.text(404, e.getMessage() + "\n");
    } catch (FunctionFailure e) {
      // Lambda answers 200 and says in a header that the function failed.
      return Answer.of(200, "application/json", e.toJson())
          .with("X-Amz-Function-Error", "Unhandled");
    }
  }

  /**
   * Any page on the web can send requests to localhost, under a name of its own (DNS rebinding) or
   * from its own origin: neither may move the clock or read mail.
   */
  private static boolean isFromHere(Call call) {
    var host = call.header("Host").map(LocalPages::withoutPort).orElse("");
    var origin = call.header("Origin");
    return HERE.contains(host)
        && origin.map(LocalPages::originHost).map(HERE::contains).orElse(true)
        && !call.header("Sec-Fetch-Site").orElse("").equals("cross-site");
  }

  private static String withoutPort(String host) {
    return PORT.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
  }

  private static String originHost(String origin) {
    try {
      var host = URI.create(origin).getHost();
      return host == null ? "" : host;
    } catch (IllegalArgumentException _) {
      return "";
    }
  }
}
