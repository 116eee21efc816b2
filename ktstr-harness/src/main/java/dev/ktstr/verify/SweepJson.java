package dev.ktstr.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A sweep as a file for programs: {@code verifier.json}. A figure that the kernel does not keep is absent. Keys that a reader does
 * not know it passes over.
 */
public final class SweepJson {
    private static final int SCHEMA = 1;
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private SweepJson() {}

    /** Writes it, aside and then renamed. */
    public static void write(Path file, String commit, Instant startedAt, List<CellResult> results) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("schema", SCHEMA);
        root.put("commit", commit);
        root.put("startedAt", startedAt.toString());
        root.put("cells", results.stream().map(SweepJson::cell).toList());
        try {
            AsideFile.write(file, MAPPER.writeValueAsBytes(root));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> cell(CellResult result) {
        Cell cell = result.cell();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scheduler", cell.schedulerName());
        Map<String, Object> kernel = new LinkedHashMap<>();
        kernel.put("version", cell.kernel().version());
        kernel.put("label", cell.kernelLabel());
        kernel.put("sha256", cell.kernel().sha256());
        json.put("kernel", kernel);
        json.put("preset", cell.preset().name());
        json.put("topology", cell.preset().topology().toString());
        json.put("status", result.status().name().toLowerCase(Locale.ROOT));
        json.put("reasons", result.reasons());
        json.put("warnings", result.warnings());
        json.put("programs", result.programs().stream().map(SweepJson::program).toList());
        json.put("logs", result.logs().stream().map(SweepJson::log).toList());
        json.put("timingsMs", result.timingsMs());
        result.folder().ifPresent(folder -> json.put("folder", folder.toString()));
        return json;
    }

    private static Map<String, Object> program(ProgramCost program) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", program.name());
        json.put("type", program.type());
        put(json, "verifiedInsns", program.verifiedInsns());
        put(json, "totalStates", program.totalStates());
        put(json, "peakStates", program.peakStates());
        put(json, "stackDepth", program.stackDepth());
        put(json, "jitedBytes", program.jitedBytes());
        put(json, "runs", program.runs());
        return json;
    }

    private static Map<String, Object> log(VerifierLog log) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("program", log.program());
        json.put("refused", log.refused());
        log.reason().ifPresent(reason -> json.put("reason", reason));
        log.stats().ifPresent(stats -> {
            json.put("processed", stats.processed());
            json.put("totalStates", stats.totalStates());
            json.put("peakStates", stats.peakStates());
        });
        return json;
    }

    private static void put(Map<String, Object> json, String key, OptionalLong value) {
        value.ifPresent(number -> json.put(key, number));
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws VerifyException when it is something else, or of a newer kind
     */
    public static Figures read(Path file) {
        JsonNode root;
        try {
            root = MAPPER.readTree(file.toFile());
        } catch (IOException e) {
            throw new VerifyException("cannot read " + file + " as the result of a sweep: " + e.getMessage(), e);
        }
        int schema = root.path("schema").asInt(-1);
        if (schema != SCHEMA || !root.path("cells").isArray()) {
            throw new VerifyException(file + " is no result of a sweep that this version reads: its schema is "
                    + (schema < 0 ? "missing" : schema) + ", not " + SCHEMA);
        }
        List<Figures.Program> programs = new ArrayList<>();
        for (JsonNode cell : root.path("cells")) {
            String name = cell.path("scheduler").asText() + " / "
                    + cell.path("kernel").path("label").asText() + " / "
                    + cell.path("preset").asText();
            for (JsonNode program : cell.path("programs")) {
                programs.add(new Figures.Program(
                        name,
                        program.path("name").asText(),
                        number(program, "verifiedInsns"),
                        number(program, "jitedBytes")));
            }
        }
        return new Figures(root.path("commit").asText("unknown"), programs);
    }

    private static OptionalLong number(JsonNode node, String key) {
        JsonNode value = node.path(key);
        return value.canConvertToLong() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
    }
}
