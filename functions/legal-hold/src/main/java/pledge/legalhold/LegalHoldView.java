package pledge.legalhold;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import pledge.http.Response;
import pledge.policy.Category;
import pledge.privacy.LegalHold;

/** Legal holds, as staff see them. Times are ISO-8601, in UTC. */
final class LegalHoldView {
  /** Of those that are over, in a list: the newest. */
  private static final int MOST_OVER = 100;

  private LegalHoldView() {}

  /** What ends first, first; then what is over, the newest first. */
  static Response all(List<LegalHold> holds, Instant now) {
    var open =
        holds.stream()
            .filter(hold -> hold.isOpen(now))
            .sorted(Comparator.comparing(hold -> hold.terms().until()));
    var over = holds.reversed().stream().filter(hold -> !hold.isOpen(now)).limit(MOST_OVER);
    return Response.json(
        200,
        Map.of("legalHolds", Stream.concat(open, over).map(hold -> brief(hold, now)).toList()));
  }

  static Response one(int status, LegalHold hold, Instant now) {
    var view = brief(hold, now);
    view.put("history", hold.history().stream().map(LegalHoldView::done).toList());
    return Response.json(status, view);
  }

  private static Map<String, Object> brief(LegalHold hold, Instant now) {
    var view = new LinkedHashMap<String, Object>();
    view.put("id", hold.id());
    view.put("subject", hold.subject().value());
    view.put("categories", hold.terms().categories().stream().map(Category::name).toList());
    view.put("until", hold.terms().until().toString());
    view.put("reference", hold.terms().reference());
    view.put("undisclosed", hold.terms().undisclosed());
    view.put("state", hold.state(now).id());
    view.put("proposedBy", hold.proposedBy());
    hold.confirmedBy().ifPresent(staff -> view.put("confirmedBy", staff));
    return view;
  }

  private static Map<String, Object> done(LegalHold.Done done) {
    var view = new LinkedHashMap<String, Object>();
    view.put("at", done.at().toString());
    view.put("done", done.words());
    done.entry().staff().ifPresent(staff -> view.put("staff", staff));
    return view;
  }
}
