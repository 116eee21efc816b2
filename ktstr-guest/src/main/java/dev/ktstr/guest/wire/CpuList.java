package dev.ktstr.guest.wire;

import java.util.List;

/**
 * A set of CPUs, in a list of such sets.
 *
 * @param cpus their numbers
 */
public record CpuList(List<Integer> cpus) {
    public CpuList {
        cpus = List.copyOf(cpus);
    }
}
