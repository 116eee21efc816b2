package dev.ktstr.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.guest.wire.StimulusEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final long MS = 1_000_000;
    private static final long ZERO = 500 * MS;

    private static Stimulus event(int step, String what, long atMs) {
        return new Stimulus(0, atMs * MS, atMs * MS + 1, new StimulusEvent(step, 0, what, "cg_0", 0, 0));
    }

    private static Timeline timeline(Readings readings, List<Timeline.Window> scenarios, List<Stimulus> events) {
        Recording recording = readings.recording();
        return Timeline.of(recording, new CpuGroups().of(recording.cpus()), scenarios, events, ZERO, 0);
    }

    @Test
    void stepsCutTheRunIntoPhasesWithTheirOwnNumbers() {
        Readings readings = new Readings(2, 61).with(1, 30, 55, (cpu, i) -> cpu.nrRunning = 5);
        Timeline timeline = timeline(
                readings,
                List.of(new Timeline.Window(0, 5000 * MS)),
                List.of(event(1, "setCpuset", 2500), event(0, "setup", 10), event(0, "release", 20)));
        assertThat(timeline.phases())
                .extracting(Timeline.Phase::name)
                .containsExactly("before", "set-up", "step 1", "step 2", "after");
        Slice first = timeline.phases().get(2).numbers();
        Slice second = timeline.phases().get(3).numbers();
        assertThat(first.busiest()).isEqualTo(1);
        assertThat(first.runnable()).isEqualTo(2);
        assertThat(first.switchesPerS()).hasValue(200);
        assertThat(second.busiest()).isEqualTo(5);
        assertThat(second.imbalance()).isEqualTo(5);
        assertThat(second.byCpu()).containsExactly(1, 5);
        assertThat(timeline.phases().stream()
                        .mapToInt(p -> p.numbers().samples())
                        .sum())
                .isEqualTo(61);
    }

    @Test
    void aRunWithoutScenarioIsOnePhase() {
        assertThat(timeline(new Readings(1, 5), List.of(), List.of()).phases())
                .extracting(Timeline.Phase::name)
                .containsExactly("run");
    }

    @Test
    void theTextIsAlignedAndTellsEventsWhereTheyHappened() {
        Readings readings = new Readings(2, 30).with(1, 15, 30, (cpu, i) -> {
            cpu.nrRunning = 3;
            cpu.scx = false;
        });
        Timeline timeline =
                timeline(readings, List.of(new Timeline.Window(0, 2400 * MS)), List.of(event(0, "release", 900)));
        assertThat(new TimelineText(timeline).render()).isEqualTo("""
                2.9 s, 30 samples of 2 CPUs; times from the begin of the scenario
                      from runnable busiest imbalance local DSQ switches/s fallback/s keep-last/s  phase
                    -500ms      2.0       1       1.0         0      200.0        0.0         0.0  before, to +0ms
                      +0ms      2.0       1       1.0         0      200.0        0.0         0.0  set-up, to +900ms
                    +900ms      3.9       3       3.0         0      200.0        0.0         0.0  step 1, to +2400ms
                   +2400ms      4.0       3       3.0         0      200.0        0.0         0.0  after, to +2400ms
                      from runnable busiest imbalance local DSQ switches/s fallback/s keep-last/s  nr_running of cpu 0 1
                    -500ms      2.0       1       1.0         0          -          -           -  1 1
                    -400ms      2.0       1       1.0         0      200.0        0.0         0.0  1 1
                    -200ms      2.0       1       1.0         0      200.0        0.0         0.0  1 1
                      +0ms      2.0       1       1.0         0      200.0        0.0         0.0  1 1
                    +200ms      2.0       1       1.0         0      200.0        0.0         0.0  1 1
                    +400ms      2.0       1       1.0         0      200.0        0.0         0.0  1 1
                    +600ms      2.0       1       1.0         0      200.0        0.0         0.0  1 1
                    +800ms      2.0       1       1.0         0      200.0        0.0         0.0  1 1
                    +900ms * step 1: release cg_0
                   +1000ms      4.0       3       3.0         0      200.0        0.0         0.0  1 3
                   +1200ms      4.0       3       3.0         0      200.0        0.0         0.0  1 3
                   +1400ms      4.0       3       3.0         0      200.0        0.0         0.0  1 3
                   +1600ms      4.0       3       3.0         0      200.0        0.0         0.0  1 3
                   +1800ms      4.0       3       3.0         0      200.0        0.0         0.0  1 3
                   +2000ms      4.0       3       3.0         0      200.0        0.0         0.0  1 3
                   +2200ms      4.0       3       3.0         0      200.0        0.0         0.0  1 3
                   +2400ms      4.0       3       3.0         0      200.0        0.0         0.0  1 3""");
    }

    @Test
    void aLongRunWithManyEventsStaysReadable() {
        List<Stimulus> events = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            events.add(event(0, "swapCpusets", i * 10L));
        }
        Timeline timeline = timeline(new Readings(128, 3000), List.of(new Timeline.Window(0, 300_000 * MS)), events);
        String text = new TimelineText(timeline).render();
        assertThat(text.lines().count()).isLessThan(100);
        assertThat(text).endsWith("and 452 more events");
        assertThat(text.lines()).allMatch(line -> line.length() < 200);
    }

    @Test
    void newsThatTookLeastTellTheDistanceOfTheClocks() {
        GuestClock clock = new GuestClock();
        clock.hear(0, new StimulusEvent(0, 0, "a", "", 10 * MS, 20 * MS), 1000 * MS);
        clock.hear(0, new StimulusEvent(0, 1, "b", "", 30 * MS, 40 * MS), 945 * MS);
        clock.hear(0, new StimulusEvent(0, 2, "c", "", 50 * MS, 60 * MS), 999 * MS);
        assertThat(clock.events(900 * MS)).extracting(e -> e.fromNs() / MS).containsExactly(15L, 35L, 55L);
    }
}
