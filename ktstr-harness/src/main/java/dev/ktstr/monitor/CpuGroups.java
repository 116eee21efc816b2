package dev.ktstr.monitor;

import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import dev.ktstr.guest.wire.WorkGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which CPUs may be compared: those that a scheduler could have chosen between. A cpuset or an affinity that has one CPU and not
 * another takes that choice away, so CPUs belong together when each cpuset and each affinity of a run has all of them or none.
 */
final class CpuGroups {
    private final Set<List<Integer>> sets = new LinkedHashSet<>();

    /** Takes a scenario into account: every CPU set that it names, at whatever time. */
    void add(ScenarioPlan plan) {
        plan.backdrop().forEach(this::add);
        for (StepPlan step : plan.steps()) {
            step.ops().forEach(this::add);
            step.setup().forEach(this::add);
        }
    }

    private void add(OpPlan op) {
        sets.add(op.cpus());
        op.def().forEach(this::add);
        op.works().forEach(this::add);
        op.affinity().forEach(this::add);
    }

    private void add(CgroupPlan cgroup) {
        sets.add(cgroup.cpus());
        cgroup.works().forEach(this::add);
    }

    private void add(WorkGroup work) {
        work.affinity().forEach(this::add);
    }

    private void add(CpuList cpus) {
        sets.add(cpus.cpus());
    }

    /**
     * The groups of two and more.
     *
     * @param cpus numbers of the CPUs
     * @return places in {@code cpus}
     */
    List<int[]> of(List<Integer> cpus) {
        List<Set<Integer>> named = sets.stream()
                .filter(set -> !set.isEmpty())
                .map(set -> (Set<Integer>) new LinkedHashSet<>(set))
                .toList();
        Map<List<Boolean>, List<Integer>> groups = new LinkedHashMap<>();
        for (int place = 0; place < cpus.size(); place++) {
            int cpu = cpus.get(place);
            List<Boolean> membership =
                    named.stream().map(set -> set.contains(cpu)).toList();
            groups.computeIfAbsent(membership, any -> new ArrayList<>()).add(place);
        }
        return groups.values().stream()
                .filter(group -> group.size() > 1)
                .map(group -> group.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }
}
