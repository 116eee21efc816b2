package dev.ktstr.guest;

/** The guest or its agent did not do what was asked. The message says what was tried, what happened, and what to do. */
public final class GuestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The classes of failure. */
    public enum Kind {
        /** The agent did not answer in time. */
        TIMEOUT,
        /** The guest ended (powered off, panicked, was killed) while an answer was awaited. */
        GUEST_ENDED,
        /** What came from the guest is not the wire format, or the agent speaks another version of it. */
        PROTOCOL,
        /** The agent tried and failed, and says why. */
        AGENT,
        /** The scheduler's process ended before it attached. */
        SCHEDULER_EXITED,
        /** The scheduler runs but did not attach in time. */
        SCHEDULER_NOT_ATTACHED
    }

    private final Kind kind;
    private final String stage;

    /**
     * Makes one.
     *
     * @param stage what was being done: {@code hello}, {@code send}, {@code start scheduler}, {@code scenario}, …
     */
    public GuestException(Kind kind, String stage, String message) {
        super(message);
        this.kind = kind;
        this.stage = stage;
    }

    /** Makes one with its cause. */
    public GuestException(Kind kind, String stage, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.stage = stage;
    }

    /** The class of failure. */
    public Kind kind() {
        return kind;
    }

    /** What was being done. */
    public String stage() {
        return stage;
    }
}
