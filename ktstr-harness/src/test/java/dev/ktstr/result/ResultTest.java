package dev.ktstr.result;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.CgroupStats;
import dev.ktstr.TestWorkers;
import dev.ktstr.checks.MergedChecks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTest {
    @TempDir
    Path temp;

    private Outcome outcome(Verdict verdict, List<String> details, Path sidecar) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("kernel", Map.of("label", "6.12.117"));
        facts.put("backend", "qemu");
        return new Outcome(
                "acme.MixedTest#mixedWorkloads",
                "mixedWorkloads",
                "ktstr/mixedWorkloads",
                "[sched=scx-ktstr] [topo=1n2l2c1t]",
                verdict,
                details,
                List.of(
                        new CgroupStats(
                                0,
                                "a",
                                List.of(0, 1),
                                List.of(TestWorkers.offCpu(1, 10, 0), TestWorkers.offCpu(2, 32, 1))),
                        new CgroupStats(0, "b", List.of(), List.of(TestWorkers.offCpu(3, 4, 2)))),
                MergedChecks.defaults(false),
                facts,
                Map.of("scheduler log", "attached\n"),
                Map.of("total", 11340.0),
                Instant.parse("2026-11-21T00:00:00Z"),
                Optional.of(sidecar));
    }

    @Test
    void aPassIsOneLine() {
        assertThat(ReportText.line(outcome(Verdict.PASS, List.of(), temp.resolve("x"))))
                .isEqualTo(
                        "PASS [ 11.34s] ktstr/mixedWorkloads [sched=scx-ktstr] [topo=1n2l2c1t] [kernel=6.12.117] [backend=qemu]");
    }

    @Test
    void belowAPassStandsTheErrorThatWasExpectedAndBelowASkipItsReason() {
        assertThat(ReportText.reasons(outcome(Verdict.PASS, List.of("sched_ext ended it", "a\nb"), temp.resolve("x"))))
                .containsExactly("  expected: sched_ext ended it", "  expected: a\n    b");
        assertThat(ReportText.reasons(outcome(Verdict.SKIP, List.of("why"), temp.resolve("x"))))
                .containsExactly("  why");
        assertThat(ReportText.reasons(outcome(Verdict.PASS, List.of(), temp.resolve("x"))))
                .isEmpty();
        assertThat(ReportText.reasons(outcome(Verdict.FAIL, List.of("said elsewhere"), temp.resolve("x"))))
                .isEmpty();
    }

    @Test
    void aFailureSaysItsReasonFirstThenNumbersThenLogs() {
        assertThat(ReportText.failure(outcome(Verdict.FAIL, List.of("unfair cgroup"), Path.of("r.json"))))
                .isEqualTo("""
                        ktstr_test 'mixedWorkloads' [sched=scx-ktstr] [topo=1n2l2c1t] failed:
                          unfair cgroup
                        --- stats ---
                        3 workers, 3 cpus, 0 migrations, worst_spread=22.0%, worst_gap=5ms
                          cg0: workers=2 cpus=2 spread=22.0% gap=5ms migrations=0 iter=2000
                          cg1: workers=1 cpus=1 spread=0.0% gap=5ms migrations=0 iter=1000
                        --- scheduler log ---
                        attached
                        result: r.json""");
    }

    @Test
    void theSidecarHoldsVerdictChecksWithOriginAndStats() throws IOException {
        Path file = temp.resolve("t.ktstr.json");
        Sidecar.write(file, outcome(Verdict.FAIL, List.of("unfair cgroup"), file));
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        assertThat(root.path("schema").asInt()).isEqualTo(1);
        assertThat(root.path("class").asText()).isEqualTo("acme.MixedTest");
        assertThat(root.path("verdict").asText()).isEqualTo("fail");
        assertThat(root.path("details").get(0).asText()).isEqualTo("unfair cgroup");
        assertThat(root.at("/checks/maxSpreadPct/value").asDouble()).isEqualTo(15);
        assertThat(root.at("/checks/maxSpreadPct/from").asText()).isEqualTo("default");
        assertThat(root.at("/checks/notStarved/value").asBoolean()).isTrue();
        assertThat(root.at("/stats/cgroups/0/workers").size()).isEqualTo(2);
        assertThat(root.at("/stats/cgroups/1").has("cpuset")).isFalse();
        assertThat(root.path("startedAt").asText()).isEqualTo("2026-11-21T00:00:00Z");
        try (var files = Files.list(temp)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void wakesAndPlacesOfMemoryAreReportedWhereTheyWereMeasured() {
        CgroupStats measured = new CgroupStats(
                -1,
                "a",
                List.of(),
                List.of(TestWorkers.worker(1)
                        .wakes(8_000, 8_000, 120_000)
                        .pages(30, 10, 30, 0, 2)
                        .build()));
        CgroupStats spinning = new CgroupStats(0, "b", List.of(), List.of(TestWorkers.offCpu(3, 4, 2)));
        assertThat(ReportText.stats(List.of(measured, spinning)))
                .containsExactly(
                        "2 workers, 2 cpus, 0 migrations, worst_spread=0.0%, worst_gap=5ms, wake_p50=8.0us, wake_p99=120.0us",
                        "  cg0: workers=1 cpus=1 spread=0.0% gap=5ms migrations=0 iter=1000 wake_p50=8.0us wake_p99=120.0us"
                                + " local_pages=75.0%",
                        "  cg1: workers=1 cpus=1 spread=0.0% gap=5ms migrations=0 iter=1000");
        JsonNode stats = new ObjectMapper().valueToTree(StatsJson.of(List.of(measured, spinning)));
        assertThat(stats.at("/wakeLatency/count").asLong()).isEqualTo(3);
        assertThat(stats.at("/cgroups/0/wakeLatency/p99Ns").asLong()).isEqualTo(120_000);
        assertThat(stats.at("/cgroups/0/wakeLatency/buckets").size()).isEqualTo(2);
        assertThat(stats.at("/cgroups/0/backdrop").asBoolean()).isTrue();
        assertThat(stats.at("/cgroups/0/pageLocality").asDouble()).isEqualTo(0.75);
        assertThat(stats.at("/cgroups/0/workers/0/pages/perNode/1").asLong()).isEqualTo(10);
        assertThat(stats.at("/cgroups/1").has("wakeLatency")).isFalse();
        assertThat(stats.at("/cgroups/1").has("pageLocality")).isFalse();
        assertThat(stats.at("/cgroups/1/workers/0").has("pages")).isFalse();
        assertThat(stats.at("/cgroups/1/workers/0").has("error")).isFalse();
    }

    @Test
    void aRunFolderForgetsTheRunBefore() throws IOException {
        RunFolder first = RunFolder.create(temp, "t", "1n1l1c1t", List.of(), List.of("id"));
        first.write("scheduler.log", "old");
        RunFolder again = RunFolder.create(temp, "t", "1n1l1c1t", List.of(), List.of("id"));
        assertThat(again.folder()).isEqualTo(first.folder()).isEmptyDirectory();
        assertThat(RunFolder.create(temp, "t", "1n1l1c1t", List.of(), List.of("other"))
                        .folder())
                .isNotEqualTo(first.folder());
    }

    @Test
    void theRunFolderNamesTheProfileAndKeepsLongOnesShort() {
        RunFolder steal = RunFolder.create(temp, "t", "1n1l1c1t", List.of("llc", "steal"), List.of("id"));
        assertThat(steal.sidecar().getFileName().toString()).startsWith("t-1n1l1c1t-llc+steal-");
        List<String> many = java.util.Collections.nCopies(100, "a-long-flag");
        RunFolder longOne = RunFolder.create(temp, "t", "1n1l1c1t", many, List.of("id"));
        assertThat(longOne.folder()).isDirectory();
    }

    @Test
    void theDumpAndTheReasonAreFoundInASchedulersLog() {
        SchedulerLog log = new SchedulerLog("""
                attached
                DEBUG DUMP
                ================================================================================

                ktstr[70] triggered exit kind 1026:
                  runnable task stall
                ================================================================================

                EXIT: runnable task stall (kworker/0:1[9] failed to run for 5.001s)
                """);
        assertThat(log.exitReason()).contains("runnable task stall (kworker/0:1[9] failed to run for 5.001s)");
        assertThat(log.dump().orElseThrow())
                .contains("triggered exit kind 1026")
                .doesNotContain("=====");
        assertThat(log.tail()).contains("(dump below)").doesNotContain("exit kind");
        assertThat(new SchedulerLog("fine\n").dump()).isEmpty();
        assertThat(new SchedulerLog("DEBUG DUMP").dump()).isEmpty();
    }
}
