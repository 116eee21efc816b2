package dev.ktstr.monitor;

import dev.ktstr.guest.wire.StimulusEvent;

/**
 * Something that was done to the guest, on the timeline's clock.
 *
 * @param scenario which of the run's scenarios, from 0
 * @param fromNs when it began, from the run's zero
 * @param toNs when it was done
 * @param event what it was
 */
public record Stimulus(int scenario, long fromNs, long toNs, StimulusEvent event) {
    /** In words: {@code step 1: setCpuset cg_0}. */
    String words() {
        String where = event.step() < 0 ? "backdrop" : "step " + (event.step() + 1);
        return where + ": " + event.what() + (event.subject().isEmpty() ? "" : " " + event.subject());
    }
}
