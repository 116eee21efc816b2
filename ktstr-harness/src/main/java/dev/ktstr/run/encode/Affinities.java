package dev.ktstr.run.encode;

import dev.ktstr.Affinity;
import dev.ktstr.TestTopology;
import dev.ktstr.guest.wire.CpuList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Works out which CPUs an {@link Affinity} means for each worker. */
final class Affinities {
    private Affinities() {}

    /**
     * The CPUs of each worker: none to inherit, one set for all, or a set for each.
     *
     * @param cgroup the CPUs of the workers' cgroup, at least one
     * @throws IllegalArgumentException when it cannot be met there
     */
    static List<CpuList> of(
            Affinity affinity, int workers, SortedSet<Integer> cgroup, TestTopology topology, Random64 random) {
        if (affinity instanceof Affinity.CrossCgroup) {
            return List.of(list(topology.cpus()));
        }
        if (affinity instanceof Affinity.Exact exact) {
            requireMet(exact.cpus(), cgroup, topology);
            return List.of(list(exact.cpus()));
        }
        if (affinity instanceof Affinity.RandomSubset subset) {
            int count = subset.cpus() > 0 ? subset.cpus() : Math.max(1, cgroup.size() / 2);
            List<CpuList> sets = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                sets.add(list(random.pick(cgroup, count)));
            }
            return sets;
        }
        if (affinity instanceof Affinity.SingleCpu) {
            return inTurn(workers, cgroup.stream().map(List::of).toList());
        }
        if (affinity instanceof Affinity.LlcAligned) {
            return inTurn(workers, llcsWithin(cgroup, topology));
        }
        return List.of();
    }

    private static void requireMet(SortedSet<Integer> cpus, SortedSet<Integer> cgroup, TestTopology topology) {
        if (!topology.cpus().containsAll(cpus)) {
            throw new IllegalArgumentException("Affinity.exact: CPUs " + TestTopology.format(cpus) + " are not all in "
                    + TestTopology.format(topology.cpus()));
        }
        if (Collections.disjoint(cpus, cgroup)) {
            throw new IllegalArgumentException("Affinity.exact: none of the CPUs " + TestTopology.format(cpus)
                    + " is in the cgroup's " + TestTopology.format(cgroup)
                    + ", and the kernel refuses such an affinity. Hint: name at least one of them");
        }
    }

    private static List<List<Integer>> llcsWithin(SortedSet<Integer> cgroup, TestTopology topology) {
        List<List<Integer>> parts = new ArrayList<>();
        for (TestTopology.Llc llc : topology.llcs()) {
            SortedSet<Integer> part = new TreeSet<>(llc.cpus());
            part.retainAll(cgroup);
            if (!part.isEmpty()) {
                parts.add(List.copyOf(part));
            }
        }
        return parts;
    }

    private static List<CpuList> inTurn(int workers, List<List<Integer>> sets) {
        List<CpuList> turn = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            turn.add(new CpuList(sets.get(worker % sets.size())));
        }
        return turn;
    }

    private static CpuList list(SortedSet<Integer> cpus) {
        return new CpuList(List.copyOf(cpus));
    }
}
