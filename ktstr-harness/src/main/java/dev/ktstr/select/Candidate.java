package dev.ktstr.select;

import dev.ktstr.run.Shape;
import dev.ktstr.run.TestEntry;
import dev.ktstr.run.Variant;
import dev.ktstr.spec.CpuTopology;
import java.util.List;

/**
 * A variant that a run may take.
 *
 * @param shape test, topology and flags
 * @param kernel label of its kernel, {@code kernel_6_14_2}; empty where it needs none
 * @param severalKernels whether more than one is in force, so that names tell them apart
 */
public record Candidate(Shape shape, String kernel, boolean severalKernels) {
    /** What tells it from all others. */
    public String key() {
        return shape.test().id() + " " + shape.preset() + " " + shape.profile().name() + " " + kernel;
    }

    /** Its name in JUnit. */
    public String displayName() {
        return Variant.displayName(shape, severalKernels ? kernel : "");
    }

    /**
     * What a run of it covers: the test, a bucket of CPUs (up to 2, 4, 8, …), the count of LLCs, SMT or not, the count of
     * NUMA nodes, the flag profile of that scheduler, and the kernel.
     */
    public List<String> features() {
        TestEntry test = shape.test();
        CpuTopology topology = shape.topology();
        String scheduler = test.scheduler().map(s -> s.name()).orElse("eevdf");
        return List.of(
                "test " + test.id(),
                "up to " + bucket(topology.cpus()) + " CPUs",
                topology.llcs() + " LLCs",
                topology.threadsPerCore() > 1 ? "SMT" : "no SMT",
                topology.numaNodes() + " NUMA nodes",
                "profile " + scheduler + "/" + shape.profile().name(),
                kernel.isEmpty() ? "no kernel" : kernel);
    }

    private static int bucket(int cpus) {
        return cpus <= 2 ? 2 : Integer.highestOneBit(cpus - 1) << 1;
    }
}
