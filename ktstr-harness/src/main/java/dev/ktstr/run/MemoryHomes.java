package dev.ktstr.run;

import dev.ktstr.TestTopology;
import dev.ktstr.WorkerStats.Pages;
import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.CpuUse;
import dev.ktstr.guest.wire.MemoryPlan;
import dev.ktstr.guest.wire.NodePages;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkerReport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Where the memory of each group of workers belongs, and how much of what they report is there. */
final class MemoryHomes {
    /** {@code MPOL_F_RELATIVE_NODES} (include/uapi/linux/mempolicy.h): the nodes count within the cpuset's. */
    private static final int RELATIVE_NODES = 1 << 14;

    /** What was asked for: a policy, and the nodes of the cgroup's cpuset. */
    private record Home(MemoryPlan policy, List<Integer> mems) {
        static final Home ANYWHERE = new Home(MemoryPlan.DEFAULT, List.of());
    }

    private final TestTopology topology;
    private final Map<Integer, Home> byLabel = new HashMap<>();
    private final Map<String, List<Integer>> mems = new HashMap<>();

    private MemoryHomes(TestTopology topology) {
        this.topology = topology;
    }

    static MemoryHomes of(ScenarioPlan plan, TestTopology topology) {
        MemoryHomes homes = new MemoryHomes(topology);
        plan.backdrop().forEach(homes::add);
        for (StepPlan step : plan.steps()) {
            step.ops().forEach(homes::add);
            step.setup().forEach(homes::add);
        }
        return homes;
    }

    private void add(OpPlan op) {
        op.def().forEach(this::add);
        op.works().forEach(work -> add(op.cgroup(), work));
    }

    private void add(CgroupPlan cgroup) {
        mems.put(cgroup.name(), cgroup.mems());
        cgroup.works().forEach(work -> add(cgroup.name(), work));
    }

    private void add(String cgroup, WorkGroup work) {
        byLabel.putIfAbsent(work.label(), new Home(work.memory(), mems.getOrDefault(cgroup, List.of())));
    }

    /**
     * Where a worker's pages are, against where they belong; empty when they were not counted.
     *
     * @throws IllegalArgumentException when the report contradicts itself
     */
    Optional<Pages> pages(WorkerReport report) {
        if (report.pages().isEmpty()) {
            return Optional.empty();
        }
        SortedMap<Integer, Long> perNode = new TreeMap<>();
        for (NodePages node : report.pages()) {
            if (node.pages() < 0 || perNode.put(node.node(), node.pages()) != null) {
                throw new IllegalArgumentException(node.pages() + " pages on node " + node.node());
            }
        }
        Home home = byLabel.getOrDefault(report.label(), Home.ANYWHERE);
        List<Integer> named = named(home);
        return Optional.of(new Pages(
                perNode,
                sum(perNode, named.isEmpty() ? unnamed(home, report) : new HashSet<>(named)),
                sum(perNode, nodes(node -> node.cpus().isEmpty())),
                !named.isEmpty(),
                report.pagesMigrated() < 0 ? OptionalLong.empty() : OptionalLong.of(report.pagesMigrated())));
    }

    /** The nodes that the policy names. */
    private List<Integer> named(Home home) {
        List<Integer> named = home.policy().nodes();
        if ((home.policy().flags() & RELATIVE_NODES) == 0) {
            return named;
        }
        List<Integer> within =
                home.mems().isEmpty() ? nodes(node -> true).stream().sorted().toList() : home.mems();
        return named.stream()
                .map(n -> within.get(Math.floorMod(n, within.size())))
                .toList();
    }

    /** Where no policy names nodes: those of the cpuset, else those of the CPUs that the worker may run on. */
    private Set<Integer> unnamed(Home home, WorkerReport report) {
        if (!home.mems().isEmpty()) {
            return new HashSet<>(home.mems());
        }
        Set<Integer> allowed = new HashSet<>();
        for (CpuUse use : report.cpuUse()) {
            if (use.allowed().isEmpty()) {
                return nodes(node -> true);
            }
            allowed.addAll(use.allowed());
        }
        return nodes(node -> allowed.isEmpty() || node.cpus().stream().anyMatch(allowed::contains));
    }

    private Set<Integer> nodes(Predicate<TestTopology.Node> which) {
        Set<Integer> ids = new HashSet<>();
        topology.nodes().stream().filter(which).forEach(node -> ids.add(node.id()));
        return ids;
    }

    private static long sum(SortedMap<Integer, Long> perNode, Set<Integer> nodes) {
        return nodes.stream().mapToLong(node -> perNode.getOrDefault(node, 0L)).sum();
    }
}
