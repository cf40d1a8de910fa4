package pledge.functions;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What a function may import: {@code shared}, its own package, and nothing of another function. */
final class FunctionsArchitectureTest {
  /** {@code shared}'s, and the machine's, which is no function's. */
  private static final String[] NOT_FUNCTIONS = {
    "pledge.policy..",
    "pledge.vault..",
    "pledge.store..",
    "pledge.subject..",
    "pledge.http..",
    "pledge.processor..",
    "pledge.billing..",
    "pledge.assistant..",
    "pledge.privacy..",
    "pledge.local.."
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("pledge")
          .that(not(resideInAnyPackage(NOT_FUNCTIONS)));

  /** The package of each function. */
  static final Set<String> PACKAGES =
      CLASSES.stream()
          .map(JavaClass::getPackageName)
          .collect(Collectors.toCollection(TreeSet::new));

  @Test
  void findsEveryFunctionOfTheTemplate() {
    assertThat(new DeployedTemplate().functions())
        .extracting(function -> function.at("Properties", "Handler").text())
        .extracting(handler -> handler.substring(0, handler.lastIndexOf('.')))
        .containsExactlyInAnyOrderElementsOf(PACKAGES);
  }

  @ParameterizedTest
  @FieldSource("PACKAGES")
  void aFunctionKnowsNoOther(String function) {
    noClasses()
        .that()
        .resideInAPackage(function)
        .should()
        .dependOnClassesThat(
            resideInAPackage("pledge..")
                .and(not(resideInAPackage(function)))
                .and(not(resideInAnyPackage(NOT_FUNCTIONS))))
        .check(CLASSES);
  }

  @Test
  void noneKnowsTheLocalMachine() {
    noClasses().should().dependOnClassesThat().resideInAPackage("pledge.local..").check(CLASSES);
  }

  @Test
  void recordsAndKeysAreReachedThroughSharedAlone() {
    noClasses()
        .that()
        // It reads how tables are set up, and no record.
        .doNotHaveFullyQualifiedName("pledge.retention.audit.TablesCheck")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "software.amazon.awssdk.services.dynamodb..", "software.amazon.awssdk.services.kms..")
        .check(CLASSES);
  }

  @Test
  void theTimeIsTakenFromTheClockThatIsPassedIn() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDate.class, "now")
        .orShould()
        .callMethod(InstantSource.class, "system")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(LocalDateTime.class, "now")
        .orShould()
        .callMethod(ZonedDateTime.class, "now")
        .orShould()
        .callConstructor(Date.class)
        .check(CLASSES);
  }
}
