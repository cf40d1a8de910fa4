package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;

/** What is shown of objects: without our own notes, and with what {@code expand} asks for. */
final class StripeAnswers {
  private final StripeObjects objects;

  StripeAnswers(StripeObjects objects) {
    this.objects = objects;
  }

  /** A copy without our own notes, whose names begin with an underscore. */
  static ObjectNode shown(ObjectNode object) {
    var copy = object.deepCopy();
    copy.remove(
        copy.properties().stream()
            .map(field -> field.getKey())
            .filter(name -> name.startsWith("_"))
            .toList());
    return copy;
  }

  /** An object as it is answered. */
  ObjectNode answer(ObjectNode object, List<String> expand) {
    var copy = shown(object);
    if (copy.path("object").asText().equals("list")) {
      var shown = Json.array();
      copy.path("data").forEach(element -> shown.add(shown((ObjectNode) element)));
      copy.set("data", shown);
    }
    for (var path : expand) {
      expand(copy, Arrays.asList(path.split("\\.", -1)), path);
    }
    return copy;
  }

  private void expand(JsonNode node, List<String> path, String whole) {
    if (path.isEmpty() || node.isNull()) {
      return;
    }
    if (node instanceof ArrayNode array) {
      array.forEach(element -> expand(element, path, whole));
      return;
    }
    if (!(node instanceof ObjectNode object)) {
      throw cannot(whole);
    }
    var name = path.getFirst();
    include(object, name);
    if (!object.has(name)) {
      throw cannot(whole);
    }
    var value = object.path(name);
    if (value.isTextual()) {
      var found = objects.find(value.asText()).orElseThrow(() -> cannot(whole));
      object.set(name, shown(found));
    }
    expand(object.path(name), path.subList(1, path.size()), whole);
  }

  /** Lists that an object has only where they are asked for. */
  private void include(ObjectNode object, String name) {
    var id = StripeObjects.id(object);
    switch (StripeObjects.type(object) + "." + name) {
      case "invoice.payments" ->
          object.set(
              name, list(objects.all("invoice_payment", "invoice", id), "/v1/invoice_payments"));
      case "charge.refunds" ->
          object.set(
              name, list(objects.all("refund", "charge", id), "/v1/charges/" + id + "/refunds"));
      case "customer.subscriptions" ->
          object.set(
              name,
              list(
                  objects.all("subscription", "customer", id).stream()
                      .filter(it -> !StripeSubscriptions.isOver(it))
                      .toList(),
                  "/v1/customers/" + id + "/subscriptions"));
      default -> {}
    }
  }

  static ObjectNode list(List<ObjectNode> data, String url) {
    var list = Json.object().put("object", "list").put("has_more", false).put("url", url);
    var array = list.putArray("data");
    data.forEach(element -> array.add(shown(element)));
    return list;
  }

  private static StripeError cannot(String path) {
    return StripeError.invalid("expand", "This property cannot be expanded (" + path + ").");
  }
}
