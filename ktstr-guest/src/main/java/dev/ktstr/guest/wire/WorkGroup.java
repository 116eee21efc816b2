package dev.ktstr.guest.wire;

import java.util.List;

/**
 * Workers of one kind in one cgroup.
 *
 * @param workers how many processes
 * @param kind what each does
 * @param burstNs length of a burst; {@link WorkKind#BURSTY} only, else 0
 * @param sleepNs length of the sleep after a burst; {@link WorkKind#BURSTY} only, else 0
 * @param phases the phases; {@link WorkKind#SEQUENCE} only, else empty
 */
public record WorkGroup(int workers, WorkKind kind, long burstNs, long sleepNs, List<Phase> phases) {
    public WorkGroup {
        phases = List.copyOf(phases);
    }
}
