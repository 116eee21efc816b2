package dev.ktstr.run;

import dev.ktstr.TestTopology;
import dev.ktstr.guest.wire.CpuReport;
import dev.ktstr.guest.wire.Hello;
import dev.ktstr.guest.wire.NodeReport;
import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.NumaMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Compares the topology that the guest's sysfs shows with the one that was asked for. */
public final class GuestTopology {
    private GuestTopology() {}

    /**
     * Returns the guest's topology.
     *
     * @throws RunException when it differs from {@code requested} in any CPU; every difference is named
     */
    public static TestTopology verified(Hello hello, CpuTopology requested) {
        return verified(hello, requested, Optional.empty());
    }

    /** The same for a guest whose nodes are described: those of memory only, and all distances, are compared too. */
    public static TestTopology verified(Hello hello, CpuTopology requested, Optional<NumaMemory> memory) {
        List<String> differences = new ArrayList<>();
        List<CpuReport> cpus = hello.cpus();
        if (cpus.size() != requested.cpus()) {
            differences.add("asked for " + requested.cpus() + " CPUs, the guest has " + cpus.size());
        }
        int nodes = memory.map(m -> m.nodes().size()).orElse(requested.numaNodes());
        if (hello.nodes().size() != nodes) {
            differences.add("asked for " + nodes + " NUMA nodes, the guest has "
                    + hello.nodes().size());
        } else {
            memory.ifPresent(m -> hello.nodes().forEach(node -> compare(node, requested, m, differences)));
        }
        for (CpuReport cpu : cpus) {
            int llc = cpu.cpu() / requested.cpusPerLlc();
            int node = llc / requested.llcsPerNode();
            int core = cpu.cpu() - cpu.cpu() % requested.threadsPerCore();
            if (cpu.llc() != llc || cpu.node() != node || cpu.core() != core) {
                differences.add("cpu" + cpu.cpu() + " should be in LLC " + llc + ", node " + node
                        + ", with first thread sibling cpu" + core + "; the guest shows LLC " + cpu.llc() + ", node "
                        + cpu.node() + ", cpu" + cpu.core());
            }
        }
        if (!differences.isEmpty()) {
            throw RunException.setup(
                    "boot",
                    "the guest does not show the topology " + requested + ": "
                            + String.join("; ", differences.subList(0, Math.min(4, differences.size())))
                            + (differences.size() > 4 ? "; and " + (differences.size() - 4) + " more" : "")
                            + ". Hint: run `mvn ktstr:doctor`, and try another backend with -Dktstr.backend.");
        }
        return topology(hello, requested);
    }

    /** What firmware and kernel keep of a node for themselves is not in its sum, so that only a limit can be compared. */
    private static void compare(NodeReport node, CpuTopology requested, NumaMemory memory, List<String> differences) {
        int id = node.node();
        if (id < 0 || id >= memory.nodes().size()) {
            differences.add("the guest has a node " + id + ", which was not asked for");
            return;
        }
        List<Integer> distances = IntStream.range(0, memory.nodes().size())
                .mapToObj(to -> memory.distance(id, to))
                .toList();
        if (!node.distances().equals(distances)) {
            differences.add(
                    "node" + id + " should be at distances " + distances + "; the guest shows " + node.distances());
        }
        long mostKb = memory.nodes().get(id).mb() * 1024L;
        if (node.memTotalKb() > mostKb || node.memTotalKb() == 0) {
            differences.add("node" + id + " should have " + mostKb + " KiB; the guest shows " + node.memTotalKb());
        }
        if (id >= requested.numaNodes() && !node.cpus().isEmpty()) {
            differences.add("node" + id + " should have no CPUs; the guest shows " + node.cpus());
        }
    }

    private static TestTopology topology(Hello hello, CpuTopology requested) {
        Map<Integer, List<CpuReport>> byLlc = new TreeMap<>();
        hello.cpus()
                .forEach(cpu ->
                        byLlc.computeIfAbsent(cpu.llc(), k -> new ArrayList<>()).add(cpu));
        List<TestTopology.Llc> llcs = byLlc.values().stream()
                .map(group -> new TestTopology.Llc(
                        group.stream().map(CpuReport::cpu).sorted().toList(),
                        group.get(0).node(),
                        group.get(0).llcBytes(),
                        cores(group)))
                .toList();
        List<TestTopology.Node> nodes = hello.nodes().stream()
                .map(n -> new TestTopology.Node(n.node(), n.cpus(), n.memTotalKb(), n.distances()))
                .toList();
        return new TestTopology(requested, llcs, nodes);
    }

    /** The CPUs of each core; a core is named by its first thread. */
    private static List<List<Integer>> cores(List<CpuReport> cpus) {
        Map<Integer, List<Integer>> byCore = new TreeMap<>();
        cpus.forEach(cpu ->
                byCore.computeIfAbsent(cpu.core(), k -> new ArrayList<>()).add(cpu.cpu()));
        return List.copyOf(byCore.values());
    }
}
