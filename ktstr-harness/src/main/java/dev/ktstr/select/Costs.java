package dev.ktstr.select;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.result.Sidecar;
import dev.ktstr.run.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What variants are expected to cost: what they cost before, by their result files, else an estimate. */
public final class Costs {
    private static final Logger LOG = LoggerFactory.getLogger(Costs.class);
    private static final String SUFFIX = ".ktstr.json";
    private static final int MAX_DEPTH = 6;
    private static final long MAX_BYTES = 64 << 20;

    /** A small guest under emulation boots in about this long, and each vCPU adds to it; see performance.md. */
    private static final double BOOT_S = 3.5;

    private static final double BOOT_PER_CPU_S = 0.15;

    /** Starting and ending scheduler and workers. */
    private static final double AROUND_S = 1.5;

    private final Map<String, double[]> learnt;

    private Costs(Map<String, double[]> learnt) {
        this.learnt = learnt;
    }

    /** Nothing learnt: estimates only, which depend on no host and no earlier run. */
    public static Costs estimates() {
        return new Costs(Map.of());
    }

    /**
     * Learns from all result files at or below a folder. A variant that did not come to its scenario, or of which there is none, is
     * estimated; a file that cannot be read is said and passed over.
     *
     * @throws UncheckedIOException when the folder is there and cannot be read
     */
    public static Costs learn(Path folder) {
        Map<String, double[]> sums = new HashMap<>();
        if (!Files.isDirectory(folder)) {
            return new Costs(sums);
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> tree = Files.walk(folder, MAX_DEPTH)) {
            tree.filter(file -> file.toString().endsWith(SUFFIX)).sorted().forEach(files::add);
        } catch (IOException e) {
            throw new UncheckedIOException("looking for result files in " + folder + " failed: " + e, e);
        }
        ObjectMapper json = new ObjectMapper();
        for (Path file : files) {
            try {
                if (Files.size(file) > MAX_BYTES) {
                    LOG.warn("{} is larger than {} bytes; its cost is not learnt", file, MAX_BYTES);
                    continue;
                }
                add(sums, json.readTree(file.toFile()));
            } catch (IOException e) {
                LOG.warn("{} cannot be read, its cost is not learnt: {}", file, e.getMessage());
            }
        }
        return new Costs(sums);
    }

    private static void add(Map<String, double[]> sums, JsonNode sidecar) {
        double total = sidecar.path("timingsMs").path("total").asDouble(-1);
        boolean ran = List.of("pass", "fail", "inconclusive")
                .contains(sidecar.path("verdict").asText());
        // One that ended before its scenario, for want of a program say, tells nothing of what a whole run costs.
        boolean whole = sidecar.path("timingsMs").has("scenario");
        if (!ran || !whole || !(total > 0) || sidecar.path("schema").asInt() > Sidecar.SCHEMA) {
            return;
        }
        List<String> flags = new ArrayList<>();
        sidecar.path("profile").forEach(flag -> flags.add(flag.asText()));
        String key = key(
                sidecar.path("class").asText() + "#" + sidecar.path("test").asText(),
                sidecar.path("topology").asText(),
                flags);
        double[] sum = sums.computeIfAbsent(key, k -> new double[2]);
        sum[0] += total / 1000;
        sum[1]++;
    }

    private static String key(String test, String topology, List<String> flags) {
        return test + " " + topology + " " + String.join("+", flags);
    }

    /** The mean of what it took before, on any kernel; empty when it never ran. */
    public OptionalDouble learnt(Shape shape) {
        double[] sum = learnt.get(key(
                shape.test().id(), shape.topology().toString(), shape.profile().flags()));
        return sum == null ? OptionalDouble.empty() : OptionalDouble.of(sum[0] / sum[1]);
    }

    /** Expected seconds: learnt, else the scenario's length and what emulation takes to boot that many vCPUs. */
    public double seconds(Shape shape) {
        return learnt(shape)
                .orElseGet(() -> shape.test().durationS()
                        + BOOT_S
                        + BOOT_PER_CPU_S * shape.topology().cpus()
                        + AROUND_S);
    }
}
