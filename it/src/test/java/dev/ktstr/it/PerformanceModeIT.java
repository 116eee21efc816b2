package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.result.Verdict;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.VariantRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A guest in performance mode, seen from the host's {@code /proc} while it runs. */
class PerformanceModeIT {
    private static final String FIFO = "1";

    private static String affinity(long thread) {
        return lines(thread, "status").stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.substring(line.indexOf('\t') + 1))
                .findFirst()
                .orElseThrow();
    }

    /** Field 41 of proc_pid_stat(5): the 39th behind the name. */
    private static String policy(long thread) {
        String stat = lines(thread, "stat").get(0);
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[38];
    }

    private static List<String> lines(long thread, String file) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(thread), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theThreadOfAVcpuRunsOnACpuOfItsOwnInRealTime() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "SKIPPED: needs two CPUs");
        List<String> seen = new ArrayList<>();
        VariantRun.Ended ended = Runs.run("isPinned", ctx -> {
            List<Long> threads = ((BootedGuest) ctx.guest()).machine().vcpuThreads();
            assertThat(threads).hasSize(1);
            seen.add(affinity(threads.get(0)));
            seen.add(policy(threads.get(0)));
            return new Fixtures().isPinned(ctx);
        });
        assertThat(ended.outcome().details()).isEmpty();
        assertThat(ended.outcome().verdict()).isEqualTo(Verdict.PASS);
        assertThat(ended.outcome().facts().get("performance")).isInstanceOfSatisfying(Map.class, facts -> {
            assertThat(facts.get("hostCpus")).hasToString("[" + seen.get(0) + "]");
            assertThat(facts.get("mirrored")).isEqualTo(true);
            assertThat(facts.get("realTime")).isEqualTo(seen.get(1).equals(FIFO));
        });
        assertThat(seen.get(0)).as("one CPU").matches("\\d+");
    }

    @Test
    void aHostWithTooFewCpusIsASkipUnlessTheModeIsTurnedOff() {
        assumeTrue(Runtime.getRuntime().availableProcessors() < 65, "SKIPPED: this host has CPUs for all of it");
        VariantRun.Ended ended = Runs.run("isPinnedOn64", ctx -> {
            throw new AssertionError("it has run");
        });
        assertThat(ended.outcome().verdict()).isEqualTo(Verdict.SKIP);
        assertThat(ended.outcome().details())
                .singleElement()
                .asString()
                .startsWith("performanceMode needs 65 CPUs of the host");
        VariantRun.Ended off = Runs.run("isPinned", Map.of("ktstr.noPerfMode", "true"), ctx -> {
            long thread = ((BootedGuest) ctx.guest()).machine().vcpuThreads().get(0);
            assertThat(policy(thread)).isNotEqualTo(FIFO);
            return null;
        });
        assertThat(off.outcome().verdict()).isEqualTo(Verdict.PASS);
        assertThat(off.outcome().facts()).doesNotContainKey("performance");
        assertThat(off.outcome().facts().get("notes")).asString().contains("performanceMode is off");
    }
}
