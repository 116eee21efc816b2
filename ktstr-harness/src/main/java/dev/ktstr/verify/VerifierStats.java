package dev.ktstr.verify;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last line of a verifier log, print_verification_stats() of kernel/bpf/verifier.c.
 *
 * @param processed instructions that it walked
 * @param limit at how many it gives up
 * @param totalStates states of registers and stack that it kept, all together
 * @param peakStates most of them at a time
 */
public record VerifierStats(long processed, long limit, long totalStates, long peakStates) {
    private static final Pattern LINE =
            Pattern.compile("processed (\\d{1,18}) insns \\(limit (\\d{1,18})\\) .*total_states (\\d{1,18})"
                    + " peak_states (\\d{1,18})");

    /** Reads the line, or another that holds it. */
    public static Optional<VerifierStats> of(String line) {
        Matcher m = LINE.matcher(line);
        return m.find()
                ? Optional.of(new VerifierStats(
                        Long.parseLong(m.group(1)),
                        Long.parseLong(m.group(2)),
                        Long.parseLong(m.group(3)),
                        Long.parseLong(m.group(4))))
                : Optional.empty();
    }
}
