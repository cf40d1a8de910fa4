package pledge;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import pledge.policy.Category;
import pledge.vault.Environment;

/** What imports what: {@code shared}'s packages, each importing only those above it. */
final class ArchitectureTest {
  private static final List<String> LAYERS =
      List.of(
          "policy",
          "vault",
          "store",
          "subject",
          "http",
          "processor",
          "billing",
          "assistant",
          "privacy");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importUrl(Category.class.getProtectionDomain().getCodeSource().getLocation())
          .that(resideInAPackage("pledge.."));

  @Test
  void findsWhatItChecks() {
    assertThat(CLASSES.contain("pledge.policy.Category")).isTrue();
    assertThat(CLASSES.contain("pledge.http.HttpFunction")).isTrue();
    assertThat(CLASSES.contain(ArchitectureTest.class)).isFalse();
  }

  @Test
  void importsOnlyPackagesAbove() {
    var layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (var layer : LAYERS) {
      layers = layers.optionalLayer(layer).definedBy("pledge." + layer + "..");
    }
    for (var i = 0; i < LAYERS.size(); i++) {
      var below = LAYERS.subList(i + 1, LAYERS.size()).toArray(String[]::new);
      layers =
          below.length == 0
              ? layers.whereLayer(LAYERS.get(i)).mayNotBeAccessedByAnyLayer()
              : layers.whereLayer(LAYERS.get(i)).mayOnlyBeAccessedByLayers(below);
    }
    layers.check(CLASSES);
  }

  @Test
  void hasNoPackageOutsideTheLayers() {
    classes()
        .should()
        .resideInAnyPackage(
            LAYERS.stream().map(layer -> "pledge." + layer + "..").toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void importsNothingOfOursInPolicy() {
    noClasses()
        .that()
        .resideInAPackage("pledge.policy..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("pledge..").and(not(resideInAPackage("pledge.policy.."))))
        .check(CLASSES);
  }

  @Test
  void knowsTheAwsSdkInVaultAndStoreOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("pledge.vault..", "pledge.store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("software.amazon..")
        .check(CLASSES);
  }

  @Test
  void knowsAProcessorsLibraryInItsAdapterOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("pledge.processor.stripe..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.stripe..", "com.google.gson..")
        .check(CLASSES);
  }

  @Test
  void knowsLambdaInHttpOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("pledge.http..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.amazonaws..")
        .check(CLASSES);
  }

  @Test
  void knowsNothingOfTheLocalMachine() {
    noClasses().should().dependOnClassesThat().resideInAPackage("pledge.local..").check(CLASSES);
  }

  @Test
  void takesTheTimeFromTheClockThatIsPassedIn() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(Environment.class.getName())
        .should()
        .callCodeUnitWhere(readsTheSystemsClock())
        .check(CLASSES);
  }

  @Test
  void isNullMarkedThroughout() {
    classes()
        .should()
        .beAnnotatedWith(NullMarked.class)
        .orShould(
            ArchConditions.be(
                DescribedPredicate.describe(
                    "in a package that is @NullMarked",
                    (JavaClass type) -> type.getPackage().isAnnotatedWith(NullMarked.class))))
        .check(CLASSES);
  }

  @Test
  void logsThroughSlf4jOnly() {
    GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CLASSES);
    GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
  }

  private static DescribedPredicate<JavaCall<?>> readsTheSystemsClock() {
    var ofNow =
        Set.of(
            Instant.class,
            LocalDate.class,
            LocalDateTime.class,
            ZonedDateTime.class,
            OffsetDateTime.class);
    return DescribedPredicate.describe(
        "reads the system's clock",
        call -> {
          var owner = call.getTargetOwner();
          var name = call.getName();
          return (name.equals("now") && ofNow.stream().anyMatch(owner::isEquivalentTo))
              || (owner.isEquivalentTo(System.class)
                  && (name.equals("currentTimeMillis") || name.equals("nanoTime")))
              || (owner.isEquivalentTo(Clock.class) && name.startsWith("system"))
              || (owner.isEquivalentTo(InstantSource.class) && name.equals("system"))
              || (owner.isEquivalentTo(Date.class) && name.equals("<init>"));
        });
  }
}
