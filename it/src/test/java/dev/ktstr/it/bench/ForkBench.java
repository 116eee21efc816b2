package dev.ktstr.it.bench;

import dev.ktstr.it.Runs;
import dev.ktstr.it.Workloads;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.BootsAhead;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.Shape;
import dev.ktstr.run.VariantRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a fork costs, and what forks save a gauntlet, beside cold boots in the same run. Prints a table; takes about five
 * minutes.
 */
public final class ForkBench {
    private static final int FORKS = 20;
    private static final int EACH = 5;
    private static final List<String> TOPOLOGIES = List.of("tiny2Llc", "smt3Llc", "numa2With4Llc", "medium4Llc");

    private ForkBench() {}

    /** Runs. */
    public static void main(String[] args) throws Exception {
        try (Scratch cache = Scratch.in(Path.of("/dev/shm"))) {
            latency(cache.path());
            gauntlet(cache.path());
        }
    }

    private static void latency(Path cache) throws IOException {
        List<Double> cold = new ArrayList<>();
        List<Double> forked = new ArrayList<>();
        List<Double> saving = new ArrayList<>();
        List<Double> warming = new ArrayList<>();
        Map<String, List<Double>> memory = new HashMap<>();
        for (int i = 0; i < 3; i++) {
            clear(cache);
            Outcome outcome = run("boots4In1GiB", cache, "on", null);
            cold.add(outcome.timings().get("boot"));
            saving.add(outcome.timings().get("template"));
        }
        for (int i = 0; i < FORKS; i++) {
            Outcome outcome = run("boots4In1GiB", cache, "on", memory);
            forked.add(outcome.timings().get("boot"));
            warming.add(outcome.timings().get("warm"));
        }
        row("cold boot, 4 vCPUs, 1 GiB, to the agent", median(cold), "ms", "");
        row("saving the template beside it", median(saving), "ms", "");
        row("fork, 4 vCPUs, 1 GiB, to the agent", median(forked), "ms", "below 100");
        row("the slowest of " + FORKS, forked.stream().max(Double::compare).orElseThrow(), "ms", "");
        row("warm-up after it", median(warming), "ms", "");
        row("template on disk or in memory", templateMb(cache), "MiB", "");
        row("guest RAM of a fork, mapped", median(memory.get("RssShmem")), "MiB", "the touched part");
        row("QEMU's own memory beside it", median(memory.get("RssAnon")), "MiB", "");
    }

    private static void gauntlet(Path cache) throws Exception {
        for (int atOnce : new int[] {1, 2}) {
            clear(cache);
            double coldS = all(cache, "off", atOnce);
            double forkedS = all(cache, "on", atOnce);
            String ways = ", " + atOnce + " at once";
            row("20 x 1 s over 4 topologies, cold" + ways, coldS, "s", "");
            row("the same, forked, from an empty cache" + ways, forkedS, "s", "");
            row("ratio", coldS / forkedS, "x", "at least 2.5");
        }
    }

    /** Seconds that all variants take, one topology after the other, as the classes of a gauntlet have them. */
    private static double all(Path cache, String mode, int atOnce) throws Exception {
        List<Future<Outcome>> variants = new ArrayList<>();
        List<BootsAhead.Coming> coming = TOPOLOGIES.stream()
                .flatMap(topology ->
                        Collections.nCopies(EACH, new BootsAhead.Coming(shape(topology), Optional.empty())).stream())
                .toList();
        Map<String, Double> stages = new TreeMap<>();
        ExecutorService pool = Executors.newFixedThreadPool(atOnce);
        long from = System.nanoTime();
        // What the launcher does with the tests of a run.
        Optional<BootsAhead> ahead = BootsAhead.start(coming, options(cache, mode), Path.of(""));
        try {
            for (int i = 0; i < coming.size(); i++) {
                int index = i;
                variants.add(pool.submit(() -> {
                    ahead.ifPresent(boots -> boots.reached(index));
                    return run(TOPOLOGIES.get(index / EACH), cache, mode, null);
                }));
            }
            for (Future<Outcome> variant : variants) {
                variant.get().timings().forEach((stage, ms) -> stages.merge(stage, ms, Double::sum));
            }
        } finally {
            ahead.ifPresent(BootsAhead::close);
            pool.shutdownNow();
        }
        double seconds = (System.nanoTime() - from) / 1e9;
        stages.forEach(
                (stage, ms) -> row("  template=" + mode + ": " + stage + ", mean", ms / coming.size(), "ms", ""));
        return seconds;
    }

    private static Shape shape(String fixture) {
        return Shape.base(Registry.load(ForkBench.class.getClassLoader()).test("dev.ktstr.it.Fixtures#" + fixture));
    }

    private static Outcome run(String fixture, Path cache, String mode, @Nullable Map<String, List<Double>> memory)
            throws IOException {
        Outcome outcome = new VariantRun("dev.ktstr.it.Fixtures#" + fixture, options(cache, mode), Path.of(""))
                .execute(ctx -> {
                    if (memory != null) {
                        note(memory);
                    }
                    return fixture.startsWith("boots") ? null : Workloads.mixed(ctx);
                })
                .outcome();
        if (outcome.verdict() != Verdict.PASS) {
            throw new IllegalStateException(String.join("\n", outcome.details()));
        }
        return outcome;
    }

    private static Options options(Path cache, String mode) {
        // Each thread has a folder for results: variants of one test do not run at the same time otherwise.
        Map<String, String> ours = Map.of(
                "ktstr.template",
                mode,
                "ktstr.template.dir",
                cache.toString(),
                "ktstr.sidecar.dir",
                cache.resolve("runs-" + Thread.currentThread().getName()).toString());
        return Runs.options(ours);
    }

    /** Memory of the one virtual machine that runs, proc_pid_status(5). */
    private static void note(Map<String, List<Double>> memory) throws IOException {
        ProcessHandle qemu = ProcessHandle.current()
                .descendants()
                .filter(p ->
                        p.info().command().map(c -> c.contains("qemu-system")).orElse(false))
                .findFirst()
                .orElseThrow();
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(qemu.pid()), "status"))) {
            for (String name : List.of("RssShmem", "RssAnon")) {
                if (line.startsWith(name + ":")) {
                    memory.computeIfAbsent(name, n -> new ArrayList<>())
                            .add(Double.parseDouble(line.replaceAll("\\D", "")) / 1024);
                }
            }
        }
    }

    private static double templateMb(Path cache) throws IOException {
        try (Stream<Path> files = Files.list(cache.resolve("templates"))) {
            Path file = files.filter(f -> f.toString().endsWith(".template"))
                    .findFirst()
                    .orElseThrow();
            return Files.size(file) / 1048576.0;
        }
    }

    private static void clear(Path cache) throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            for (Path file : files.toList()) {
                Scratch.remove(file);
            }
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private static void row(String what, double value, String unit, String goal) {
        System.out.printf(
                Locale.ROOT, "%-46s %9.2f %-4s%s%n", what, value, unit, goal.isEmpty() ? "" : "  goal " + goal);
    }
}
