package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads a CloudFormation template; its short forms ({@code !Ref}, {@code !GetAtt}, ...) become the
 * long ones.
 */
final class TemplateReader {
  private TemplateReader() {}

  /**
   * The template as a tree.
   *
   * @throws MachineException if the file is missing or is not a template
   */
  static ObjectNode read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new MachineException("There is no template at " + file + ": name one with --template.");
    }
    try {
      var root =
          new Compose(LoadSettings.builder().setLabel(file.toString()).build())
              .composeString(Files.readString(file))
              .map(TemplateReader::tree)
              .orElse(NullNode.instance);
      if (root instanceof ObjectNode template && template.path("Resources").isObject()) {
        return template;
      }
      throw new MachineException("The template " + file + " has no Resources.");
    } catch (YamlEngineException e) {
      var reason =
          String.valueOf(e.getMessage())
              .lines()
              .map(String::strip)
              .reduce((a, b) -> a + " " + b)
              .orElse("");
      throw new MachineException("The template " + file + " is not YAML: " + reason, e);
    } catch (IOException e) {
      throw new MachineException("The template " + file + " cannot be read: " + e + ".", e);
    }
  }

  /** Where {@code template.yaml} is: in the given folder, or the nearest one above it. */
  static Path find(Path from) {
    for (@Nullable Path folder = from.toAbsolutePath();
        folder != null;
        folder = folder.getParent()) {
      var candidate = folder.resolve("template.yaml");
      if (Files.isRegularFile(candidate)) {
        return candidate;
      }
    }
    throw new MachineException(
        "There is no template.yaml in "
            + from.toAbsolutePath()
            + " or above: name one with --template.");
  }

  private static JsonNode tree(Node node) {
    var tag = node.getTag().getValue();
    var plain = plain(node);
    if (!tag.startsWith("!") || tag.length() == 1) {
      return plain;
    }
    var name = tag.substring(1);
    var function = name.equals("Ref") || name.equals("Condition") ? name : "Fn::" + name;
    // !GetAtt Table.Arn is short for [Table, Arn].
    if (name.equals("GetAtt") && plain.isTextual()) {
      var dot = plain.asText().split("\\.", 2);
      plain = Json.array().add(dot[0]).add(dot.length > 1 ? dot[1] : "");
    }
    return Json.object().set(function, plain);
  }

  private static JsonNode plain(Node node) {
    return switch (node) {
      case MappingNode mapping -> {
        var object = Json.object();
        for (var entry : mapping.getValue()) {
          object.set(((ScalarNode) entry.getKeyNode()).getValue(), tree(entry.getValueNode()));
        }
        yield object;
      }
      case SequenceNode sequence -> {
        var array = Json.array();
        sequence.getValue().forEach(item -> array.add(tree(item)));
        yield array;
      }
      case ScalarNode scalar -> scalar(scalar);
      default ->
          throw new MachineException(
              "The template holds something that is neither map, list nor value.");
    };
  }

  private static JsonNode scalar(ScalarNode scalar) {
    var tag = scalar.getTag();
    var value = scalar.getValue();
    if (tag.equals(Tag.BOOL)) {
      return BooleanNode.valueOf(Boolean.parseBoolean(value));
    }
    if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
      return DecimalNode.valueOf(new BigDecimal(value));
    }
    return tag.equals(Tag.NULL) ? NullNode.instance : TextNode.valueOf(value);
  }
}
