package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which part of the stand-in carries out a request, by method and path. */
final class StripeRoutes {
  private static final long MOST = 100;
  private static final long USUAL = 10;

  private final StripeObjects objects;
  private final List<Route> routes = new ArrayList<>();

  StripeRoutes(StripeObjects objects) {
    this.objects = objects;
  }

  private record Route(String method, Pattern path, boolean preview, Endpoint endpoint) {}

  /** One thing that can be asked. */
  @FunctionalInterface
  interface Endpoint {
    ObjectNode answer(Request request);
  }

  /** One request, as far as an endpoint cares. */
  record Request(List<String> ids, StripeParameters form) {
    /** The number in the path. */
    String id() {
      return ids.getFirst();
    }
  }

  /** A request with the endpoint that is to answer it. */
  record Match(Endpoint endpoint, List<String> ids, boolean preview) {}

  /**
   * @param route such as {@code POST /v1/customers/{id}}
   */
  void on(String route, Endpoint endpoint) {
    add(route, false, endpoint);
  }

  /** The same for what Stripe shows only to who asks for its preview version. */
  void onPreview(String route, Endpoint endpoint) {
    add(route, true, endpoint);
  }

  /** A list of objects, the newest first, page by page. */
  void list(String path, Function<StripeParameters, List<ObjectNode>> all) {
    on("GET " + path, request -> page(path, request.form(), all));
  }

  private void add(String route, boolean preview, Endpoint endpoint) {
    var words = route.split(" ", 2);
    var pattern = Pattern.compile(words[1].replaceAll("\\{[a-z]+}", "([A-Za-z0-9_]+)"));
    routes.add(new Route(words[0], pattern, preview, endpoint));
  }

  Optional<Match> find(String method, String path) {
    for (var route : routes) {
      var match = route.path().matcher(path);
      if (route.method().equals(method) && match.matches()) {
        return Optional.of(new Match(route.endpoint(), groups(match), route.preview()));
      }
    }
    return Optional.empty();
  }

  private static List<String> groups(Matcher match) {
    var groups = new ArrayList<String>();
    for (var i = 1; i <= match.groupCount(); i++) {
      groups.add(match.group(i));
    }
    return groups;
  }

  private ObjectNode page(
      String path, StripeParameters form, Function<StripeParameters, List<ObjectNode>> find) {
    var limit = (int) form.number("limit").orElse(USUAL);
    if (limit < 1 || limit > MOST) {
      throw StripeError.invalid("limit", "Invalid limit: must be between 1 and 100.");
    }
    var after = cursor(form, "starting_after");
    var before = cursor(form, "ending_before");
    var created = created(form);
    var all = find.apply(form);
    form.end();
    var rest =
        all.stream()
            .filter(created)
            .filter(object -> after.isEmpty() || objects.sequence(object) < after.getAsLong())
            .filter(object -> before.isEmpty() || objects.sequence(object) > before.getAsLong())
            .toList();
    var size = Math.min(limit, rest.size());
    var page =
        before.isPresent() ? rest.subList(rest.size() - size, rest.size()) : rest.subList(0, size);
    var list =
        Json.object().put("object", "list").put("url", path).put("has_more", size < rest.size());
    list.putArray("data").addAll(page);
    return list;
  }

  private OptionalLong cursor(StripeParameters form, String name) {
    var id = form.text(name);
    if (id.isEmpty()) {
      return OptionalLong.empty();
    }
    var found = objects.find(id.get());
    return OptionalLong.of(
        objects.sequence(found.orElseThrow(() -> StripeError.missingIn(name, "object", id.get()))));
  }

  private static Predicate<ObjectNode> created(StripeParameters form) {
    if (!form.isNested("created")) {
      var moment = form.number("created");
      return object -> moment.isEmpty() || created(object) == moment.getAsLong();
    }
    var range = form.in("created");
    var gt = range.number("gt");
    var gte = range.number("gte");
    var lt = range.number("lt");
    var lte = range.number("lte");
    return object ->
        (gt.isEmpty() || created(object) > gt.getAsLong())
            && (gte.isEmpty() || created(object) >= gte.getAsLong())
            && (lt.isEmpty() || created(object) < lt.getAsLong())
            && (lte.isEmpty() || created(object) <= lte.getAsLong());
  }

  private static long created(ObjectNode object) {
    return object.path("created").asLong();
  }
}
