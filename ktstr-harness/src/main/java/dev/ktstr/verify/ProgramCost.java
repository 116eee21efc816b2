package dev.ktstr.verify;

import java.util.OptionalLong;

/**
 * What the verifier spent on one program, and what came of it. What this kernel does not keep is empty.
 *
 * @param type lower case without prefix: {@code struct_ops}
 * @param verifiedInsns instructions that the verifier walked
 * @param totalStates states that it kept; only a log has them, and only a scheduler that prints its logs shows them
 * @param peakStates most of them at a time
 * @param stackDepth bytes
 * @param jitedBytes size of the machine code; empty when it is interpreted
 * @param runs how often it ran while it was looked at
 */
public record ProgramCost(
        String name,
        String type,
        OptionalLong verifiedInsns,
        OptionalLong totalStates,
        OptionalLong peakStates,
        OptionalLong stackDepth,
        OptionalLong jitedBytes,
        OptionalLong runs) {
    /** BPF_COMPLEXITY_LIMIT_INSNS of include/linux/bpf.h: at as many the verifier gives up. */
    public static final long LIMIT = 1_000_000;

    /** From here on a program is called near to the limit. */
    static final long NEAR = LIMIT * 3 / 4;

    /** Whether the next change may be the one that the verifier does not walk to its end. */
    public boolean nearLimit() {
        return verifiedInsns.orElse(0) >= NEAR;
    }

    ProgramCost withStates(VerifierStats stats) {
        return new ProgramCost(
                name,
                type,
                verifiedInsns,
                OptionalLong.of(stats.totalStates()),
                OptionalLong.of(stats.peakStates()),
                stackDepth,
                jitedBytes,
                runs);
    }
}
