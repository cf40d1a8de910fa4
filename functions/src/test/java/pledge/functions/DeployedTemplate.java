package pledge.functions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** {@code template.yaml} as texts, lists and maps; a tagged value is {@code !Tag value}. */
final class DeployedTemplate {
  static final Path ROOT = root();

  private final Part resources;
  private final Part globals;

  DeployedTemplate() {
    try (var reader = Files.newBufferedReader(ROOT.resolve("template.yaml"))) {
      var node = new Compose(LoadSettings.builder().build()).composeReader(reader).orElseThrow();
      var all = new Part("template", value(node));
      resources = all.at("Resources");
      globals = all.at("Globals", "Function");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A value, and where it stands. */
  record Part(String name, Object value) {
    /** What is below; an empty text where nothing is. */
    Part at(String... path) {
      var found = this;
      for (var key : path) {
        var below = found.value instanceof Map<?, ?> map ? map.get(key) : null;
        found = new Part(found.name + "." + key, Objects.requireNonNullElse(below, ""));
      }
      return found;
    }

    String text() {
      return value.toString();
    }

    boolean isAbsent() {
      return "".equals(value);
    }

    /** What is in a list; a value that is none counts as a list of one. */
    List<Part> all() {
      if (isAbsent()) {
        return List.of();
      }
      return value instanceof List<?> list
          ? list.stream().map(element -> new Part(name, Objects.requireNonNull(element))).toList()
          : List.of(this);
    }

    List<String> texts() {
      return all().stream().map(Part::text).toList();
    }

    List<Part> entries() {
      return value instanceof Map<?, ?> map
          ? map.entrySet().stream()
              .map(
                  entry ->
                      new Part(
                          String.valueOf(entry.getKey()), Objects.requireNonNull(entry.getValue())))
              .toList()
          : List.of();
    }

    /** This and everything below. */
    Stream<Part> walk() {
      return Stream.concat(
          Stream.of(this),
          value instanceof List<?>
              ? all().stream().flatMap(Part::walk)
              : entries().stream().flatMap(Part::walk));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** The resources of a type, by logical id. */
  List<Part> ofType(String type) {
    return resources.entries().stream()
        .filter(resource -> resource.at("Type").text().equals(type))
        .toList();
  }

  List<Part> functions() {
    return ofType("AWS::Serverless::Function");
  }

  /** What all functions have. */
  Part globals() {
    return globals;
  }

  List<Part> resources() {
    return resources.entries();
  }

  Part resource(String logicalId) {
    return resources.at(logicalId);
  }

  /** Every statement that allows somebody something, but for those of key policies. */
  List<Part> statements() {
    return resources().stream()
        .filter(resource -> !resource.at("Type").text().equals("AWS::KMS::Key"))
        .flatMap(Part::walk)
        .filter(part -> part.value() instanceof Map<?, ?> map && map.containsKey("Effect"))
        .toList();
  }

  /** What a function's code may do. */
  List<Part> statementsOf(Part function) {
    var role = function.at("Properties", "Role");
    return role.isAbsent()
        ? function.at("Properties", "Policies").all().stream()
            .flatMap(policy -> policy.at("Statement").all().stream())
            .toList()
        : statements(role, "WhatItDoes");
  }

  /** What Lambda may do in the name of a function, to hand it what it works on. */
  List<Part> feedOf(Part function) {
    return statements(function.at("Properties", "Role"), "WhatFeedsIt");
  }

  private List<Part> statements(Part role, String policy) {
    return resource(role.text().replaceFirst("^!GetAtt (\\w+)\\.Arn$", "$1"))
        .at("Properties", "Policies")
        .all()
        .stream()
        .filter(part -> part.at("PolicyName").text().equals(policy))
        .flatMap(part -> part.at("PolicyDocument", "Statement").all().stream())
        .toList();
  }

  /**
   * What a statement allows.
   *
   * @param uses {@code action table}, or {@code kms:action purpose}
   * @param partitions the partition keys that it allows it on; any where there are none
   */
  record Grant(String sid, Set<String> uses, List<Pattern> partitions) {
    boolean allows(String use, String partition) {
      return uses.contains(use)
          && (partitions.isEmpty()
              || partitions.stream().anyMatch(key -> key.matcher(partition).matches()));
    }

    @Override
    public String toString() {
      return sid;
    }
  }

  List<Grant> grantsOf(Part function) {
    return statementsOf(function).stream()
        .map(
            statement ->
                new Grant(statement.at("Sid").text(), uses(statement), leadingKeys(statement)))
        .toList();
  }

  /** What a function may do: {@code action table}, or {@code kms:action purpose}. */
  Set<String> allowedTo(Part function) {
    var allowed = new TreeSet<String>();
    grantsOf(function).forEach(grant -> allowed.addAll(grant.uses()));
    return allowed;
  }

  private static Set<String> uses(Part statement) {
    var uses = new TreeSet<String>();
    for (var action : statement.at("Action").texts()) {
      if (action.matches("kms:(Decrypt|GenerateDataKey)")) {
        statement
            .at("Condition", "StringEquals", "kms:EncryptionContext:purpose")
            .texts()
            .forEach(purpose -> uses.add(action + " " + purpose));
      } else if (action.startsWith("dynamodb:")) {
        statement.at("Resource").texts().stream()
            .map(arn -> arn.replaceFirst("^!GetAtt (\\w+)\\.Arn$", "$1"))
            .map(arn -> arn.replaceFirst("^!Sub \\$\\{(\\w+)\\.Arn\\}/(index/.+)$", "$1/$2"))
            .forEach(table -> uses.add(action + " " + table));
      } else {
        uses.add(action + " ");
      }
    }
    return uses;
  }

  /** As IAM compares them: in StringLike, * is any text and ? any character. */
  private static List<Pattern> leadingKeys(Part statement) {
    var patterns = new ArrayList<Pattern>();
    for (var operator : statement.at("Condition").entries()) {
      for (var key : operator.at("dynamodb:LeadingKeys").texts()) {
        var literal = Pattern.quote(key);
        patterns.add(
            Pattern.compile(
                switch (operator.name()) {
                  case "ForAllValues:StringEquals" -> literal;
                  case "ForAllValues:StringLike" ->
                      literal.replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q");
                  default -> throw new IllegalArgumentException("is not read yet: " + operator);
                }));
      }
    }
    return patterns;
  }

  private static Object value(Node node) {
    Object value =
        switch (node) {
          case ScalarNode scalar -> scalar.getValue();
          case SequenceNode sequence -> {
            var list = new ArrayList<Object>();
            sequence.getValue().forEach(element -> list.add(value(element)));
            yield list;
          }
          case MappingNode mapping -> {
            var map = new LinkedHashMap<String, Object>();
            mapping
                .getValue()
                .forEach(
                    tuple ->
                        map.put(
                            ((ScalarNode) tuple.getKeyNode()).getValue(),
                            value(tuple.getValueNode())));
            yield map;
          }
          default -> throw new IllegalArgumentException("no such node: " + node.getNodeType());
        };
    var tag = node.getTag().getValue();
    return tag.startsWith("!") && !node.getTag().equals(Tag.STR) && value instanceof String
        ? tag + " " + value
        : value;
  }

  private static Path root() {
    for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("template.yaml"))) {
        return folder;
      }
    }
    throw new IllegalStateException("no template.yaml here or above");
  }
}
