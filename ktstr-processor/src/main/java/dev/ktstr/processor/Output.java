package dev.ktstr.processor;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.JavaFile;
import dev.ktstr.processor.model.ClaimableUnit;
import dev.ktstr.processor.model.Gauntlet;
import dev.ktstr.processor.model.Location;
import dev.ktstr.processor.model.SchedulerUnit;
import dev.ktstr.processor.model.TestUnit;
import dev.ktstr.processor.write.ClaimsClassWriter;
import dev.ktstr.processor.write.FlagsClassWriter;
import dev.ktstr.processor.write.GauntletClassWriter;
import dev.ktstr.processor.write.JavaNames;
import dev.ktstr.processor.write.Registry;
import dev.ktstr.processor.write.TestClassWriter;
import dev.ktstr.rules.Codes;
import dev.ktstr.rules.Finding;
import dev.ktstr.rules.Findings;
import dev.ktstr.rules.Place;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.annotation.processing.Filer;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.tools.StandardLocation;

/** Writes files, each once, and never over a class of the user's. */
final class Output {
    private final Elements elements;
    private final Filer filer;
    private final EarlierBuild earlier;
    private final TestClassWriter testClasses;
    private final GauntletClassWriter gauntlets;
    private final FlagsClassWriter flags;
    private final ClaimsClassWriter claims;

    /** Types whose sources the user gave to this compilation. */
    private final Set<String> sources = new HashSet<>();

    private final Set<String> written = new TreeSet<>();

    /** What is in the way of a generated class, by the type it was generated for. */
    private final Map<String, Problem> problems = new LinkedHashMap<>();

    /** A file that was not written; {@code type} is where it is reported. */
    private record Problem(Codes code, String type, String what, String consequence, String hint) {}

    Output(ProcessingEnvironment environment, EarlierBuild earlier, int mostMethods) {
        this.elements = environment.getElementUtils();
        this.filer = environment.getFiler();
        this.earlier = earlier;
        this.testClasses = new TestClassWriter(elements);
        this.gauntlets = new GauntletClassWriter(elements, mostMethods);
        this.flags = new FlagsClassWriter(elements);
        this.claims = new ClaimsClassWriter(elements, environment.getTypeUtils());
    }

    void startRound(Set<? extends Element> roots) {
        for (Element root : roots) {
            if (root instanceof TypeElement type && !written.contains(name(type))) {
                sources.add(name(type));
            }
        }
    }

    /** Writes the constants of a scheduler's flags. Returns whether it has any. */
    boolean writeFlags(SchedulerUnit scheduler) {
        if (scheduler.model().flags().isEmpty()) {
            return false;
        }
        write(JavaNames.flagsClass(scheduler.type()), scheduler.type(), "flags", () -> flags.write(scheduler));
        return true;
    }

    /** Writes the claims on a type. */
    void writeClaims(ClaimableUnit claimable) {
        TypeElement type = claimable.type();
        write(JavaNames.claimsClass(type), type, "claims", () -> claims.write(claimable));
    }

    /** Writes the JUnit classes of a test class. */
    void writeTests(TypeElement type, List<TestUnit> tests) {
        write(JavaNames.testClass(type), type, "tests", () -> testClasses.write(type, tests));
        for (TestUnit test : tests) {
            Gauntlet gauntlet = Gauntlet.of(test.model());
            if (!gauntlet.presets().isEmpty()) {
                write(JavaNames.gauntletClass(type, test.name()), type, "tests", () -> gauntlets.write(test, gauntlet));
            }
        }
    }

    private void write(ClassName className, TypeElement type, String what, Supplier<JavaFile> file) {
        String name = className.canonicalName();
        if (isTaken(name)) {
            problems.put(
                    name,
                    new Problem(
                            Codes.GENERATED_CLASS_EXISTS,
                            name(type),
                            "class " + name(type) + " has " + what + ", and there already is a class " + name,
                            "A generated class gets that name",
                            "rename one of the two"));
            return;
        }
        written.add(name);
        try {
            file.get().writeTo(filer);
        } catch (IOException e) {
            failed(type, name, e);
        }
    }

    /** Whether a class is the user's: in the sources, or a class file that no earlier compilation of ours has made. */
    private boolean isTaken(String name) {
        if (sources.contains(name) || written.contains(name)) {
            return true;
        }
        return elements.getTypeElement(name) != null
                && !earlier.registry().isEmpty()
                && !earlier.registry().isGenerated(name);
    }

    /** Whether a type, or one around it, is in the sources: then what it was before does not count. */
    private boolean isFromSources(String type) {
        for (String name = type; !name.isEmpty(); name = name.substring(0, Math.max(0, name.lastIndexOf('.')))) {
            if (sources.contains(name)) {
                return true;
            }
        }
        return false;
    }

    /** Writes the registry of this compilation, and of what earlier ones left. */
    void writeRegistry(Registry registry) {
        written.forEach(registry::addGenerated);
        registry.keepFrom(earlier.registry(), type -> !isFromSources(type) && earlier.hasClassFile(type));
        if (registry.isEmpty() && earlier.registry().isEmpty()) {
            return;
        }
        TypeElement[] origins = Stream.of(registry.schedulerTypes(), registry.payloadTypes(), registry.testClasses())
                .flatMap(List::stream)
                .map(elements::getTypeElement)
                .flatMap(Stream::ofNullable)
                .toArray(TypeElement[]::new);
        // As bytes: a writer would take the encoding of the sources, and the registry is JSON.
        try (OutputStream out = filer.createResource(StandardLocation.CLASS_OUTPUT, "", Registry.PATH, origins)
                .openOutputStream()) {
            out.write(registry.text().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            problems.put(Registry.PATH, failure("", Registry.PATH, e));
        }
    }

    private void failed(TypeElement type, String file, IOException e) {
        problems.put(file, failure(name(type), file, e));
    }

    private static Problem failure(String type, String file, IOException e) {
        return new Problem(
                Codes.OUTPUT_FAILED,
                type,
                "could not write " + file + ": " + e,
                "The tests would not be found when they should run",
                "see that the compiler's output folder can be written, and that no other processor writes this file");
    }

    /** What could not be written, each at its type as it is now. */
    List<Finding> findings() {
        Findings out = new Findings();
        for (Problem p : problems.values()) {
            TypeElement type = elements.getTypeElement(p.type());
            out.add(p.code(), type == null ? Place.NOWHERE : Location.of(type), p.what(), p.consequence(), p.hint());
        }
        return Stream.concat(earlier.problem().stream(), out.all().stream()).toList();
    }

    private static String name(TypeElement type) {
        return type.getQualifiedName().toString();
    }
}
