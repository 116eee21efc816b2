package dev.ktstr;

import dev.ktstr.spec.CpuTopology;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The topology as sysfs shows it: the guest's, where what was asked for was compared with it before the test began, or the
 * host's in a bare-metal run.
 *
 * @param requested the shape that was asked for
 * @param llcs last-level caches by index
 * @param nodes NUMA nodes, ascending by number; some may have no CPUs, or no memory
 */
public record TestTopology(CpuTopology requested, List<Llc> llcs, List<Node> nodes) {
    /**
     * A last-level cache.
     *
     * @param cpus the CPUs that share it, ascending
     * @param node the NUMA node they are in
     * @param bytes its size, 0 when sysfs does not say
     * @param cores its cores in order, each the CPUs that are its threads
     */
    public record Llc(List<Integer> cpus, int node, long bytes, List<List<Integer>> cores) {
        /** Copies the lists. */
        public Llc {
            cpus = List.copyOf(cpus);
            cores = cores.stream().map(List::copyOf).toList();
        }

        /** A cache whose CPUs are cores of one thread each. */
        public Llc(List<Integer> cpus, int node, long bytes) {
            this(cpus, node, bytes, cpus.stream().map(List::of).toList());
        }
    }

    /**
     * A NUMA node.
     *
     * @param id its number
     * @param cpus its CPUs, ascending; empty for a node of memory only
     * @param memTotalKb its memory in KiB
     * @param distances its distances to all nodes, in their order
     */
    public record Node(int id, List<Integer> cpus, long memTotalKb, List<Integer> distances) {
        /** Copies the lists. */
        public Node {
            cpus = List.copyOf(cpus);
            distances = List.copyOf(distances);
        }

        /** Whether it has memory and no CPUs, as CXL memory has. */
        public boolean memoryOnly() {
            return cpus.isEmpty() && memTotalKb > 0;
        }
    }

    /** Copies the lists. */
    public TestTopology {
        llcs = List.copyOf(llcs);
        nodes = List.copyOf(nodes);
    }

    /** All CPUs, ascending. */
    public SortedSet<Integer> cpus() {
        SortedSet<Integer> cpus = new TreeSet<>();
        llcs.forEach(llc -> cpus.addAll(llc.cpus()));
        return cpus;
    }

    /** Number of CPUs. */
    public int cpuCount() {
        return llcs.stream().mapToInt(llc -> llc.cpus().size()).sum();
    }

    /** Whether some core has more than one thread. */
    public boolean smt() {
        return llcs.stream().flatMap(llc -> llc.cores().stream()).anyMatch(core -> core.size() > 1);
    }

    /** All CPUs of up to two; of more, all but the last, which stays for the root cgroup. Ascending. */
    public List<Integer> usableCpus() {
        List<Integer> cpus = List.copyOf(cpus());
        return cpus.size() <= 2 ? cpus : cpus.subList(0, cpus.size() - 1);
    }

    /**
     * The CPUs of an LLC, ascending.
     *
     * @throws IllegalArgumentException when there is no such LLC
     */
    public SortedSet<Integer> cpusOfLlc(int index) {
        if (index < 0 || index >= llcs.size()) {
            throw new IllegalArgumentException("there is no LLC " + index + "; the topology has " + llcs.size());
        }
        return new TreeSet<>(llcs.get(index).cpus());
    }

    /** The CPUs of a node, ascending; empty when there is no such node. */
    public SortedSet<Integer> cpusOfNode(int node) {
        return nodes.stream()
                .filter(n -> n.id() == node)
                .findFirst()
                .map(n -> (SortedSet<Integer>) new TreeSet<>(n.cpus()))
                .orElseGet(TreeSet::new);
    }

    /** The first thread of each core, ascending: one CPU per core. */
    public SortedSet<Integer> firstThreads() {
        SortedSet<Integer> cpus = new TreeSet<>();
        llcs.forEach(llc -> llc.cores().forEach(core -> cpus.add(core.get(0))));
        return cpus;
    }

    /** The threads of the core that a CPU is in, itself among them. */
    public List<Integer> siblings(int cpu) {
        return llcs.stream()
                .flatMap(llc -> llc.cores().stream())
                .filter(core -> core.contains(cpu))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no CPU " + cpu + ", only " + format(cpus())));
    }

    /** The nodes that these CPUs are in, ascending. */
    public SortedSet<Integer> nodesOf(Collection<Integer> cpus) {
        SortedSet<Integer> found = new TreeSet<>();
        nodes.stream().filter(n -> !Collections.disjoint(n.cpus(), cpus)).forEach(n -> found.add(n.id()));
        return found;
    }

    /** The nodes that have memory, ascending. */
    public SortedSet<Integer> memoryNodes() {
        SortedSet<Integer> found = new TreeSet<>();
        nodes.stream().filter(n -> n.memTotalKb() > 0).forEach(n -> found.add(n.id()));
        return found;
    }

    /** The distance from one node to another as the firmware says it, 10 to itself; empty when it is not known. */
    public OptionalInt distance(int from, int to) {
        int column = nodes.stream().map(Node::id).toList().indexOf(to);
        return nodes.stream()
                .filter(n ->
                        n.id() == from && column >= 0 && column < n.distances().size())
                .mapToInt(n -> n.distances().get(column))
                .findFirst();
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
