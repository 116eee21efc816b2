package dev.ktstr.vm;

/**
 * How a guest ended.
 *
 * @param kind the class of the end
 * @param detail one line of evidence: the panic line, the child's last words, the signal
 */
public record VmExit(Kind kind, String detail) {
    /** The classes of ends. */
    public enum Kind {
        /** The guest powered itself off. */
        CLEAN,
        /** The guest asked for a reset: a reboot, or a triple fault. */
        RESET,
        /** The guest kernel panicked. */
        PANIC,
        /** The host ended it by {@link VirtualMachine#kill()}. */
        KILLED,
        /** The backend itself failed: it could not start, crashed, or was killed by somebody else. */
        BACKEND_ERROR
    }
}
