package dev.ktstr.run;

import dev.ktstr.payload.PayloadEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The payloads that a test names.
 *
 * @param foreground the one that runs instead of workers
 * @param background those that run beside
 */
public record TestPayloads(Optional<PayloadEntry> foreground, List<PayloadEntry> background) {
    /** None. */
    public static final TestPayloads NONE = new TestPayloads(Optional.empty(), List.of());

    /** Copies the list. */
    public TestPayloads {
        background = List.copyOf(background);
    }

    /** All of them, the foreground's first. */
    List<PayloadEntry> all() {
        List<PayloadEntry> all = new ArrayList<>(foreground.stream().toList());
        all.addAll(background);
        return all;
    }
}
