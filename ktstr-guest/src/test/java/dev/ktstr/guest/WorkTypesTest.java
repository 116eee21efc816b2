package dev.ktstr.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.guest.wire.CloneMode;
import dev.ktstr.guest.wire.HistogramBucket;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkerReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the work types do, on this machine: the agent's own objects, without a guest. */
class WorkTypesTest {
    @TempDir
    private Path folder;

    private List<WorkerReport> run(WorkKind kind, CloneMode mode) throws IOException {
        CrewDriver.Run run = new CrewDriver(folder)
                .start(WorkGroups.of(kind, 2 * WorkGroups.groupSize(kind), mode))
                .then("release:0", "sleep:80", "stop:1500", "report:0")
                .run();
        assertThat(run.lines()).containsExactly("stopped: all ended");
        assertThat(run.status()).isZero();
        return run.reports();
    }

    private static void worked(WorkerReport report) {
        assertThat(report.error()).isEmpty();
        assertThat(report.completed()).isTrue();
        assertThat(report.workUnits()).isPositive();
        assertThat(report.iterations()).isPositive();
        assertThat(report.cpuTimeNs()).isPositive();
        assertThat(report.wakeBuckets().stream()
                        .mapToLong(HistogramBucket::count)
                        .sum())
                .isEqualTo(report.wakeCount());
    }

    @ParameterizedTest
    @EnumSource(value = WorkKind.class, mode = EnumSource.Mode.EXCLUDE, names = "CUSTOM")
    void processesOfEachKindWorkAndEndSoonAfterTheStop(WorkKind kind) throws IOException {
        assertThat(run(kind, CloneMode.PROCESS)).allSatisfy(WorkTypesTest::worked);
    }

    @ParameterizedTest
    @EnumSource(value = WorkKind.class, mode = EnumSource.Mode.EXCLUDE, names = "CUSTOM")
    void threadsOfEachKindWorkAndEndSoonAfterTheStop(WorkKind kind) throws IOException {
        assertThat(run(kind, CloneMode.THREAD)).allSatisfy(WorkTypesTest::worked);
    }
}
