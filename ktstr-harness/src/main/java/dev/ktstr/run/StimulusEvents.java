package dev.ktstr.run;

import dev.ktstr.guest.wire.StimulusEvent;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was done to the guest, as the sidecar has it. */
final class StimulusEvents {
    private StimulusEvents() {}

    /** An event; step and operation count from 0, and are absent where there is none. */
    static Map<String, Object> json(StimulusEvent e) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("event", e.what());
        if (e.step() >= 0) {
            event.put("step", e.step());
        } else {
            event.put("backdrop", true);
        }
        if (e.op() >= 0) {
            event.put("op", e.op());
        }
        if (!e.subject().isEmpty()) {
            event.put("subject", e.subject());
        }
        event.put("startedNs", e.startedNs());
        event.put("endedNs", e.endedNs());
        return event;
    }
}
