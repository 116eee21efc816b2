package dev.ktstr.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.guest.wire.CloneMode;
import dev.ktstr.guest.wire.CpuUse;
import dev.ktstr.guest.wire.WorkerReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that are workers by {@code ktstr_worker.h}, on this machine. */
class CustomWorkerTest {
    private static final String HEADER_FOLDER = "src/main/resources/dev/ktstr/guest/include";

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void compile() throws IOException {
        assertThat(compiles("gcc", "-O2", "-o", program().toString())).isEmpty();
    }

    private static Path program() {
        return shared.resolve("custom");
    }

    private static String compiles(String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of("-Wall", "-Wextra", "-Werror", "-I", HEADER_FOLDER, "src/test/c/custom.c"));
        Path log = shared.resolve("compiler.log");
        CrewDriver.await(
                new ProcessBuilder(all)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start(),
                60);
        return Files.readString(log);
    }

    private CrewDriver driver(int workers, String mode) throws IOException {
        return new CrewDriver(folder)
                .start(WorkGroups.custom(
                        workers, CloneMode.PROCESS, "mine", List.of(program().toString(), mode)))
                .then("release:0");
    }

    private static WorkerReport only(CrewDriver.Run run) {
        assertThat(run.reports()).hasSize(1);
        return run.reports().get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-std=gnu99", "-std=c11 -D_GNU_SOURCE", "-x c++ -std=gnu++11"})
    void theHeaderCompilesWithoutAWarning(String options) throws IOException {
        List<String> command = new ArrayList<>(List.of("gcc", "-pedantic", "-fsyntax-only"));
        command.addAll(List.of(options.split(" ", -1)));
        assertThat(compiles(command.toArray(String[]::new))).isEmpty();
    }

    @Test
    void aProgramCountsAndEndsAsOurOwnWorkersDo() throws IOException {
        CrewDriver.Run run = driver(2, "works")
                .then(
                        "sleep:200",
                        "run:for p in $(cat /proc/$PPID/task/$PPID/children); do cat /proc/$p/comm; done >&2")
                .then("stop:900", "report:0")
                .run();

        assertThat(run.status()).as(run.lines().toString()).isZero();
        assertThat(run.lines()).contains("stopped: all ended", "mine");
        assertThat(run.reports()).hasSize(2).allSatisfy(report -> {
            assertThat(report.error()).isEmpty();
            assertThat(report.completed()).isTrue();
            assertThat(report.tid()).isEqualTo(report.pid());
            assertThat(report.workUnits()).isPositive().isEqualTo(report.iterations());
            assertThat(report.cpuTimeNs()).isBetween(1L, report.wallTimeNs());
            assertThat(report.schedstatCpuNs()).isPositive();
            assertThat(report.runCount()).isPositive();
            assertThat(report.cpusUsed()).isNotEmpty();
            assertThat(report.pagesMigrated()).isEqualTo(-1);
        });
    }

    @Test
    void aProgramLearnsItsPlaceAndItsCountersAreSeenWhileItRuns() throws IOException {
        CrewDriver.Run run = driver(3, "numbers")
                .then("worked:0:1", "iterations:0", "stop:900", "report:0")
                .run();

        assertThat(run.lines()).contains("1 2 3");
        assertThat(run.reports()).extracting(WorkerReport::workUnits).containsExactly(3L, 3L, 3L);
    }

    @Test
    void aProgramIsJudgedByTheCpusetInForce() throws IOException {
        CrewDriver.Run run = driver(1, "works")
                .then(
                        "affinity:0:0",
                        "changed:0:0",
                        "worked:0:100",
                        "changed:0:1",
                        "run:sleep 0.1",
                        "stop:900",
                        "report:0")
                .run();

        assertThat(only(run).cpuUse()).contains(new CpuUse(List.of(0), List.of(0)), new CpuUse(List.of(1), List.of(0)));
    }

    @Test
    void itsSleepIsNoGapAndEndsAtTheStop() throws IOException {
        WorkerReport report = only(
                driver(1, "sleeps").then("worked:0:10", "stop:900", "report:0").run());

        assertThat(report.completed()).isTrue();
        assertThat(report.wakeCount()).isBetween(report.iterations() - 1, report.iterations());
        assertThat(report.wakeSumNs()).isPositive();
    }

    @Test
    void oneThatNeverBeginsIsToldToEndAndReportedAsSuch() throws IOException {
        CrewDriver.Run run =
                driver(1, "silent").then("sleep:50", "stop:4000", "report:0").run();

        WorkerReport report = only(run);
        assertThat(run.lines()).containsExactly("stopped: all ended");
        assertThat(report.completed()).isFalse();
        assertThat(report.waitStatus()).isEqualTo(15);
        assertThat(report.error()).isEqualTo("the program '" + program() + "' never called ktstr_worker_begin");
        assertThat(report.longestGapNs()).isLessThan(1_000_000_000L);
    }

    @Test
    void oneThatIgnoresTheStopAndSigtermIsKilled() throws IOException {
        CrewDriver.Run run =
                driver(1, "deaf").then("sleep:300", "stop:1500", "report:0").run();

        WorkerReport report = only(run);
        assertThat(run.lines()).containsExactly("stopped: some were killed");
        assertThat(report.completed()).isFalse();
        assertThat(report.waitStatus()).isEqualTo(9);
        assertThat(report.error()).isEqualTo("the program '" + program() + "' did not call ktstr_worker_end");
    }

    @Test
    void oneThatExitsTooEarlyIsNotCompletedAndKeepsWhatItCounted() throws IOException {
        WorkerReport report = only(driver(1, "exits")
                .then("worked:0:100", "sleep:100", "stop:900", "report:0")
                .run());

        assertThat(report.completed()).isFalse();
        assertThat(report.waitStatus() >> 8).isEqualTo(3);
        assertThat(report.error()).isEqualTo("the program '" + program() + "' did not call ktstr_worker_end");
        assertThat(report.cpusUsed()).hasSize(1);
    }

    @Test
    void oneThatCrashesIsReportedWithItsSignal() throws IOException {
        WorkerReport report = only(driver(1, "crashes")
                .then("worked:0:100", "sleep:100", "stop:900", "report:0")
                .run());

        assertThat(report.completed()).isFalse();
        assertThat(report.waitStatus() & 0x7f).isEqualTo(6);
    }

    @Test
    void oneThatCannotBeExecutedSaysWhy() throws IOException {
        CrewDriver.Run run = new CrewDriver(folder)
                .start(WorkGroups.custom(1, CloneMode.PROCESS, "", List.of("/nowhere/worker")))
                .then("release:0", "sleep:50", "stop:900", "report:0")
                .run();

        assertThat(only(run).completed()).isFalse();
        assertThat(only(run).error()).isEqualTo("executing '/nowhere/worker': No such file or directory");
    }
}
