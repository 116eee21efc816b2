package dev.ktstr.guest.wire;

import java.util.List;

/**
 * Does something with workers of the low-level API.
 *
 * @param handle their number
 * @param action what
 * @param cgroup {@link LiveAction#MOVE}: where to; else empty
 * @param affinity {@link LiveAction#SET_AFFINITY}: one for all, or one for each; else empty
 */
public record LiveWorkers(int handle, LiveAction action, String cgroup, List<CpuList> affinity) {
    public LiveWorkers {
        affinity = List.copyOf(affinity);
    }
}
