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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What was planned for the workers that report: their place in the plan, and where their memory belongs. */
final class PlannedGroups {
    /** {@code MPOL_F_RELATIVE_NODES} (include/uapi/linux/mempolicy.h): the nodes count within the cpuset's. */
    private static final int RELATIVE_NODES = 1 << 14;

    private record Key(String cgroup, int label) {}

    private record Group(MemoryPlan memory, List<Integer> mems) {}

    private final TestTopology topology;
    private final Map<Key, Group> groups = new LinkedHashMap<>();
    private final Map<String, List<Integer>> mems = new HashMap<>();
    private final List<String> order = new ArrayList<>();

    private PlannedGroups(TestTopology topology) {
        this.topology = topology;
    }

    static PlannedGroups of(ScenarioPlan plan, TestTopology topology) {
        PlannedGroups planned = new PlannedGroups(topology);
        plan.backdrop().forEach(planned::add);
        for (StepPlan step : plan.steps()) {
            step.ops().forEach(planned::add);
            step.setup().forEach(planned::add);
        }
        return planned;
    }

    static PlannedGroups of(List<CgroupPlan> made, TestTopology topology) {
        PlannedGroups planned = new PlannedGroups(topology);
        made.forEach(planned::add);
        return planned;
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
        groups.putIfAbsent(
                new Key(cgroup, work.label()), new Group(work.memory(), mems.getOrDefault(cgroup, List.of())));
        if (!order.contains(cgroup)) {
            order.add(cgroup);
        }
    }

    /** Where its cgroup stands in the plan; after all others when it does not. */
    int position(WorkerReport report) {
        int at = order.indexOf(report.cgroup());
        return at < 0 ? order.size() : at;
    }

    /** Where a worker's pages are, against where they belong; empty when they were not counted. */
    Optional<Pages> pages(WorkerReport report) {
        if (report.pages().isEmpty() && report.pagesMigrated() < 0) {
            return Optional.empty();
        }
        SortedMap<Integer, Long> perNode = new TreeMap<>();
        for (NodePages node : report.pages()) {
            if (node.pages() < 0 || perNode.put(node.node(), node.pages()) != null) {
                throw new IllegalArgumentException(node.pages() + " pages on node " + node.node());
            }
        }
        Optional<Group> group = Optional.ofNullable(groups.get(new Key(report.cgroup(), report.label())));
        List<Integer> named = group.map(g -> named(g.memory(), g.mems())).orElse(List.of());
        Set<Integer> home = home(report, named, group.map(Group::mems).orElse(List.of()));
        return Optional.of(new Pages(
                perNode,
                sum(perNode, home),
                sum(perNode, nodesWithoutCpus()),
                !named.isEmpty(),
                StatsDecoder.measured(report.pagesMigrated())));
    }

    /** The nodes that its policy names, else those of its cpuset, else those of the CPUs it may run on. */
    private Set<Integer> home(WorkerReport report, List<Integer> named, List<Integer> mems) {
        if (!named.isEmpty()) {
            return new HashSet<>(named);
        }
        if (!mems.isEmpty()) {
            return new HashSet<>(mems);
        }
        Set<Integer> allowed = new HashSet<>();
        boolean everywhere = report.cpuUse().isEmpty();
        for (CpuUse use : report.cpuUse()) {
            allowed.addAll(use.allowed());
            everywhere |= use.allowed().isEmpty();
        }
        boolean all = everywhere;
        Set<Integer> nodes = new HashSet<>();
        nodes(node -> all || node.cpus().stream().anyMatch(allowed::contains)).forEach(nodes::add);
        return nodes;
    }

    private List<Integer> named(MemoryPlan memory, List<Integer> mems) {
        if ((memory.flags() & RELATIVE_NODES) == 0) {
            return memory.nodes();
        }
        List<Integer> within = mems.isEmpty() ? nodes(node -> true).toList() : mems;
        return memory.nodes().stream()
                .map(n -> within.get(Math.floorMod(n, within.size())))
                .toList();
    }

    private Set<Integer> nodesWithoutCpus() {
        Set<Integer> slow = new HashSet<>();
        nodes(node -> node.cpus().isEmpty()).forEach(slow::add);
        return slow;
    }

    private Stream<Integer> nodes(java.util.function.Predicate<TestTopology.Node> which) {
        return topology.nodes().stream().filter(which).map(TestTopology.Node::id);
    }

    private static long sum(SortedMap<Integer, Long> perNode, Set<Integer> nodes) {
        return nodes.stream().mapToLong(node -> perNode.getOrDefault(node, 0L)).sum();
    }
}
