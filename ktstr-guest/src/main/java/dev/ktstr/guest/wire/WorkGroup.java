package dev.ktstr.guest.wire;

import java.util.List;

/**
 * Workers of one kind in one cgroup.
 *
 * @param workers how many
 * @param kind what each does
 * @param parameters the kind's parameters
 * @param phases the phases; {@link WorkKind#SEQUENCE} only, else empty
 * @param command program and arguments; {@link WorkKind#CUSTOM} only, else empty
 * @param policy scheduling policy
 * @param nice nice value
 * @param affinity CPUs they may use: none to inherit, one for all, or one for each
 * @param memory memory policy
 * @param cloneMode processes or threads
 * @param comm name of each worker's task; empty for the agent's own choice
 * @param pcomm name of a leader process whose threads they are; empty for none
 * @param swappable whether their memory may be swapped out
 * @param label the host's number for this group; it comes back in {@link WorkerReport}
 */
public record WorkGroup(
        int workers,
        WorkKind kind,
        WorkParameters parameters,
        List<Phase> phases,
        List<String> command,
        PolicyPlan policy,
        int nice,
        List<CpuList> affinity,
        MemoryPlan memory,
        CloneMode cloneMode,
        String comm,
        String pcomm,
        boolean swappable,
        int label) {
    public WorkGroup {
        phases = List.copyOf(phases);
        command = List.copyOf(command);
        affinity = List.copyOf(affinity);
    }

    /** Processes that ask for nothing but their work. */
    public static WorkGroup of(int workers, WorkKind kind, WorkParameters parameters, List<Phase> phases) {
        return new WorkGroup(
                workers,
                kind,
                parameters,
                phases,
                List.of(),
                PolicyPlan.NORMAL,
                0,
                List.of(),
                MemoryPlan.DEFAULT,
                CloneMode.PROCESS,
                "",
                "",
                false,
                0);
    }

    /** The same with another label. */
    public WorkGroup labelled(int value) {
        return new WorkGroup(
                workers,
                kind,
                parameters,
                phases,
                command,
                policy,
                nice,
                affinity,
                memory,
                cloneMode,
                comm,
                pcomm,
                swappable,
                value);
    }
}
