package dev.ktstr.vm;

/** A virtual machine could not be made or driven. The message says what was tried, what happened, and what to do. */
public final class VmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public VmException(String message) {
        super(message);
    }

    public VmException(String message, Throwable cause) {
        super(message, cause);
    }
}
