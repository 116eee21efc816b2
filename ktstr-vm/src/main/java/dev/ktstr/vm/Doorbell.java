package dev.ktstr.vm;

import java.time.Duration;

/** Counts the guest's writes to port 0xe9: an edge from guest to host that costs the guest one exit. */
public interface Doorbell {
    /** What a wait ended with. */
    enum Signal {
        /** The guest rang since the last call returned {@code RUNG}; several rings may be one. */
        RUNG,
        /** Nothing happened within the time. */
        TIMEOUT,
        /** The guest has ended; no ring will come any more. */
        ENDED
    }

    /** Waits for a ring. A ring that came between two calls is not lost. */
    Signal await(Duration timeout) throws InterruptedException;
}
