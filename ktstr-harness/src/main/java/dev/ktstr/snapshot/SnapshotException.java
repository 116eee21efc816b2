package dev.ktstr.snapshot;

/** A name that a snapshot does not hold, or a value that is not what it was asked for as. The message names what there is. */
public final class SnapshotException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With that message. */
    public SnapshotException(String message) {
        super(message);
    }

    /** With that message, for another failure. */
    public SnapshotException(String message, Throwable cause) {
        super(message, cause);
    }
}
