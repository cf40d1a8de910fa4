package pledge.functions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import pledge.policy.Pledge;

/**
 * The tests whose names, or whose class's name, begin with the ids of pledges: as the compiler
 * parses their sources, so that no test need be compiled or run.
 *
 * @param lines the id of a pledge, and the test as {@code Class#method}
 * @param unknown what a name begins with that looks like an id, and is no pledge's
 */
record NamedTests(SortedSet<String> lines, SortedSet<String> unknown) {
  private static final Set<String> TESTS =
      Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate");
  private static final Pattern LIKE_AN_ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)+");

  /** Those of all modules in that folder. */
  static NamedTests in(Path root) throws IOException {
    var found = new NamedTests(new TreeSet<>(), new TreeSet<>());
    var compiler = requireNonNull(ToolProvider.getSystemJavaCompiler(), "no JDK");
    try (var files = compiler.getStandardFileManager(null, null, UTF_8)) {
      var sources = files.getJavaFileObjectsFromPaths(sources(root));
      var task = compiler.getTask(null, files, null, List.of("-proc:none"), null, sources);
      for (var source : ((JavacTask) task).parse()) {
        for (var type : source.getTypeDecls()) {
          if (type instanceof ClassTree declared) {
            found.read(declared, declared.getSimpleName().toString(), Set.of());
          }
        }
      }
    }
    return found;
  }

  /** Passes over what was built, and over what is hidden. */
  private static List<Path> sources(Path root) throws IOException {
    var sources = new ArrayList<Path>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            var name = root.relativize(folder).getFileName().toString();
            return name.equals("target") || name.startsWith(".")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            var name = "/" + root.relativize(file);
            if (name.contains("/src/test/java/") && name.endsWith(".java")) {
              sources.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return sources;
  }

  private void read(ClassTree type, String name, Set<String> inherited) {
    var ids = new TreeSet<>(inherited);
    ids.addAll(ids(type.getModifiers(), name));
    for (var member : type.getMembers()) {
      if (member instanceof ClassTree nested) {
        read(nested, name + "." + nested.getSimpleName(), ids);
      } else if (member instanceof MethodTree method && isTest(method)) {
        var test = name + "#" + method.getName();
        ids.forEach(id -> lines.add(id + " " + test));
        ids(method.getModifiers(), test).forEach(id -> lines.add(id + " " + test));
      }
    }
  }

  private static boolean isTest(MethodTree method) {
    return method.getModifiers().getAnnotations().stream()
        .anyMatch(annotation -> TESTS.contains(name(annotation)));
  }

  private Set<String> ids(ModifiersTree modifiers, String where) {
    var ids = new TreeSet<String>();
    for (var annotation : modifiers.getAnnotations()) {
      for (var argument : annotation.getArguments()) {
        shown(annotation, argument).ifPresent(text -> ids.addAll(ids(text, where)));
      }
    }
    return ids;
  }

  /** What stands before the colon, or everything where there is none, if it is a list of ids. */
  private Set<String> ids(String text, String where) {
    var ids = new TreeSet<String>();
    for (var word : text.split(":", 2)[0].split(",", -1)) {
      var id = word.strip();
      if (Pledge.byId(id).isPresent()) {
        ids.add(id);
      } else if (LIKE_AN_ID.matcher(id).matches()) {
        unknown.add(id + " " + where);
      }
    }
    return ids;
  }

  /** The text under which that argument of an annotation has a test shown. */
  private static Optional<String> shown(AnnotationTree annotation, ExpressionTree argument) {
    var name = name(annotation);
    if (argument instanceof AssignmentTree assigned) {
      var attribute = assigned.getVariable().toString();
      return attribute.equals(name.equals("DisplayName") ? "value" : "name")
              && (name.equals("DisplayName") || TESTS.contains(name))
          ? Optional.of(text(assigned.getExpression()))
          : Optional.empty();
    }
    return name.equals("DisplayName") ? Optional.of(text(argument)) : Optional.empty();
  }

  private static String name(AnnotationTree annotation) {
    var name = annotation.getAnnotationType().toString();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** With a question mark for what is not written there. */
  private static String text(ExpressionTree expression) {
    return switch (expression) {
      case LiteralTree literal -> String.valueOf(literal.getValue());
      case BinaryTree sum -> text(sum.getLeftOperand()) + text(sum.getRightOperand());
      case ParenthesizedTree inner -> text(inner.getExpression());
      default -> "?";
    };
  }
}
