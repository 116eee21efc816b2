package dev.ktstr;

import dev.ktstr.WorkerStats.CpuUse;
import dev.ktstr.WorkerStats.Gap;
import dev.ktstr.WorkerStats.Pages;
import dev.ktstr.WorkerStats.SchedStats;
import dev.ktstr.spec.CpuTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Workers and topologies for tests: healthy unless a test says otherwise. */
public final class TestWorkers {
    /** How long a worker of a test works. */
    public static final long WALL_NS = 10_000_000_000L;

    private TestWorkers() {}

    /** A healthy worker, to be changed. It was released at 0. */
    public static Builder worker(int tid) {
        return new Builder(tid);
    }

    /** A worker that was off the CPU for that share of its 10 s. */
    public static WorkerStats offCpu(int tid, double percent, Integer... cpus) {
        return worker(tid).offCpuPct(percent).cpus(cpus).build();
    }

    /** A worker whose longest gap was that. */
    public static WorkerStats gap(int tid, long ms, int cpu, long atMs) {
        return worker(tid)
                .gap(new Gap(ms * 1_000_000, cpu, atMs * 1_000_000))
                .cpus(cpu)
                .build();
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

    /** Changes a worker. */
    public static final class Builder {
        private final int tid;
        private boolean messenger;
        private long workUnits = 1000;
        private long iterations = 1000;
        private long offCpuNs;
        private long migrations;
        private List<CpuUse> cpuUse = List.of(new CpuUse(List.of(), List.of(0)));
        private Optional<Gap> gap = Optional.of(new Gap(5_000_000, 0, 0));
        private LatencyHistogram wakes = LatencyHistogram.EMPTY;
        private Optional<Pages> pages = Optional.empty();
        private int waitStatus;
        private boolean completed = true;
        private Optional<String> error = Optional.empty();

        private Builder(int tid) {
            this.tid = tid;
        }

        public Builder messenger() {
            messenger = true;
            return this;
        }

        public Builder units(long units) {
            workUnits = units;
            return this;
        }

        public Builder iterations(long count) {
            iterations = count;
            return this;
        }

        public Builder migrations(long count) {
            migrations = count;
            return this;
        }

        public Builder offCpuPct(double percent) {
            offCpuNs = Math.round(WALL_NS * percent / 100);
            return this;
        }

        public Builder cpus(Integer... cpus) {
            return ran(new CpuUse(List.of(), List.of(cpus)));
        }

        public Builder ran(CpuUse... uses) {
            cpuUse = List.of(uses);
            return this;
        }

        public Builder gap(Gap longest) {
            gap = Optional.of(longest);
            return this;
        }

        public Builder wakes(long... ns) {
            wakes = LatencyHistogram.of(ns);
            return this;
        }

        /** Pages on nodes 0 and 1, of which some are local. */
        public Builder pages(long node0, long node1, long local, long slowTier, long migrated) {
            pages = Optional.of(new Pages(
                    new TreeMap<>(Map.of(0, node0, 1, node1)), local, slowTier, true, OptionalLong.of(migrated)));
            return this;
        }

        public Builder ended(int status, boolean whole) {
            waitStatus = status;
            completed = whole;
            return this;
        }

        public Builder error(String why) {
            error = Optional.of(why);
            return this;
        }

        public WorkerStats build() {
            return new WorkerStats(
                    tid,
                    tid,
                    0,
                    0,
                    0,
                    messenger,
                    workUnits,
                    iterations,
                    WALL_NS - offCpuNs,
                    WALL_NS,
                    offCpuNs,
                    migrations,
                    List.of(),
                    cpuUse,
                    gap,
                    Optional.of(new SchedStats(0, 1, OptionalLong.of(WALL_NS - offCpuNs))),
                    wakes,
                    pages,
                    waitStatus,
                    completed,
                    error);
        }
    }
}
