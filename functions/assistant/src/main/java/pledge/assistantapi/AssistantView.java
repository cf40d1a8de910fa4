package pledge.assistantapi;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import pledge.assistant.Assistant;
import pledge.http.Problem;
import pledge.http.Response;

/** An assistant, as its person sees it; the token that it answers to is shown alone. */
record AssistantView(String url) {
  /**
   * One, or that there is none.
   *
   * @param assistant opened
   */
  Response of(Optional<Assistant> assistant) {
    return Response.json(200, assistant.map(this::view).orElse(Map.of("state", "absent")));
  }

  /** What who speaks to one has to show it; 404 where there is none. */
  static Response token(Optional<Assistant> assistant) {
    return assistant
        .map(there -> Response.json(200, Map.of("token", there.opened().token())))
        .orElseGet(() -> Response.problem(Problem.NOT_FOUND));
  }

  private Map<String, Object> view(Assistant assistant) {
    var view = new LinkedHashMap<String, Object>();
    view.put("state", assistant.state().id());
    view.put("url", url.replace("{script}", assistant.script()));
    view.put("revision", assistant.settings());
    view.put("settings", assistant.opened().configuration().view());
    return view;
  }
}
