package dev.ktstr.processor.model;

import java.math.BigInteger;
import java.util.List;

/** The four dimensions of a topology, each with its origin; any int, until the rules have passed. */
public record TopologyModel(
        Attribute<Integer> numaNodes, Attribute<Integer> llcs, Attribute<Integer> cores, Attribute<Integer> threads) {
    /** Names of the dimensions, in the order of the components. */
    public static final List<String> DIMENSIONS = List.of("numaNodes", "llcs", "cores", "threads");

    /** The dimensions in the order of {@link #DIMENSIONS}. */
    public List<Attribute<Integer>> dimensions() {
        return List.of(numaNodes, llcs, cores, threads);
    }

    /** LLCs x cores x threads; exact, since the dimensions may be any int. */
    public BigInteger cpus() {
        return BigInteger.valueOf(llcs.value())
                .multiply(BigInteger.valueOf(cores.value()))
                .multiply(BigInteger.valueOf(threads.value()));
    }
}
