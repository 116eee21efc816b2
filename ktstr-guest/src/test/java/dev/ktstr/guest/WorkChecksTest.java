package dev.ktstr.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.guest.wire.CloneMode;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent does not rely on the host's checks: what it cannot run it refuses, and says why. */
class WorkChecksTest {
    @TempDir
    private Path folder;

    private static WorkParameters zeroes() {
        return WorkParameters.NONE;
    }

    private record Refused(WorkGroup group, String why) {}

    private static Refused refused(WorkGroup group, String why) {
        return new Refused(group, why);
    }

    private static List<Refused> groups() {
        WorkParameters fan = WorkGroups.parameters(WorkKind.FUTEX_FAN_OUT);
        return List.of(
                refused(of(WorkKind.PIPE_IO, 3), "PipeIo requires workers divisible by 2, got 3"),
                refused(of(WorkKind.FUTEX_PING_PONG, 1), "FutexPingPong requires workers divisible by 2, got 1"),
                refused(of(WorkKind.CACHE_PIPE, 5), "CachePipe requires workers divisible by 2, got 5"),
                refused(of(WorkKind.SIGNAL_STORM, 1), "SignalStorm requires workers divisible by 2, got 1"),
                refused(of(WorkKind.FUTEX_FAN_OUT, 4), "FutexFanOut requires workers divisible by 5, got 4"),
                refused(of(WorkKind.FAN_OUT_COMPUTE, 6), "FanOutCompute requires workers divisible by 5, got 6"),
                refused(of(WorkKind.MUTEX_CONTENTION, 6), "MutexContention requires workers divisible by 4, got 6"),
                refused(
                        WorkGroups.of(WorkKind.MUTEX_CONTENTION, 4, zeroes()),
                        "MutexContention: contenders is 0, and must be from 1 to 4096"),
                refused(
                        WorkGroups.of(WorkKind.FUTEX_FAN_OUT, 4, zeroes()),
                        "FutexFanOut: fanOut is 0, and must be from 1 to 4095"),
                refused(
                        WorkGroups.of(WorkKind.FAN_OUT_COMPUTE, 5, fan),
                        "FanOutCompute: cacheKb is 0, and must be from 1 to 1048576"),
                refused(
                        WorkGroups.of(WorkKind.CACHE_PRESSURE, 1, zeroes()),
                        "CachePressure: sizeKb is 0, and must be from 1 to 1048576"),
                refused(
                        WorkGroups.of(
                                WorkKind.CACHE_YIELD, 1, new WorkParameters(0, 0, 0, 0, 0, 1, 1025, 0, 0, 0, 0, 0, 0)),
                        "CacheYield: stride in bytes is 1025, and must be from 1 to 1024"),
                refused(
                        WorkGroups.of(WorkKind.PAGE_FAULT_CHURN, 1, zeroes()),
                        "PageFaultChurn: regionKb is 0, and must be from 4 to 16777216"),
                refused(
                        WorkGroups.of(WorkKind.BURSTY, 1, WorkParameters.bursty(0, 5)),
                        "Bursty: burst in ns is 0, and must be from 1 to 2305843009213693951"),
                refused(
                        WorkGroups.of(WorkKind.SEQUENCE, 1, zeroes()),
                        "Sequence: the number of phases is 0, and must be from 1 to 4096"),
                refused(
                        WorkGroups.of(
                                WorkKind.FUTEX_PING_PONG,
                                2,
                                new WorkParameters(0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
                        "FutexPingPong: spinIters is -1, and must be from 0 to 1099511627776"),
                refused(WorkGroups.custom(1, CloneMode.PROCESS, "", List.of()), "Custom has no program"),
                refused(
                        WorkGroups.custom(1, CloneMode.THREAD, "", List.of("/bin/true")),
                        "Custom runs a program, which is a process of its own: it cannot be a thread (CloneMode.THREAD)"));
    }

    private static WorkGroup of(WorkKind kind, int workers) {
        return WorkGroups.of(kind, workers, CloneMode.PROCESS);
    }

    @Test
    void groupsThatCannotRunAreRefusedWithTheReason() throws IOException {
        CrewDriver driver = new CrewDriver(folder);
        for (Refused each : groups()) {
            driver.attempt(each.group());
        }
        CrewDriver.Run run = driver.run();

        assertThat(run.status()).isZero();
        assertThat(run.lines())
                .containsExactlyElementsOf(groups().stream()
                        .map(each -> "cgroup 'here': " + each.why())
                        .toList());
    }
}
