package dev.ktstr.run;

import org.jspecify.annotations.Nullable;

/** A run could not go on. The message says what was tried, what happened, and what to do. */
public final class RunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean guest;
    private final String stage;

    private RunException(boolean guest, String stage, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.guest = guest;
        this.stage = stage;
    }

    /** Something on the host is missing or wrong: the run never judged anything. */
    public static RunException setup(String stage, String message) {
        return new RunException(false, stage, message, null);
    }

    /** Like {@link #setup(String, String)}, for a failure that another part reported. */
    public static RunException setup(String stage, RuntimeException cause) {
        return new RunException(false, stage, String.valueOf(cause.getMessage()), cause);
    }

    /** The guest, or the scheduler in it, failed: a finding about what was under test. */
    public static RunException guest(String stage, String message, Throwable cause) {
        return new RunException(true, stage, message, cause);
    }

    /** Whether the guest failed, not the host. */
    public boolean guest() {
        return guest;
    }

    /** The stage that was reached: {@code resolve}, {@code boot}, {@code scheduler}, {@code scenario}, … */
    public String stage() {
        return stage;
    }
}
