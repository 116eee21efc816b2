package dev.ktstr.guest;

import dev.ktstr.guest.wire.StimulusEvent;

/** Hears what happens in a guest while a scenario runs. */
public interface ScenarioListener {
    /** Hears nothing, and can do nothing for the agent. */
    ScenarioListener NONE = new ScenarioListener() {};

    /** Something was done to the guest. Called on the thread that reads what the agent sends: must not wait. */
    default void event(StimulusEvent event) {}

    /**
     * The scenario asks for something that only the host can do, and waits for it. Called on a thread of its own, one request
     * after the other; what it throws ends the scenario with its message.
     */
    default void hostRequest(String name) {
        throw new UnsupportedOperationException("the host has nothing that is called '" + name + "'");
    }
}
