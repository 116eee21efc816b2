package dev.ktstr.processor.write;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.TypeSpec;
import dev.ktstr.processor.model.Gauntlet;
import dev.ktstr.processor.model.TestUnit;
import dev.ktstr.spec.FlagProfile;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.lang.model.util.Elements;

/**
 * Writes the gauntlet of a test: a nested class per preset, and in it a method per profile.
 *
 * <p>Above {@link #MOST_METHODS} a nested class has one method for all profiles; the registry has their names, and JUnit
 * gets an invocation for each. The body of the test is written once, whatever the number of variants.
 */
public final class GauntletClassWriter {
    /**
     * The most methods of one gauntlet class. With 24 presets, 48 methods cost what 24 do; 192 cost twice the time, and 1152
     * nine times the time and twice the heap ({@code ProcessorBenchmark}, forms).
     */
    public static final int MOST_METHODS = 64;

    private static final String BODY = "test";

    private final JunitCode code;
    private final int mostMethods;

    /** Makes a writer for this compilation, with {@code mostMethods} in place of {@link #MOST_METHODS}. */
    public GauntletClassWriter(Elements elements, int mostMethods) {
        this.code = new JunitCode(elements);
        this.mostMethods = mostMethods;
    }

    /** Builds the class of a valid test that has at least one preset. */
    public JavaFile write(TestUnit test, Gauntlet gauntlet) {
        ClassName name = JavaNames.gauntletClass(test.type(), test.name());
        TypeSpec.Builder junit = code.start(name, test.type())
                .addAnnotation(JunitCode.text(JunitCode.TAG, "gauntlet"))
                .addAnnotation(JunitCode.text(JunitCode.DISPLAY_NAME, "gauntlet/" + test.name()));
        if (test.name().startsWith("demo")) {
            junit.addAnnotation(JunitCode.text(JunitCode.TAG, "demo"));
        }
        if (test.model().values().bool("ignore").value()) {
            junit.addAnnotation(JunitCode.disabled(test));
        }
        code.suppressDeprecation(junit, List.of(test));
        junit.addMethod(JunitCode.method(BODY)
                .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
                .addStatement(JunitCode.run(test))
                .build());
        boolean scalable = gauntlet.presets().size() * gauntlet.profiles().size() > mostMethods;
        gauntlet.presets().forEach(preset -> junit.addType(preset(test, preset, gauntlet.profiles(), scalable)));
        return JunitCode.file(name, junit);
    }

    private static TypeSpec preset(TestUnit test, String preset, List<FlagProfile> profiles, boolean scalable) {
        String display = "gauntlet/" + test.name() + "/" + preset;
        TypeSpec.Builder nested = TypeSpec.classBuilder(JavaNames.presetClass(preset))
                .addAnnotation(JunitCode.NESTED)
                .addAnnotation(JunitCode.text(JunitCode.DISPLAY_NAME, preset));
        if (scalable) {
            addMethod(nested, test, "profiles", preset, "", display);
            return nested.build();
        }
        JavaNames.ProfileMethods names = new JavaNames.ProfileMethods();
        for (FlagProfile profile : profiles) {
            addMethod(nested, test, names.name(profile.name()), preset, profile.name(), display + "/" + profile.name());
        }
        return nested.build();
    }

    private static void addMethod(
            TypeSpec.Builder nested, TestUnit test, String name, String preset, String profile, String display) {
        nested.addMethod(JunitCode.method(name)
                .addAnnotation(JunitCode.variants(test, preset, profile))
                .addAnnotation(JunitCode.text(JunitCode.DISPLAY_NAME, display))
                // Qualified by the class, since a profile's own method may have the same name.
                .addStatement("$T.$L(variant)", JavaNames.gauntletClass(test.type(), test.name()), BODY)
                .build());
    }
}
