package dev.ktstr;

import dev.ktstr.spec.CpuTopology;
import java.util.ArrayList;
import java.util.List;

/** Workers and topologies for tests: healthy unless a test says otherwise. */
public final class TestWorkers {
    private TestWorkers() {}

    /** A worker that was off the CPU for that share of its 10 s. */
    public static WorkerStats offCpu(int tid, double percent, Integer... cpus) {
        long wall = 10_000_000_000L;
        long off = Math.round(wall * percent / 100);
        return new WorkerStats(
                tid, 1000, 1000, wall - off, wall, off, 0, List.of(cpus), 5_000_000, 0, 0, 0, 1, 0, true);
    }

    /** The same worker with other work units. */
    public static WorkerStats units(WorkerStats w, long units) {
        return new WorkerStats(
                w.tid(),
                units,
                w.iterations(),
                w.cpuTimeNs(),
                w.wallTimeNs(),
                w.offCpuNs(),
                w.migrations(),
                w.cpusUsed(),
                w.longestGapNs(),
                w.longestGapCpu(),
                w.longestGapAtNs(),
                w.runDelayNs(),
                w.runCount(),
                w.waitStatus(),
                w.completed());
    }

    /** A worker whose longest gap was that. */
    public static WorkerStats gap(int tid, long ms, int cpu, long atMs) {
        long wall = 10_000_000_000L;
        return new WorkerStats(
                tid, 1000, 1000, wall, wall, 0, 0, List.of(cpu), ms * 1_000_000, cpu, atMs * 1_000_000, 0, 1, 0, true);
    }

    /** The topology a guest of that shape shows. */
    public static TestTopology topology(String shape) {
        CpuTopology topology = CpuTopology.parse(shape);
        List<TestTopology.Llc> llcs = new ArrayList<>();
        for (int llc = 0; llc < topology.llcs(); llc++) {
            int first = llc * topology.cpusPerLlc();
            List<List<Integer>> cores = new ArrayList<>();
            for (int core = 0; core < topology.coresPerLlc(); core++) {
                int thread = first + core * topology.threadsPerCore();
                cores.add(range(thread, thread + topology.threadsPerCore()));
            }
            llcs.add(new TestTopology.Llc(
                    range(first, first + topology.cpusPerLlc()), llc / topology.llcsPerNode(), 16 << 20, cores));
        }
        List<TestTopology.Node> nodes = new ArrayList<>();
        int perNode = topology.cpus() / topology.numaNodes();
        for (int node = 0; node < topology.numaNodes(); node++) {
            List<Integer> distances = new ArrayList<>();
            for (int other = 0; other < topology.numaNodes(); other++) {
                distances.add(other == node ? 10 : 20);
            }
            nodes.add(new TestTopology.Node(node, range(node * perNode, (node + 1) * perNode), 1 << 20, distances));
        }
        return new TestTopology(topology, llcs, nodes);
    }

    private static List<Integer> range(int from, int end) {
        List<Integer> cpus = new ArrayList<>();
        for (int cpu = from; cpu < end; cpu++) {
            cpus.add(cpu);
        }
        return cpus;
    }
}
