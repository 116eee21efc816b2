package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.snapshot.SnapshotException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapturesTest {
    private static List<Long> millis(int count, long lengthMs) {
        return Captures.times(count, lengthMs * 1_000_000).stream()
                .map(ns -> ns / 1_000_000)
                .toList();
    }

    @Test
    void periodicCapturesLieEvenlyInTheMiddleEightTenths() {
        assertThat(millis(5, 20_000)).containsExactly(4666L, 7333L, 10_000L, 12_666L, 15_333L);
        assertThat(millis(0, 20_000)).isEmpty();
    }

    @Test
    void periodicCapturesKeepTheirDistance() {
        assertThat(millis(4, 300)).containsExactly(78L, 178L, 278L, 378L);
    }

    @Test
    void whatIsNoCaptureIsLeftToOthersAndNothingIsWatchedWithoutAGuest() {
        Captures captures = new Captures(0, true);
        assertThat(captures.hostRequest("something else")).isFalse();
        assertThatThrownBy(() -> captures.hostRequest("watch:nr_running"))
                .isInstanceOf(SnapshotException.class)
                .hasMessage("there is no guest to watch");
        assertThatThrownBy(() -> captures.hostRequest("snapshot:a")).hasMessage("there is no guest to capture");
    }
}
