package dev.ktstr.spec;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The CPU topology of a guest, big to little.
 *
 * <p>Written {@code {numa}n{llcs}l{cores}c{threads}t}: {@code 1n2l4c1t} is one NUMA node with two last-level caches of
 * four cores each, one thread per core, 8 CPUs. CPUs are numbered thread first, then core, then LLC, then node, so the
 * CPUs of one LLC are always a contiguous range.
 *
 * @param numaNodes number of NUMA nodes, at least 1
 * @param llcs number of last-level caches over all nodes; a multiple of {@code numaNodes}
 * @param coresPerLlc cores that share one last-level cache, at least 1
 * @param threadsPerCore hardware threads per core, at least 1
 */
public record CpuTopology(int numaNodes, int llcs, int coresPerLlc, int threadsPerCore) {
    /** The most CPUs a topology may have; what KVM and the kernel's {@code NR_CPUS} leave room for. */
    public static final int MAX_CPUS = 4096;

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,4})n(\\d{1,4})l(\\d{1,4})c(\\d{1,4})t");

    /**
     * Checks the shape.
     *
     * @throws IllegalArgumentException when a dimension is not positive, the LLCs do not divide over the nodes, or there
     *     are more than {@link #MAX_CPUS} CPUs
     */
    public CpuTopology {
        if (numaNodes < 1 || llcs < 1 || coresPerLlc < 1 || threadsPerCore < 1) {
            throw new IllegalArgumentException("every dimension of a topology must be at least 1, got "
                    + text(numaNodes, llcs, coresPerLlc, threadsPerCore));
        }
        if (llcs % numaNodes != 0) {
            throw new IllegalArgumentException(llcs + " LLCs do not divide over " + numaNodes + " NUMA nodes");
        }
        if ((long) llcs * coresPerLlc * threadsPerCore > MAX_CPUS) {
            throw new IllegalArgumentException("topology " + text(numaNodes, llcs, coresPerLlc, threadsPerCore)
                    + " has more than " + MAX_CPUS + " CPUs");
        }
    }

    /**
     * Reads the short form.
     *
     * @throws IllegalArgumentException when the text is not of the form {@code 1n2l4c1t} or the shape is not valid
     */
    public static CpuTopology parse(String text) {
        Matcher m = SHAPE.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a topology; write it like 1n2l4c1t");
        }
        return new CpuTopology(
                Integer.parseInt(m.group(1)),
                Integer.parseInt(m.group(2)),
                Integer.parseInt(m.group(3)),
                Integer.parseInt(m.group(4)));
    }

    /** Number of CPUs: LLCs x cores per LLC x threads per core. */
    public int cpus() {
        return llcs * coresPerLlc * threadsPerCore;
    }

    /** Number of CPUs that share one last-level cache. */
    public int cpusPerLlc() {
        return coresPerLlc * threadsPerCore;
    }

    /** Number of last-level caches in one NUMA node. */
    public int llcsPerNode() {
        return llcs / numaNodes;
    }

    /** The short form, {@code 1n2l4c1t}. */
    @Override
    public String toString() {
        return text(numaNodes, llcs, coresPerLlc, threadsPerCore);
    }

    private static String text(int numaNodes, int llcs, int cores, int threads) {
        return numaNodes + "n" + llcs + "l" + cores + "c" + threads + "t";
    }
}
