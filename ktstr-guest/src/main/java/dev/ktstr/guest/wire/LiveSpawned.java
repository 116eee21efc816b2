package dev.ktstr.guest.wire;

import java.util.List;

/**
 * Workers that wait.
 *
 * @param handle their number, for {@link LiveWorkers}
 * @param pids process of each worker, in order
 * @param tids thread of each worker, in order
 */
public record LiveSpawned(int handle, List<Integer> pids, List<Integer> tids) {
    public LiveSpawned {
        pids = List.copyOf(pids);
        tids = List.copyOf(tids);
    }
}
