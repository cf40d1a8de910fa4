package pledge.local;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** {@code /_local/}: everything that runs on this machine. */
final class StatusPage {
  private final Machine machine;

  StatusPage(Machine machine) {
    this.machine = machine;
  }

  Answer answer() {
    var now = machine.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    var mails = machine.mailbox().mails().size();
    var body =
        "<p>It is "
            + Html.code(now.toString())
            + " here, and the clock "
            + (machine.clock().isTicking() ? "ticks" : "stands still")
            + ". "
            + Html.link("/_local/clock", "Move it")
            + ". "
            + Html.link("/_local/mail", mails == 1 ? "1 mail" : mails + " mails")
            + " sent. "
            + Html.link(StripePages.ROOT, "Stripe's stand-in")
            + ".</p>\n"
            + Html.table("Functions", List.of("Function", "Handler", "Called by"), functions())
            + Html.table("Tables", List.of("Table", "Items", "Expiry", "Stream"), tables())
            + Html.table("Queues", List.of("Queue", "Messages", "Being handled"), queues())
            + Html.table("Schedules", List.of("Schedule", "Function", "When", "Next"), schedules())
            + Html.table("Keys", List.of("Key", "Kind", "State"), keys())
            + Html.table("Stand-ins", List.of("Service", "Settings"), standIns());
    return Html.page(200, "What runs on this machine", body);
  }

  private List<List<String>> functions() {
    var rows = new ArrayList<List<String>>();
    for (var function : machine.functions()) {
      var sources = function.function().events().stream().map(StatusPage::source).toList();
      rows.add(
          List.of(
              Html.code(function.function().id()),
              Html.code(function.function().handler()),
              sources.isEmpty() ? "nothing" : String.join("<br>", sources)));
    }
    return rows;
  }

  private static String source(EventSource source) {
    return switch (source) {
      case EventSource.Http(var method, var path, var iam) ->
          // A path without parameters can be opened as it is.
          method.equals("GET") && !path.contains("{") && !iam
              ? Html.code(method) + " " + Html.link(path, path)
              : Html.code(method + " " + path);
      case EventSource.Stream(var table, _) -> "stream of " + Html.code(table);
      case EventSource.Queue queue -> "queue " + Html.code(queue.queue());
      case EventSource.Schedule schedule -> Html.code(schedule.expression().text());
    };
  }

  private List<List<String>> tables() {
    return machine.tables().stream()
        .map(
            table ->
                List.of(
                    Html.code(table.id()),
                    Long.toString(machine.count(table.id())),
                    Html.code(table.expiryAttribute().orElse("none")),
                    table.hasStream() ? "yes" : "no"))
        .toList();
  }

  private List<List<String>> queues() {
    return machine.queues().stream()
        .map(
            queue ->
                List.of(
                    Html.code(queue.name()),
                    Integer.toString(queue.depth()),
                    Integer.toString(queue.inFlight())))
        .toList();
  }

  private List<List<String>> schedules() {
    return machine.schedules().stream()
        .map(
            schedule ->
                List.of(
                    Html.code(schedule.name()),
                    Html.code(schedule.function()),
                    Html.code(schedule.expression()),
                    Html.code(schedule.next().toString())))
        .toList();
  }

  private List<List<String>> keys() {
    return machine.kms().keys().all().stream()
        .map(
            key ->
                List.of(
                    Html.code(key.logicalId()),
                    Html.code(key.spec()),
                    Html.escape(key.state().wireName())))
        .toList();
  }

  private List<List<String>> standIns() {
    return machine.standIns().stream()
        .map(
            standIn ->
                List.of(
                    Html.escape(standIn.name()),
                    standIn.settings().entrySet().stream()
                        .map(setting -> Html.code(setting.getKey() + "=" + setting.getValue()))
                        .reduce((one, next) -> one + "<br>" + next)
                        .orElse("")))
        .toList();
  }
}
