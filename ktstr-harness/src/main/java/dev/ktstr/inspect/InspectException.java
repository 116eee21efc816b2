package dev.ktstr.inspect;

/** A guest's kernel cannot be read; the message says why. */
public final class InspectException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** For that reason. */
    public InspectException(String message) {
        super(message);
    }

    /** For that reason, which another part gave. */
    public InspectException(String message, Throwable cause) {
        super(message, cause);
    }
}
