package dev.ktstr;

import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Names CPUs relative to the topology. Fractions and partitions work on the {@linkplain TestTopology#usableCpus()
 * usable} CPUs; an LLC, a node and an exact set are taken as they are.
 */
public sealed interface CpusetSpec {
    /** The CPUs of LLC {@code index}. */
    static CpusetSpec llc(int index) {
        return new Llc(index);
    }

    /** The CPUs of NUMA node {@code node}. */
    static CpusetSpec numa(int node) {
        return new Numa(node);
    }

    /** The usable CPUs from fraction {@code from} to fraction {@code to}. */
    static CpusetSpec range(double from, double to) {
        return new Range(from, to);
    }

    /** Part {@code index} of the usable CPUs cut into {@code of} equal parts. */
    static CpusetSpec disjoint(int index, int of) {
        return new Overlap(index, of, 0.0);
    }

    /** Like {@link #disjoint}, each part reaching into the next by {@code fraction} of its size. */
    static CpusetSpec overlap(int index, int of, double fraction) {
        return new Overlap(index, of, fraction);
    }

    /** Exactly these CPUs. */
    static CpusetSpec exact(Collection<Integer> cpus) {
        return new Exact(new TreeSet<>(cpus));
    }

    /** Exactly these CPUs. */
    static CpusetSpec exact(Integer... cpus) {
        return exact(List.of(cpus));
    }

    /**
     * The CPUs it means on that topology, never empty.
     *
     * @throws IllegalArgumentException when it cannot be met there; the message says why
     */
    SortedSet<Integer> resolve(TestTopology topology);

    /** See {@link #llc}. */
    record Llc(int index) implements CpusetSpec {
        @Override
        public SortedSet<Integer> resolve(TestTopology topology) {
            return topology.cpusOfLlc(index);
        }
    }

    /** See {@link #numa}. */
    record Numa(int node) implements CpusetSpec {
        @Override
        public SortedSet<Integer> resolve(TestTopology topology) {
            SortedSet<Integer> cpus = topology.cpusOfNode(node);
            if (cpus.isEmpty()) {
                throw new IllegalArgumentException("NUMA node " + node + " does not exist or has no CPUs");
            }
            return cpus;
        }
    }

    /** See {@link #range}. */
    record Range(double from, double to) implements CpusetSpec {
        @Override
        public SortedSet<Integer> resolve(TestTopology topology) {
            if (!(from >= 0 && from < to && to <= 1)) {
                throw new IllegalArgumentException("a range must be 0 <= from < to <= 1, got " + from + " to " + to);
            }
            List<Integer> usable = topology.usableCpus();
            int first = (int) Math.floor(from * usable.size());
            int end = (int) Math.ceil(to * usable.size());
            return new TreeSet<>(usable.subList(first, Math.min(end, usable.size())));
        }
    }

    /** See {@link #overlap}. */
    record Overlap(int index, int of, double fraction) implements CpusetSpec {
        @Override
        public SortedSet<Integer> resolve(TestTopology topology) {
            List<Integer> usable = topology.usableCpus();
            if (of < 1 || index < 0 || index >= of) {
                throw new IllegalArgumentException("there is no partition " + index + " of " + of);
            }
            if (!(fraction >= 0 && fraction <= 1)) {
                throw new IllegalArgumentException("an overlap must be 0 to 1 of a partition, got " + fraction);
            }
            if (usable.size() < of) {
                throw new IllegalArgumentException(
                        "not enough usable CPUs (" + usable.size() + ") for " + of + " partitions");
            }
            int size = usable.size() / of;
            int first = index * size;
            int end = index == of - 1 ? usable.size() : first + size + (int) Math.round(size * fraction);
            return new TreeSet<>(usable.subList(first, Math.min(end, usable.size())));
        }
    }

    /** See {@link #exact}. */
    record Exact(SortedSet<Integer> cpus) implements CpusetSpec {
        @Override
        public SortedSet<Integer> resolve(TestTopology topology) {
            if (cpus.isEmpty()) {
                throw new IllegalArgumentException("an exact cpuset must name at least one CPU");
            }
            SortedSet<Integer> all = topology.cpus();
            if (!all.containsAll(cpus)) {
                throw new IllegalArgumentException(
                        "CPUs " + TestTopology.format(cpus) + " are not all in " + TestTopology.format(all));
            }
            return cpus;
        }
    }
}
