package dev.ktstr.processor;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.Compiler;
import com.google.testing.compile.JavaFileObjects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.annotation.processing.Processor;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;

/** Compiles sources with the processor and stubs of the harness's types, and prints what the compiler says. */
final class Compile {
    private static final List<Path> STUBS = Golden.list(Golden.resources().resolve("stubs"));

    private Compile() {}

    /** Compiles as the strictest user does. {@code -processing}: nobody claims JUnit's annotations. */
    static Compilation strictly(Collection<Path> sources) {
        return strictly(sources, "-Xlint:all,-processing");
    }

    /** The same for sources with several classes in a file, which is a warning as soon as another file uses them. */
    static Compilation strictlyWithSeveralClassesInAFile(Collection<Path> sources) {
        return strictly(sources, "-Xlint:all,-processing,-auxiliaryclass");
    }

    private static Compilation strictly(Collection<Path> sources, String lint) {
        return with(sources, List.of(new KtstrProcessor()), lint, "-Werror");
    }

    static Compilation plainly(Collection<Path> sources) {
        return with(sources, List.of(new KtstrProcessor()));
    }

    static Compilation with(Collection<Path> sources, List<Processor> processors, String... options) {
        List<JavaFileObject> files = new ArrayList<>();
        STUBS.forEach(s -> files.add(file(s)));
        sources.forEach(s -> files.add(file(s)));
        return Compiler.javac()
                .withProcessors(processors)
                .withOptions((Object[]) options)
                .compile(files);
    }

    /** Each diagnostic as {@code File.java:12: error: text}, and below it the source from the place pointed at. */
    static String print(Compilation compilation) {
        StringBuilder text = new StringBuilder();
        for (Diagnostic<? extends JavaFileObject> d : compilation.diagnostics()) {
            text.append(print(d)).append('\n');
        }
        return text.toString();
    }

    static String print(Diagnostic<? extends JavaFileObject> d) {
        String kind = d.getKind().toString().toLowerCase(Locale.ROOT);
        JavaFileObject source = d.getSource();
        if (source == null || d.getPosition() == Diagnostic.NOPOS) {
            return kind + ": " + d.getMessage(Locale.ROOT);
        }
        try {
            String content = source.getCharContent(true).toString();
            int from = (int) d.getPosition();
            String pointed = content.substring(from, content.indexOf('\n', from));
            String file = source.getName().substring(source.getName().lastIndexOf('/') + 1);
            return file + ":" + d.getLineNumber() + ": " + kind + ": " + d.getMessage(Locale.ROOT) + "\n    at: "
                    + pointed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JavaFileObject file(Path path) {
        try {
            return JavaFileObjects.forResource(path.toUri().toURL());
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }
}
