package dev.ktstr.guest;

import dev.ktstr.guest.wire.CloneMode;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.MemoryPlan;
import dev.ktstr.guest.wire.PolicyPlan;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import dev.ktstr.guest.wire.WorkerReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Measures what counting costs work: units per second of CPU time of workers as they are against workers whose telemetry
 * does nothing, in runs that alternate, on one CPU. Run it with
 *
 * <pre>
 * mvn -q -pl ktstr-guest test-compile exec:exec@telemetry-benchmark
 * </pre>
 *
 * CPU time and not wall time, so that other load on the machine does not count; the median of the ratios of neighbouring
 * runs, so that changes of the CPU's frequency do not.
 */
final class TelemetryBenchmark {
    private static final int PAIRS = 25;
    private static final int RUN_MS = 400;

    private TelemetryBenchmark() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("ktstr-telemetry");
        try {
            compare(folder, WorkKind.SPIN_WAIT, 1, WorkParameters.NONE);
            compare(folder, WorkKind.FUTEX_PING_PONG, 2, new WorkParameters(0, 0, 1024, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    private static void compare(Path folder, WorkKind kind, int workers, WorkParameters parameters) throws IOException {
        WorkGroup group = new WorkGroup(
                workers,
                kind,
                parameters,
                List.of(),
                List.of(),
                PolicyPlan.NORMAL,
                0,
                List.of(new CpuList(List.of(0))),
                MemoryPlan.DEFAULT,
                CloneMode.PROCESS,
                "",
                "",
                false,
                0);
        double[] cost = new double[PAIRS];
        double[] with = new double[PAIRS];
        for (int i = 0; i < PAIRS; i++) {
            double plain = i % 2 == 0 ? rate(folder, group, CrewDriver.Variant.WITHOUT_TELEMETRY) : 0;
            with[i] = rate(folder, group, CrewDriver.Variant.AGENT);
            if (i % 2 != 0) {
                plain = rate(folder, group, CrewDriver.Variant.WITHOUT_TELEMETRY);
            }
            cost[i] = 100 * (1 - with[i] / plain);
        }
        Arrays.sort(cost);
        Arrays.sort(with);
        System.out.printf(
                Locale.ROOT,
                "%-16s %.0f units per CPU second; telemetry costs %.2f %% (median of %d pairs; quartiles %.2f, %.2f)%n",
                kind,
                with[PAIRS / 2],
                cost[PAIRS / 2],
                PAIRS,
                cost[PAIRS / 4],
                cost[PAIRS * 3 / 4]);
    }

    private static double rate(Path folder, WorkGroup group, CrewDriver.Variant variant) throws IOException {
        CrewDriver.Run run = new CrewDriver(folder, variant)
                .start(group)
                .then("release:0", "sleep:" + RUN_MS, "stop:5000", "report:0")
                .run();
        if (run.status() != 0) {
            throw new IllegalStateException("the driver failed: " + run.lines());
        }
        long units = run.reports().stream().mapToLong(WorkerReport::workUnits).sum();
        long cpuNs = run.reports().stream().mapToLong(WorkerReport::cpuTimeNs).sum();
        return units * 1e9 / cpuNs;
    }
}
