package dev.ktstr.processor.write;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.ktstr.processor.model.SchedulerUnit;
import dev.ktstr.rules.FlagModel;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/** Writes the constants of a scheduler's flags, so that the compiler checks {@code requiredFlags = MitosisFlags.STEAL}. */
public final class FlagsClassWriter {
    private final JunitCode code;

    /** Makes a writer for this compilation. */
    public FlagsClassWriter(Elements elements) {
        this.code = new JunitCode(elements);
    }

    /** Builds the class of a scheduler that has flags; it is public where the scheduler can be seen from everywhere. */
    public JavaFile write(SchedulerUnit scheduler) {
        ClassName name = JavaNames.flagsClass(scheduler.type());
        TypeSpec.Builder flags = code.start(name, scheduler.type())
                .addModifiers(Modifier.FINAL)
                .addJavadoc(
                        "Flags of {@code $L}, as {@code requiredFlags} and {@code excludedFlags} take them.\n",
                        scheduler.model().type())
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(Modifier.PRIVATE)
                        .build());
        if (isPublic(scheduler.type())) {
            flags.addModifiers(Modifier.PUBLIC);
        }
        for (FlagModel flag : scheduler.model().flags()) {
            flags.addField(FieldSpec.builder(String.class, flag.constant())
                    .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                    .addJavadoc("The flag {@code $L}.\n", flag.name())
                    .initializer("$S", flag.constant())
                    .build());
        }
        return JunitCode.file(name, flags);
    }

    private static boolean isPublic(TypeElement type) {
        for (Element e = type; e instanceof TypeElement; e = e.getEnclosingElement()) {
            if (!e.getModifiers().contains(Modifier.PUBLIC)) {
                return false;
            }
        }
        return true;
    }
}
