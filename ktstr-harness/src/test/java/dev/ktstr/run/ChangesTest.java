package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ChangesTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** How long this thread waits for a change. */
    private static Duration waited() {
        long from = System.nanoTime();
        LockSupport.parkNanos(LONG.toNanos());
        return Duration.ofNanos(System.nanoTime() - from);
    }

    @Test
    void whoWatchesDoesNotMissAChangeJustBeforeItWaits() {
        Changes.watch();
        try {
            Changes.tell();
            assertThat(waited()).isLessThan(LONG);
        } finally {
            Changes.unwatch();
        }
    }
}
