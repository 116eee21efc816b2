package dev.ktstr.monitor;

import dev.ktstr.guest.wire.StimulusEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings what the guest did to the host's clock. The guest says when by its {@code CLOCK_MONOTONIC}; the host knows when it heard of
 * it. Both clocks run at the same pace, and news are never early, so the one that took least tells the distance of the clocks best.
 * Safe from any thread.
 */
final class GuestClock {
    /** A scenario with more events than this has the first ones on its timeline. */
    private static final int MAX_EVENTS = 10_000;

    private record Heard(int scenario, StimulusEvent event) {}

    private final List<Heard> heard = new ArrayList<>();
    private long distanceNs = Long.MAX_VALUE;
    private long dropped;

    synchronized void hear(int scenario, StimulusEvent event, long nowNs) {
        distanceNs = Math.min(distanceNs, nowNs - event.endedNs());
        if (heard.size() < MAX_EVENTS) {
            heard.add(new Heard(scenario, event));
        } else {
            dropped++;
        }
    }

    /** All that was heard, by the host's clock, from {@code zeroNs} of it. */
    synchronized List<Stimulus> events(long zeroNs) {
        return heard.stream()
                .map(h -> new Stimulus(
                        h.scenario,
                        h.event.startedNs() + distanceNs - zeroNs,
                        h.event.endedNs() + distanceNs - zeroNs,
                        h.event))
                .toList();
    }

    /** Events that were not kept. */
    synchronized long dropped() {
        return dropped;
    }
}
