package dev.ktstr;

import dev.ktstr.spec.CpuTopology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The topology as the guest's own sysfs shows it; what was asked for was compared with it before the test began.
 *
 * @param requested the shape that was asked for
 * @param llcs last-level caches by index
 * @param nodes NUMA nodes by index
 */
public record TestTopology(CpuTopology requested, List<Llc> llcs, List<Node> nodes) {
    /** A last-level cache: the CPUs that share it, ascending, its node, and its size in bytes. */
    public record Llc(List<Integer> cpus, int node, long bytes) {}

    /** A NUMA node: its CPUs, its memory in KiB, and its distances to all nodes. */
    public record Node(int id, List<Integer> cpus, long memTotalKb, List<Integer> distances) {}

    /** Copies the lists. */
    public TestTopology {
        llcs = List.copyOf(llcs);
        nodes = List.copyOf(nodes);
    }

    /** Number of CPUs. */
    public int cpuCount() {
        return requested.cpus();
    }

    /** All CPUs of up to two; of more, all but the last, which stays for the root cgroup. Ascending. */
    public List<Integer> usableCpus() {
        int count = cpuCount() <= 2 ? cpuCount() : cpuCount() - 1;
        List<Integer> cpus = new ArrayList<>(count);
        for (int cpu = 0; cpu < count; cpu++) {
            cpus.add(cpu);
        }
        return cpus;
    }

    /** The CPUs of a node, ascending; empty when there is no such node. */
    public SortedSet<Integer> cpusOfNode(int node) {
        return nodes.stream()
                .filter(n -> n.id() == node)
                .findFirst()
                .map(n -> (SortedSet<Integer>) new TreeSet<>(n.cpus()))
                .orElseGet(TreeSet::new);
    }

    /** CPUs in the kernel's list format, {@code 0-3,8}; {@code none} when empty. */
    public static String format(Collection<Integer> cpus) {
        StringBuilder text = new StringBuilder();
        Integer start = null;
        Integer previous = null;
        for (Integer cpu : new TreeSet<>(cpus)) {
            if (previous != null && cpu == previous + 1) {
                previous = cpu;
                continue;
            }
            appendRange(text, start, previous);
            start = cpu;
            previous = cpu;
        }
        appendRange(text, start, previous);
        return text.isEmpty() ? "none" : text.toString();
    }

    private static void appendRange(StringBuilder text, @Nullable Integer start, @Nullable Integer end) {
        if (start == null) {
            return;
        }
        if (!text.isEmpty()) {
            text.append(',');
        }
        text.append(start);
        if (!start.equals(end)) {
            text.append('-').append(end);
        }
    }
}
