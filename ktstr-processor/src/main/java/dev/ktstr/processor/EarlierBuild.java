package dev.ktstr.processor;

import dev.ktstr.processor.write.Registry;
import dev.ktstr.rules.Codes;
import dev.ktstr.rules.Finding;
import dev.ktstr.rules.Place;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.annotation.processing.Filer;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.tools.StandardLocation;

/**
 * What an earlier compilation of the module left in the output folder: its registry and its class files. An incremental
 * build compiles some sources; what it does not bring is kept as long as its class file is there.
 */
final class EarlierBuild {
    private final Filer filer;
    private final Elements elements;
    private final Registry registry;
    private Optional<Finding> problem = Optional.empty();

    EarlierBuild(Filer filer, Elements elements) {
        this.filer = filer;
        this.elements = elements;
        this.registry = read();
    }

    /** What could not be read. */
    Optional<Finding> problem() {
        return problem;
    }

    Registry registry() {
        return registry;
    }

    /** Classes with tests that inherit from one of these schedulers, and whose own source need not be in this compilation. */
    List<String> testsOfChangedSchedulers(Set<String> schedulers) {
        return registry.testClasses().stream()
                .filter(c -> registry.usesScheduler(c, schedulers::contains))
                .filter(c -> elements.getTypeElement(c) != null)
                .toList();
    }

    /** Whether the class file of a type lies in the output folder. */
    boolean hasClassFile(String type) {
        TypeElement element = elements.getTypeElement(type);
        String binary = element == null ? type : elements.getBinaryName(element).toString();
        int dot = binary.lastIndexOf('.');
        String folder = dot < 0 ? "" : binary.substring(0, dot);
        try (InputStream in = filer.getResource(
                        StandardLocation.CLASS_OUTPUT, folder, binary.substring(dot + 1) + ".class")
                .openInputStream()) {
            return in.read() >= 0;
        } catch (IOException | IllegalArgumentException | UnsupportedOperationException none) {
            return false;
        }
    }

    private Registry read() {
        String text;
        try (InputStream in = filer.getResource(StandardLocation.CLASS_OUTPUT, "", Registry.PATH)
                .openInputStream()) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException | IllegalArgumentException | UnsupportedOperationException none) {
            // Compilers say in different ways that there is no such file; nothing is lost when there is none.
            return new Registry();
        }
        try {
            return Registry.parse(text);
        } catch (IllegalArgumentException e) {
            problem = Optional.of(new Finding(
                    Codes.REGISTRY_UNREADABLE,
                    "the registry of the last build, " + Registry.PATH + ", cannot be used: " + e.getMessage(),
                    "If this build compiles only some of the tests, the others will be missing from it",
                    "build the module once from scratch",
                    Place.NOWHERE));
            return new Registry();
        }
    }
}
