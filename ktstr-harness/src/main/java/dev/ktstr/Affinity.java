package dev.ktstr;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The CPU affinity of workers, by {@code sched_setaffinity(2)}, within the CPUs of their cgroup. Worked out on the host when
 * the scenario is handed over; what is random comes from the run's seed, so a rerun repeats it.
 */
public sealed interface Affinity {
    /** No affinity of its own: every CPU of the cgroup. */
    static Affinity inherit() {
        return new Inherit();
    }

    /** For each worker a random half of the cgroup's CPUs, at least one. */
    static Affinity randomSubset() {
        return new RandomSubset(0);
    }

    /** For each worker that many random CPUs of the cgroup; all of them where it has fewer. */
    static Affinity randomSubset(int cpus) {
        return new RandomSubset(Math.toIntExact(Limits.within("the size of a random subset", cpus, 1, 4096)));
    }

    /** Each worker on one LLC: the LLCs of the cgroup's CPUs in turn, as far as the CPUs are the cgroup's. */
    static Affinity llcAligned() {
        return new LlcAligned();
    }

    /** Every CPU of the machine, whichever cgroup's: the kernel cuts it down to the cpuset, and must do so again on each change. */
    static Affinity crossCgroup() {
        return new CrossCgroup();
    }

    /** Each worker on one CPU: the cgroup's CPUs in turn. */
    static Affinity singleCpu() {
        return new SingleCpu();
    }

    /** Every worker on exactly these CPUs. At least one must be the cgroup's. */
    static Affinity exact(Collection<Integer> cpus) {
        return new Exact(new TreeSet<>(cpus));
    }

    /** Every worker on exactly these CPUs. At least one must be the cgroup's. */
    static Affinity exact(Integer... cpus) {
        return exact(List.of(cpus));
    }

    /** See {@link #inherit}. */
    record Inherit() implements Affinity {}

    /** See {@link #randomSubset(int)}; 0 stands for half of the cgroup's CPUs. */
    record RandomSubset(int cpus) implements Affinity {}

    /** See {@link #llcAligned}. */
    record LlcAligned() implements Affinity {}

    /** See {@link #crossCgroup}. */
    record CrossCgroup() implements Affinity {}

    /** See {@link #singleCpu}. */
    record SingleCpu() implements Affinity {}

    /** See {@link #exact}. */
    record Exact(SortedSet<Integer> cpus) implements Affinity {
        /** @throws IllegalArgumentException when it names no CPU */
        public Exact {
            if (cpus.isEmpty()) {
                throw new IllegalArgumentException("an exact affinity must name at least one CPU");
            }
            cpus = Collections.unmodifiableSortedSet(new TreeSet<>(cpus));
        }
    }
}
