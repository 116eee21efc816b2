package dev.ktstr.run;

import dev.ktstr.checks.MergedChecks;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.result.RunFolder;
import dev.ktstr.snapshot.Sample;
import java.util.List;
import java.util.Map;

/**
 * What goes with the run of a variant from beside it, and does not take part in it: the monitor, captures, writes into maps.
 * One object per run. Called by the run's thread unless a method says otherwise, in the order of the methods here; {@link #scenarioStarted} and {@link
 * #scenarioEnded} once for each scenario that the test's body runs.
 *
 * <p>What a companion cannot do must not end the run that it watches, unless the test asked for it: {@link #booted} and
 * {@link #attached} may throw a {@link RunException}, which then is the run's failure.
 */
public interface Companion extends AutoCloseable {
    /** The guest is up and its agent waits; nothing was sent to it. */
    default void booted(BootedGuest guest) {}

    /** The scheduler under test is attached, or there is none to attach; the test's body comes next. */
    default void attached() {}

    /** A scenario is about to be sent to the agent. */
    default void scenarioStarted(ScenarioPlan plan) {}

    /** Something was done to the guest while the scenario runs. Called on a thread that must not wait. */
    default void event(StimulusEvent event) {}

    /**
     * The scenario waits for the host to do something. Called on a thread of its own, one request after the other; what it throws
     * ends the scenario with its message.
     *
     * @return whether this companion is the one that does it
     */
    default boolean hostRequest(String name) {
        return false;
    }

    /** The scenario has ended, also by a failure. */
    default void scenarioEnded() {}

    /** The test's body has ended, also by a failure. The guest still runs, with its scheduler, unless either has ended. */
    default void ending() {}

    /** Releases everything. The guest is still there. Called also when none of the others was. */
    @Override
    void close();

    /** What is wrong, by the thresholds in force. Called once, after {@link #close}. */
    default Findings findings(MergedChecks checks) {
        return Findings.NONE;
    }

    /** What it captured for the method that judges the run afterwards, in order of time. Called after {@link #close}. */
    default List<Sample> samples() {
        return List.of();
    }

    /**
     * Adds to the result. Called once, after {@link #findings}.
     *
     * @param sidecar top-level keys of the result file
     * @param sections sections of a failure's text, by title
     */
    default void contribute(Map<String, Object> sidecar, Map<String, String> sections) {}

    /**
     * Leaves files in the run's folder, for what is too much for the result. Called once, last of all.
     *
     * @param failure whether the run has failed so far
     */
    default void leave(RunFolder folder, boolean failure) {}
}
