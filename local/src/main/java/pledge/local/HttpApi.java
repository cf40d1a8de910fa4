package pledge.local;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The template's HTTP API: finds the route, calls the function, answers what it says. */
final class HttpApi implements Site {
  /** The payload limit of HTTP APIs. */
  private static final int MAX_BODY = 10 * 1024 * 1024;

  private final List<Route> routes;
  private final InstantSource clock;
  private final IamAuthorizer authorizer = new IamAuthorizer(InstantSource.system());

  HttpApi(Collection<FunctionRuntime> functions, InstantSource clock) {
    this.clock = clock;
    var found = new ArrayList<Route>();
    for (var function : functions) {
      for (var event : function.function().events()) {
        if (event instanceof EventSource.Http(var method, var path, var iam)) {
          found.add(new Route(method.toUpperCase(java.util.Locale.ROOT), path, iam, function));
        }
      }
    }
    found.sort(Comparator.comparing(Route::rank).reversed());
    routes = List.copyOf(found);
  }

  List<Route> routes() {
    return routes;
  }

  @Override
  public Answer answer(Call call) {
    if (call.body().length > MAX_BODY) {
      return message(413, "Request Entity Too Large");
    }
    for (var route : routes) {
      var parameters = route.match(call.method(), call.path());
      if (parameters.isPresent()) {
        if (route.iam() && !authorizer.admits(call)) {
          return message(403, "Forbidden");
        }
        var event = HttpApiEvent.of(call, route, parameters.get(), clock.instant());
        return invoke(route, event);
      }
    }
    return message(404, "Not Found");
  }

  private static Answer invoke(Route route, byte[] event) {
    try {
      return HttpApiResponse.read(route.function().invoke(event));
    } catch (FunctionFailure e) {
      return e.timedOut()
          ? message(503, "Service Unavailable")
          : message(500, "Internal Server Error");
    }
  }

  static Answer message(int status, String text) {
    return Answer.json(status, Json.object().put("message", text));
  }
}
