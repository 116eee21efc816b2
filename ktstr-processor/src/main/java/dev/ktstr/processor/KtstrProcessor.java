package dev.ktstr.processor;

import com.google.auto.service.AutoService;
import dev.ktstr.processor.model.Location;
import dev.ktstr.processor.write.GauntletClassWriter;
import dev.ktstr.rules.Codes;
import dev.ktstr.rules.Finding;
import dev.ktstr.rules.Place;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic.Kind;
import org.jspecify.annotations.Nullable;

/** Connects {@link KtstrCompilation} to the compiler: rounds in, diagnostics out. */
@AutoService(Processor.class)
public final class KtstrProcessor extends AbstractProcessor {
    private static final int FRAMES = 4;

    private final int mostMethods;

    private @Nullable KtstrCompilation compilation;

    /** Makes the processor that compilers look up. */
    public KtstrProcessor() {
        this(GauntletClassWriter.MOST_METHODS);
    }

    /** With another limit, to measure what it costs. */
    KtstrProcessor(int mostMethods) {
        this.mostMethods = mostMethods;
    }

    /** Everything: a class whose last test was taken away brings no annotation, and has to leave the registry. */
    @Override
    public Set<String> getSupportedAnnotationTypes() {
        return Set.of("*");
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        try {
            if (compilation == null) {
                compilation = new KtstrCompilation(processingEnv, mostMethods);
            }
            if (round.processingOver()) {
                compilation.finish(round.errorRaised()).forEach(this::print);
            } else {
                compilation.round(round);
            }
        } catch (RuntimeException | StackOverflowError e) {
            processingEnv.getMessager().printMessage(Kind.ERROR, failure(e).message());
        }
        return false;
    }

    /** What is left to say about a failure of our own; the first frames are what a report of it needs. */
    private static Finding failure(Throwable e) {
        String frames = Arrays.stream(e.getStackTrace())
                .limit(FRAMES)
                .map(StackTraceElement::toString)
                .collect(Collectors.joining(" <- "));
        return new Finding(
                Codes.PROCESSOR_FAILED,
                "the ktstr annotation processor failed: " + e + " at " + frames,
                "Tests may be missing from this build",
                "this is not your mistake; report it with this message, and build without the file changed last",
                Place.NOWHERE);
    }

    private void print(Finding f) {
        Kind kind = f.isError() ? Kind.ERROR : Kind.WARNING;
        if (f.place() instanceof Location at) {
            // Eclipse's compiler knows no line of a field once a later round has begun; its type's line is better than
            // none.
            boolean lost = at.element().getKind().isField() && !SourceOrder.isJavac(processingEnv);
            if (lost) {
                processingEnv
                        .getMessager()
                        .printMessage(kind, f.message(), at.element().getEnclosingElement());
            } else {
                processingEnv.getMessager().printMessage(kind, f.message(), at.element(), at.mirror(), at.value());
            }
        } else {
            processingEnv.getMessager().printMessage(kind, f.message());
        }
    }
}
