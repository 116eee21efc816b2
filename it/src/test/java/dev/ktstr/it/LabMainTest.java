package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the lab does once more, and what not. */
class LabMainTest {
    private static final String RESET = "the guest reset itself: the guest asked for a reset (triple fault)";
    private static final AtomicInteger RUNS = new AtomicInteger();

    /** Not found by a run of all tests: it is an inner class without a name of a test. */
    static class Fixtures {
        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void failsTheFirstTime(int unused) {
            if (RUNS.getAndIncrement() == 0) {
                throw new IllegalStateException(RESET);
            }
        }

        @Test
        void failsEachTime() {
            RUNS.getAndIncrement();
            throw new IllegalStateException(RESET);
        }

        @RepeatedTest(LabMain.MOST_AGAIN + 1)
        void failsOnceTooOften() {
            if (RUNS.getAndIncrement() <= LabMain.MOST_AGAIN) {
                throw new IllegalStateException(RESET);
            }
        }
    }

    private static String fixture(String method) {
        return Fixtures.class.getName() + "#" + method;
    }

    @BeforeEach
    void none() {
        RUNS.set(0);
    }

    @Test
    void whatFailedIsDoneOnceMoreAndNothingElseOfItsTest() {
        assertThat(LabMain.failures(fixture("failsTheFirstTime(int)"))).isEmpty();
        assertThat(RUNS).hasValue(3);
    }

    @Test
    void whatFailsTwiceIsAFailure() {
        assertThat(LabMain.failures(fixture("failsEachTime")))
                .singleElement()
                .asString()
                .contains("triple fault");
        assertThat(RUNS).hasValue(2);
    }

    @Test
    void oneTooManyThatFailsIsAFailureAtOnce() {
        assertThat(LabMain.failures(fixture("failsOnceTooOften"))).hasSize(1);
        assertThat(RUNS).hasValue(2 * LabMain.MOST_AGAIN + 1);
    }
}
