package dev.ktstr.run.encode;

import dev.ktstr.MemPolicy;
import dev.ktstr.MpolFlags;
import dev.ktstr.Phase;
import dev.ktstr.SchedPolicy;
import dev.ktstr.WorkParameter;
import dev.ktstr.WorkSpec;
import dev.ktstr.WorkType;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.MemoryMode;
import dev.ktstr.guest.wire.MemoryPlan;
import dev.ktstr.guest.wire.PhaseKind;
import dev.ktstr.guest.wire.PolicyKind;
import dev.ktstr.guest.wire.PolicyPlan;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import java.util.List;
import java.util.Objects;

/** Turns a group of workers into the agent's words. Kinds, modes and policies have the same names on both sides. */
final class WorkGroups {
    private WorkGroups() {}

    /** A group whose affinity is worked out already. */
    static WorkGroup of(
            WorkSpec spec, WorkType type, int workers, List<CpuList> affinity, List<String> command, int label) {
        return new WorkGroup(
                workers,
                WorkKind.valueOf(type.kind().name()),
                parameters(type),
                type.phases().stream().map(WorkGroups::phase).toList(),
                command,
                policy(spec),
                Objects.requireNonNullElse(spec.nice(), 0),
                affinity,
                memory(spec),
                spec.threads() ? dev.ktstr.guest.wire.CloneMode.THREAD : dev.ktstr.guest.wire.CloneMode.PROCESS,
                Objects.requireNonNullElse(spec.comm(), ""),
                Objects.requireNonNullElse(spec.pcomm(), ""),
                Objects.requireNonNullElse(spec.swappable(), false),
                label);
    }

    private static WorkParameters parameters(WorkType type) {
        long cacheKb = type.parameter(WorkParameter.CACHE_KB);
        return new WorkParameters(
                type.parameter(WorkParameter.BURST),
                type.parameter(WorkParameter.SLEEP),
                type.parameter(WorkParameter.SPIN_ITERS),
                type.parameter(WorkParameter.BURST_ITERS),
                (int) type.parameter(WorkParameter.FAN_OUT),
                (int) (cacheKb > 0 ? cacheKb : type.parameter(WorkParameter.SIZE_KB)),
                (int) type.parameter(WorkParameter.STRIDE),
                (int) type.parameter(WorkParameter.OPERATIONS),
                (int) type.parameter(WorkParameter.REGION_KB),
                (int) type.parameter(WorkParameter.TOUCHES),
                (int) type.parameter(WorkParameter.CONTENDERS),
                type.parameter(WorkParameter.HOLD_ITERS),
                type.parameter(WorkParameter.WORK_ITERS));
    }

    private static dev.ktstr.guest.wire.Phase phase(Phase phase) {
        return new dev.ktstr.guest.wire.Phase(
                PhaseKind.valueOf(phase.kind().name()), phase.duration().toNanos());
    }

    private static PolicyPlan policy(WorkSpec spec) {
        SchedPolicy policy = spec.policy();
        return policy == null
                ? PolicyPlan.NORMAL
                : new PolicyPlan(
                        PolicyKind.valueOf(policy.kind().name()),
                        policy.priority(),
                        policy.runtime().toNanos(),
                        policy.deadline().toNanos(),
                        policy.period().toNanos());
    }

    private static MemoryPlan memory(WorkSpec spec) {
        MemPolicy policy = spec.memPolicy();
        return policy == null
                ? MemoryPlan.DEFAULT
                : new MemoryPlan(
                        MemoryMode.valueOf(policy.mode().name()),
                        List.copyOf(policy.nodes()),
                        Objects.requireNonNullElse(spec.mpolFlags(), MpolFlags.NONE)
                                .bits());
    }
}
