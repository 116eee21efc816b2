package dev.ktstr.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.ktstr.Threshold;
import dev.ktstr.checks.MergedChecks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The result file of one variant: JSON, written atomically. A value that was not measured is absent. */
public final class Sidecar {
    /** Version of the file's shape. */
    public static final int SCHEMA = 1;

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Sidecar() {}

    /** Writes the outcome. */
    public static void write(Path file, Outcome outcome) {
        try {
            byte[] text = (JSON.writeValueAsString(document(outcome)) + "\n").getBytes(StandardCharsets.UTF_8);
            RunFolder.writeAtomically(file, text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the outcome of " + outcome.testId() + " cannot be written as JSON", e);
        }
    }

    static Map<String, Object> document(Outcome outcome) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("schema", SCHEMA);
        root.put("test", outcome.name());
        root.put("class", outcome.testId().substring(0, outcome.testId().indexOf('#')));
        root.putAll(outcome.facts());
        root.put("verdict", outcome.verdict().key());
        root.put("details", outcome.details());
        root.put("checks", checks(outcome.checks()));
        root.put("stats", StatsJson.of(outcome.stats()));
        root.put("timingsMs", outcome.timings());
        root.put("source", System.getenv("CI") == null ? "local" : "ci");
        root.put("startedAt", outcome.startedAt().toString());
        return root;
    }

    private static Map<String, Object> checks(MergedChecks checks) {
        Map<String, Object> all = new LinkedHashMap<>();
        checks.settings().forEach((threshold, setting) -> all.put(threshold.attribute(), setting(threshold, setting)));
        return all;
    }

    private static Map<String, Object> setting(Threshold threshold, MergedChecks.Setting setting) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("value", threshold.toggle() ? (Object) (setting.value() != 0) : (Object) setting.value());
        one.put("from", setting.origin());
        return one;
    }
}
