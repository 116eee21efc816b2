package dev.ktstr.catalogue;

import dev.ktstr.TestTopology;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a scenario needs of the machine it runs on.
 *
 * @param minCpus at least that many CPUs
 * @param minLlcs at least that many last-level caches
 * @param minNodes at least that many NUMA nodes with CPUs and memory
 * @param smt whether cores must have more than one thread
 * @param privileges what the agent must be allowed to; in a guest it is allowed everything
 */
public record Needs(int minCpus, int minLlcs, int minNodes, boolean smt, Set<Privilege> privileges) {
    /** A privilege that matters on bare metal. */
    public enum Privilege {
        /** {@code CAP_SYS_NICE}: real-time policies, negative nice levels, moving other nodes' memory. */
        SYS_NICE
    }

    /** Any machine. */
    static final Needs NOTHING = new Needs(1, 1, 1, false, Set.of());

    /** Copies the set. */
    public Needs {
        privileges = Set.copyOf(privileges);
    }

    static Needs cpus(int atLeast) {
        return new Needs(atLeast, 1, 1, false, Set.of());
    }

    /** So many caches, of two CPUs or more on the average. */
    static Needs llcs(int atLeast) {
        return new Needs(2 * atLeast, atLeast, 1, false, Set.of());
    }

    static Needs nodes(int atLeast) {
        return new Needs(2 * atLeast, atLeast, atLeast, false, Set.of());
    }

    static Needs threads() {
        return new Needs(4, 1, 1, true, Set.of());
    }

    /** The same and {@code CAP_SYS_NICE}. */
    Needs niceness() {
        return new Needs(minCpus, minLlcs, minNodes, smt, EnumSet.of(Privilege.SYS_NICE));
    }

    /** Why a topology is not enough; empty when it is. */
    Optional<String> missing(TestTopology topology) {
        if (topology.cpuCount() < minCpus) {
            return Optional.of("needs " + minCpus + " CPUs, there are " + topology.cpuCount());
        }
        if (topology.llcs().size() < minLlcs) {
            return Optional.of("needs " + minLlcs + " last-level caches, there are "
                    + topology.llcs().size());
        }
        long nodes = topology.nodes().stream()
                .filter(node -> !node.cpus().isEmpty() && node.memTotalKb() > 0)
                .count();
        if (nodes < minNodes) {
            return Optional.of("needs " + minNodes + " NUMA nodes with CPUs and memory, there are " + nodes);
        }
        return smt && !topology.smt() ? Optional.of("needs cores of more than one thread") : Optional.empty();
    }
}
