package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;

/** {@code /_local/clock}: what time it is here, and how to make it later. */
final class ClockPage {
  private static final Duration SETTLE = Duration.ofSeconds(10);

  private static final String FORMS =
      """
      <form method="post"><label>Advance by (<code>PT1H</code>, <code>P30D</code>, <code>P1M</code>)
      <input name="advance" required value="P1D" autocomplete="off"></label><button>Advance</button></form>
      <form method="post"><label>Set to
      <input name="set" required placeholder="2027-01-01T00:00:00Z" autocomplete="off"></label><button>Set</button></form>
      <form method="post"><input type="hidden" name="real" value="true"><button>Back to real time</button></form>
      <p>Time drives expiry, schedules and everything the functions decide by time. It only moves forward, but for the way
      back to real time: what has expired stays gone.</p>
      """;

  private final Machine machine;

  ClockPage(Machine machine) {
    this.machine = machine;
  }

  Answer answer(Call call) {
    return switch (call.method()) {
      case "GET", "HEAD" -> show(call, "");
      case "POST" -> move(call);
      default ->
          Answer.text(405, "Look at the clock or move it.\n").with("Allow", "GET, HEAD, POST");
    };
  }

  private Answer move(Call call) {
    try {
      var wish =
          call.mediaType().equals("application/json") ? Json.parse(call.body()) : form(call.text());
      carryOut(wish);
    } catch (DateTimeException e) {
      return refuse(call, "That is no ISO 8601 duration or moment: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      return refuse(call, String.valueOf(e.getMessage()));
    }
    return show(call, settled());
  }

  private void carryOut(JsonNode wish) {
    var clock = machine.clock();
    if (wish.has("advance")) {
      advance(wish.path("advance").asText().strip());
    } else if (wish.has("set")) {
      clock.set(Instant.parse(wish.path("set").asText().strip()));
    } else if (wish.path("real").asBoolean()) {
      clock.reset();
    } else {
      throw new IllegalArgumentException("Say advance, set or real.");
    }
  }

  /**
   * A period of days, months and years, or a duration of hours and less; {@code P1DT2H} is a
   * duration.
   */
  private void advance(String by) {
    if (by.contains("T")) {
      machine.clock().advance(Duration.parse(by));
    } else {
      machine.clock().advance(Period.parse(by));
    }
  }

  private String settled() {
    try {
      machine.settle(SETTLE);
      return "Everything that was due is done.";
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private Answer show(Call call, String note) {
    var clock = machine.clock();
    if (wantsJson(call)) {
      var json =
          Json.object()
              .put("now", clock.instant().toString())
              .put("ticking", clock.isTicking())
              .put("ahead", clock.offset().toString());
      return Answer.json(200, note.isEmpty() ? json : json.put("note", note));
    }
    var offset = clock.offset();
    var body =
        "<p>It is "
            + Html.code(clock.instant().toString())
            + (offset.isZero() ? "" : ", " + Html.escape(days(offset)) + " ahead of real time")
            + ".</p>\n"
            + (note.isEmpty() ? "" : "<p role=\"status\">" + Html.escape(note) + "</p>\n")
            + FORMS;
    return Html.page(200, "Clock", body);
  }

  private static Answer refuse(Call call, String sentence) {
    return wantsJson(call)
        ? Answer.json(400, Json.object().put("message", sentence))
        : Html.page(
            400,
            "The clock did not move",
            "<p role=\"alert\">"
                + Html.escape(sentence)
                + "</p><p>"
                + Html.link("/_local/clock", "Back to the clock")
                + "</p>");
  }

  private static String days(Duration offset) {
    return offset.toDays()
        + " days "
        + offset.toHoursPart()
        + " hours "
        + offset.toMinutesPart()
        + " minutes";
  }

  private static boolean wantsJson(Call call) {
    return call.mediaType().equals("application/json")
        || call.header("Accept").orElse("").contains("application/json");
  }

  private static JsonNode form(String text) {
    var fields = Json.object();
    for (var pair : text.split("&", -1)) {
      var parts = pair.split("=", 2);
      if (parts.length == 2) {
        fields.put(
            URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
            URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
      }
    }
    return fields;
  }
}
