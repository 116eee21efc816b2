package dev.ktstr.guest.wire;

import java.util.List;

/**
 * One operation. A part that its kind does not read is empty, or 0.
 *
 * @param kind what is done
 * @param cgroup what it is done to: a path below the cgroup root, as in {@link CgroupPlan}
 * @param otherCgroup the second of two
 * @param cpus CPUs of a cpuset
 * @param def the cgroup to make, one or none
 * @param works the workers to start, one group or none
 * @param affinity one for all workers of the cgroup, or one for each of them
 * @param payload the program to start, one or none
 * @param name name of a payload, or of what is asked of the host
 * @param timeoutNs how long it may take
 */
public record OpPlan(
        OpKind kind,
        String cgroup,
        String otherCgroup,
        List<Integer> cpus,
        List<CgroupPlan> def,
        List<WorkGroup> works,
        List<CpuList> affinity,
        List<PayloadPlan> payload,
        String name,
        long timeoutNs) {
    public OpPlan {
        cpus = List.copyOf(cpus);
        def = List.copyOf(def);
        works = List.copyOf(works);
        affinity = List.copyOf(affinity);
        payload = List.copyOf(payload);
    }

    /** An operation of that kind with every part empty. */
    public static OpPlan of(OpKind kind) {
        return new OpPlan(kind, "", "", List.of(), List.of(), List.of(), List.of(), List.of(), "", 0);
    }

    /** The same on a cgroup. */
    public OpPlan on(String path) {
        return new OpPlan(kind, path, otherCgroup, cpus, def, works, affinity, payload, name, timeoutNs);
    }

    /** The same with a second cgroup. */
    public OpPlan and(String path) {
        return new OpPlan(kind, cgroup, path, cpus, def, works, affinity, payload, name, timeoutNs);
    }

    /** The same with these CPUs. */
    public OpPlan withCpus(List<Integer> value) {
        return new OpPlan(kind, cgroup, otherCgroup, value, def, works, affinity, payload, name, timeoutNs);
    }

    /** The same with a cgroup to make. */
    public OpPlan withDef(CgroupPlan value) {
        return new OpPlan(kind, cgroup, otherCgroup, cpus, List.of(value), works, affinity, payload, name, timeoutNs);
    }

    /** The same with workers to start. */
    public OpPlan withWork(WorkGroup value) {
        return new OpPlan(kind, cgroup, otherCgroup, cpus, def, List.of(value), affinity, payload, name, timeoutNs);
    }

    /** The same with these affinities. */
    public OpPlan withAffinity(List<CpuList> value) {
        return new OpPlan(kind, cgroup, otherCgroup, cpus, def, works, value, payload, name, timeoutNs);
    }

    /** The same with a program to start. */
    public OpPlan withPayload(PayloadPlan value) {
        return new OpPlan(kind, cgroup, otherCgroup, cpus, def, works, affinity, List.of(value), name, timeoutNs);
    }

    /** The same with a name. */
    public OpPlan named(String value) {
        return new OpPlan(kind, cgroup, otherCgroup, cpus, def, works, affinity, payload, value, timeoutNs);
    }

    /** The same with a time-out. */
    public OpPlan within(long ns) {
        return new OpPlan(kind, cgroup, otherCgroup, cpus, def, works, affinity, payload, name, ns);
    }
}
