package dev.gra.grad;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.grpc.BindableService;

@AnalyzeClasses(packages = "dev.gra.grad", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule layers_are_used_from_above_only =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("program")
          .definedBy("dev.gra.grad")
          .layer("status")
          .definedBy("dev.gra.grad.status..")
          .layer("api")
          .definedBy("dev.gra.grad.api..")
          .layer("exec")
          .definedBy("dev.gra.grad.exec..")
          .layer("link")
          .definedBy("dev.gra.grad.link..")
          .layer("runner")
          .definedBy("dev.gra.grad.runner..")
          .layer("runtimes")
          .definedBy("dev.gra.grad.local..", "dev.gra.grad.kubernetes..")
          .whereLayer("program")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("status")
          .mayOnlyBeAccessedByLayers("program")
          .whereLayer("api")
          .mayOnlyBeAccessedByLayers("program", "status")
          .whereLayer("exec")
          .mayOnlyBeAccessedByLayers("program", "api", "status")
          .whereLayer("link")
          .mayOnlyBeAccessedByLayers("program", "api", "exec")
          .whereLayer("runtimes")
          .mayOnlyBeAccessedByLayers("program")
          .whereLayer("runner")
          .mayOnlyBeAccessedByLayers("program", "api", "status", "exec", "runtimes");

  @ArchTest
  static final ArchRule only_the_api_implements_grpc_services =
      classes()
          .that()
          .areAssignableTo(BindableService.class)
          .should()
          .resideInAPackage("dev.gra.grad.api..");

  @ArchTest
  static final ArchRule only_the_api_knows_the_services =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.gra.grad.api..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching("dev\\.gra\\.v1\\.\\w+Grpc.*");

  @ArchTest
  static final ArchRule helidon_is_met_in_few_places =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.gra.grad",
              "dev.gra.grad.helidon..",
              "dev.gra.grad.api..",
              "dev.gra.grad.config..",
              "dev.gra.grad.status..",
              "dev.gra.grad.telemetry..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.helidon..");

  @ArchTest
  static final ArchRule only_kubernetes_knows_the_kubernetes_client =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.gra.grad.kubernetes..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.kubernetes..");

  @ArchTest
  static final ArchRule only_telemetry_knows_opentelemetry =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.gra.grad.telemetry..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.opentelemetry..");

  @ArchTest
  static final ArchRule no_cycles =
      SlicesRuleDefinition.slices().matching("dev.gra.grad.(*)..").should().beFreeOfCycles();
}
