package dev.ktstr.it;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The arrows of ARCHITECTURE.md. */
class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.ktstr");

    private static final String[] VOCABULARY = {"dev.ktstr.annotations..", "dev.ktstr.spec..", "dev.ktstr.rules.."};
    private static final String[] PROCESSOR = {"dev.ktstr.processor.."};
    private static final String[] KERNEL = {"dev.ktstr.kernel.."};
    private static final String[] VM = {"dev.ktstr.vm.."};
    private static final String[] GUEST = {"dev.ktstr.guest.."};
    private static final String[] HARNESS = {
        "dev.ktstr",
        "dev.ktstr.run..",
        "dev.ktstr.inspect..",
        "dev.ktstr.monitor..",
        "dev.ktstr.catalogue..",
        "dev.ktstr.checks..",
        "dev.ktstr.claim..",
        "dev.ktstr.host..",
        "dev.ktstr.payload..",
        "dev.ktstr.result..",
        "dev.ktstr.snapshot..",
        "dev.ktstr.verify..",
        "dev.ktstr.junit..",
        "dev.ktstr.select.."
    };
    private static final String[] PLUGIN = {"dev.ktstr.maven.."};

    @Test
    void everyModuleIsSeen() {
        for (String[] layer : List.of(VOCABULARY, PROCESSOR, KERNEL, VM, GUEST, HARNESS, PLUGIN)) {
            assertThat(CLASSES.stream().filter(resideInAnyPackage(layer)).count())
                    .as(String.join(", ", layer))
                    .isGreaterThan(2);
        }
    }

    @Test
    void arrowsPointOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("vocabulary")
                .definedBy(VOCABULARY)
                .layer("processor")
                .definedBy(PROCESSOR)
                .layer("kernel")
                .definedBy(KERNEL)
                .layer("vm")
                .definedBy(VM)
                .layer("guest")
                .definedBy(GUEST)
                .layer("harness")
                .definedBy(HARNESS)
                .layer("plugin")
                .definedBy(PLUGIN)
                .whereLayer("processor")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("kernel")
                .mayOnlyBeAccessedByLayers("harness", "plugin")
                .whereLayer("vm")
                .mayOnlyBeAccessedByLayers("harness", "plugin")
                .whereLayer("guest")
                .mayOnlyBeAccessedByLayers("harness", "plugin")
                .whereLayer("harness")
                .mayOnlyBeAccessedByLayers("plugin")
                .whereLayer("plugin")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void everyClassIsInALayer() {
        classes()
                .that(resideInAnyPackage("dev.ktstr.."))
                .should()
                .resideInAnyPackage(
                        java.util.stream.Stream.of(VOCABULARY, PROCESSOR, KERNEL, VM, GUEST, HARNESS, PLUGIN)
                                .flatMap(java.util.Arrays::stream)
                                .toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void nobodyImportsFromASiblingsInternalPackage() {
        for (String module : List.of("kernel", "vm", "guest")) {
            ArchRule rule = noClasses()
                    .that(not(resideInAnyPackage("dev.ktstr." + module + "..")))
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.ktstr." + module + "..internal..");
            rule.check(CLASSES);
        }
    }

    @Test
    void nativeCodeHasOneDoor() {
        noClasses()
                .that(not(resideInAnyPackage("dev.ktstr.vm.internal.linux..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.jna..")
                .check(CLASSES);
    }

    @Test
    void judgingKnowsNoMachine() {
        noClasses()
                .that()
                .resideInAPackage("dev.ktstr.checks..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.ktstr.vm..", "dev.ktstr.guest..", "dev.ktstr.kernel.."))
                .check(CLASSES);
    }

    @Test
    void selectingKnowsNoMachineAndNoJUnit() {
        noClasses()
                .that()
                .resideInAPackage("dev.ktstr.select..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.ktstr.vm..", "dev.ktstr.guest..", "org.junit.."))
                .check(CLASSES);
    }

    @Test
    void theModulesBelowTheHarnessHaveNoCyclesBetweenPackages() {
        for (String module : List.of("kernel", "vm", "guest", "processor")) {
            SlicesRuleDefinition.slices()
                    .matching("dev.ktstr." + module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .check(CLASSES);
        }
    }
}
