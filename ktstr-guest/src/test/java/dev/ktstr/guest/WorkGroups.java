package dev.ktstr.guest;

import dev.ktstr.guest.wire.CloneMode;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.MemoryPlan;
import dev.ktstr.guest.wire.Phase;
import dev.ktstr.guest.wire.PhaseKind;
import dev.ktstr.guest.wire.PolicyPlan;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import java.util.List;

/** Work groups with the defaults that users get. */
final class WorkGroups {
    private static final long MS = 1_000_000;

    private WorkGroups() {}

    /** The parameters a kind has when nothing is said; bursts and sleeps are ten times shorter. */
    static WorkParameters parameters(WorkKind kind) {
        return switch (kind) {
            case BURSTY -> WorkParameters.bursty(5 * MS, 10 * MS);
            case PIPE_IO -> of(0, 0, 1024, 0, 0, 0, 0, 0, 0, 0, 0, 0);
            case FUTEX_PING_PONG, AFFINITY_CHURN, POLICY_CHURN -> of(0, 1024, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
            case FUTEX_FAN_OUT -> of(0, 1024, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0);
            case FAN_OUT_COMPUTE -> of(MS / 10, 0, 0, 4, 16, 0, 5, 0, 0, 0, 0, 0);
            case CACHE_PRESSURE, CACHE_YIELD -> of(0, 0, 0, 0, 32, 64, 0, 0, 0, 0, 0, 0);
            case CACHE_PIPE -> of(0, 0, 1024, 0, 32, 64, 0, 0, 0, 0, 0, 0);
            case PAGE_FAULT_CHURN -> of(0, 64, 0, 0, 0, 0, 0, 4096, 256, 0, 0, 0);
            case MUTEX_CONTENTION -> of(0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 256, 1024);
            default -> WorkParameters.NONE;
        };
    }

    private static WorkParameters of(
            long sleepNs,
            long spinIters,
            long burstIters,
            int fanOut,
            int sizeKb,
            int strideBytes,
            int operations,
            int regionKb,
            int touches,
            int contenders,
            long holdIters,
            long workIters) {
        return new WorkParameters(
                0,
                sleepNs,
                spinIters,
                burstIters,
                fanOut,
                sizeKb,
                strideBytes,
                operations,
                regionKb,
                touches,
                contenders,
                holdIters,
                workIters);
    }

    /** How many workers belong together. */
    static int groupSize(WorkKind kind) {
        return switch (kind) {
            case PIPE_IO, FUTEX_PING_PONG, CACHE_PIPE, SIGNAL_STORM -> 2;
            case FUTEX_FAN_OUT, FAN_OUT_COMPUTE -> 5;
            case MUTEX_CONTENTION -> 4;
            default -> 1;
        };
    }

    /** Workers of a kind. */
    static WorkGroup of(WorkKind kind, int workers, CloneMode mode) {
        List<Phase> phases = kind == WorkKind.SEQUENCE
                ? List.of(
                        new Phase(PhaseKind.SPIN, 2 * MS),
                        new Phase(PhaseKind.SLEEP, 3 * MS),
                        new Phase(PhaseKind.YIELD, 2 * MS),
                        new Phase(PhaseKind.IO, 2 * MS))
                : List.of();
        return of(kind, workers, mode, parameters(kind), phases, List.of(), List.of(), "");
    }

    /** The same with other parameters. */
    static WorkGroup of(WorkKind kind, int workers, WorkParameters parameters) {
        return of(kind, workers, CloneMode.PROCESS, parameters, List.of(), List.of(), List.of(), "");
    }

    /** A program. */
    static WorkGroup custom(int workers, CloneMode mode, String comm, List<String> command) {
        return of(WorkKind.CUSTOM, workers, mode, WorkParameters.NONE, List.of(), command, List.of(), comm);
    }

    static WorkGroup of(
            WorkKind kind,
            int workers,
            CloneMode mode,
            WorkParameters parameters,
            List<Phase> phases,
            List<String> command,
            List<CpuList> affinity,
            String comm) {
        return new WorkGroup(
                workers,
                kind,
                parameters,
                phases,
                command,
                PolicyPlan.NORMAL,
                0,
                affinity,
                MemoryPlan.DEFAULT,
                mode,
                comm,
                "",
                false,
                7);
    }
}
