package dev.ktstr.guest.wire;

import java.util.List;

/**
 * Iterations of workers that run.
 *
 * @param counts of each worker, in order
 */
public record Iterations(List<Long> counts) {
    public Iterations {
        counts = List.copyOf(counts);
    }
}
