package dev.ktstr.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.ktstr.snapshot.CapturedState;
import dev.ktstr.snapshot.DumpJson;
import dev.ktstr.snapshot.Sample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Captures as JSON: a line of each in the sidecar, all of them in a file of the run's folder. */
final class CapturesJson {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private CapturesJson() {}

    /** A capture without what it holds. */
    static Map<String, Object> entry(Sample sample) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", sample.name());
        json.put("periodic", sample.periodic());
        json.put("atMs", sample.at().toMillis());
        json.put("frozenMs", Math.round(sample.frozen().toNanos() / 1e4) / 100.0);
        sample.write().ifPresent(write -> {
            json.put("writeTo", write.symbol());
            json.put("byCpu", write.cpu());
        });
        return json;
    }

    /** All captures with all they hold. */
    static String all(List<Sample> samples) {
        return text(Map.of(
                "snapshots",
                samples.stream()
                        .map(sample -> {
                            Map<String, Object> one = entry(sample);
                            if (sample.snapshot() instanceof CapturedState state) {
                                one.putAll(DumpJson.of(state));
                            }
                            return one;
                        })
                        .toList()));
    }

    /** The state that a scheduler failed in. */
    static String dump(ExitDump.Dump dump) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("how", dump.how());
        root.putAll(DumpJson.of(dump.state()));
        return text(root);
    }

    private static String text(Map<String, Object> tree) {
        try {
            return JSON.writeValueAsString(tree) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("captures cannot be written as JSON", e);
        }
    }
}
