package dev.ktstr.vm;

import java.io.IOException;
import java.util.Map;

/**
 * A backend's ability to write a guest down and to start more that go on from there.
 *
 * <p>To a fork no time has passed: its clocks go on from where the saved guest's stood, wall clock included. Whoever resumes
 * it sets that right.
 */
public interface Forking {
    /**
     * Names everything that the saved state of such a guest depends on: what was booted, what it was booted on, and the
     * program that runs it. A guest saved under one identity may be forked under an equal one only.
     *
     * @throws VmException when something of it cannot be read
     */
    Map<String, String> identity(VmSpec spec);

    /**
     * Writes a guest down.
     *
     * @param machine a machine of this backend, frozen; it stays so, and can be resumed afterwards
     * @throws VmException when the backend cannot
     * @throws IOException what the sink throws
     */
    void save(VirtualMachine machine, SavedGuest.Sink sink) throws IOException;

    /**
     * Starts a guest that goes on where the saved one stood. It is frozen until {@link VirtualMachine#resume()}. Console and
     * logs are its own; the console begins with what the saved guest had printed.
     *
     * @param spec of the same {@linkplain #identity identity} as the saved guest's
     * @throws VmException when it cannot be started, or the saved guest cannot be read; nothing is left behind then
     */
    VirtualMachine fork(VmSpec spec, SavedGuest saved);

    /** Whether {@link #hand} works. */
    default boolean handsOn() {
        return false;
    }

    /**
     * Gives a machine that was started ahead to the run that it is for: its files are moved into the working folder of that
     * run.
     *
     * @param machine a fork of this backend
     * @param spec of the same {@linkplain #identity identity}, with a working folder on the same file system
     * @throws VmException when the files cannot be moved; the machine is to be closed then
     */
    default void hand(VirtualMachine machine, VmSpec spec) {
        throw new VmException("a machine of backend " + machine.backend() + " cannot be handed on");
    }
}
