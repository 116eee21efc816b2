package dev.ktstr.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.result.Outcome;
import dev.ktstr.run.Options;
import dev.ktstr.run.VariantRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Runs fixtures, with options of a test's own over those of this process. */
public final class Runs {
    private Runs() {}

    /** The options of this process, and over them these, by full name: {@code ktstr.template}. */
    public static Options options(Map<String, String> own) {
        Options process = Options.ofProcess();
        return new Options(
                name -> own.containsKey(name)
                        ? own.get(name)
                        : process.property().get(name),
                process.environment());
    }

    /** The result file of a run. */
    static JsonNode sidecar(Outcome outcome) throws IOException {
        return new ObjectMapper().readTree(outcome.sidecar().orElseThrow().toFile());
    }

    static VariantRun.Ended run(String fixture, Map<String, String> options, VariantRun.Body body) {
        return new VariantRun(id(fixture), options(options), Path.of("")).execute(body);
    }

    static VariantRun.Ended run(String fixture, VariantRun.Body body) {
        return run(fixture, Map.of(), body);
    }

    /** The test that a name stands for: a method of {@link Fixtures}, or {@code Class#method}. */
    private static String id(String fixture) {
        return "dev.ktstr.it." + (fixture.contains("#") ? fixture : "Fixtures#" + fixture);
    }
}
