package dev.ktstr.processor;

import com.google.auto.service.AutoService;
import dev.ktstr.processor.model.Location;
import dev.ktstr.processor.model.Names;
import dev.ktstr.processor.rules.Diagnostic;
import dev.ktstr.processor.rules.Severity;
import java.util.Set;
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
    private @Nullable KtstrCompilation compilation;

    @Override
    public Set<String> getSupportedAnnotationTypes() {
        return Set.of(Names.KTSTR_TEST, Names.SCHEDULER, Names.FLAG);
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        if (compilation == null) {
            compilation = new KtstrCompilation(processingEnv.getElementUtils(), processingEnv.getFiler());
        }
        (round.processingOver() ? compilation.finish() : compilation.round(round)).forEach(this::print);
        return false;
    }

    private void print(Diagnostic d) {
        Kind kind = d.code().severity() == Severity.ERROR ? Kind.ERROR : Kind.WARNING;
        Location at = d.location();
        processingEnv.getMessager().printMessage(kind, d.message(), at.element(), at.mirror(), at.value());
    }
}
