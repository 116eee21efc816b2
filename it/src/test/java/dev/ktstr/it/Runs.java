package dev.ktstr.it;

import dev.ktstr.run.Options;
import dev.ktstr.run.VariantRun;
import java.nio.file.Path;
import java.util.Map;

/** Runs fixtures, with options of a test's own over those of this process. */
final class Runs {
    private Runs() {}

    static VariantRun.Ended run(String fixture, Map<String, String> options, VariantRun.Body body) {
        Options process = Options.ofProcess();
        Options merged = new Options(
                name -> options.containsKey(name)
                        ? options.get(name)
                        : process.property().get(name),
                process.environment());
        return new VariantRun(id(fixture), merged, Path.of("")).execute(body);
    }

    static VariantRun.Ended run(String fixture, VariantRun.Body body) {
        return run(fixture, Map.of(), body);
    }

    /** The test that a name stands for: a method of {@link Fixtures}, or {@code Class#method}. */
    private static String id(String fixture) {
        return "dev.ktstr.it." + (fixture.contains("#") ? fixture : "Fixtures#" + fixture);
    }
}
