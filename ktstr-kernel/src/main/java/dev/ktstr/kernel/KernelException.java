package dev.ktstr.kernel;

/** A kernel could not be found, fetched or used. The message says what was tried, what happened, and what to do. */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KernelException(String message) {
        super(message);
    }

    public KernelException(String message, Throwable cause) {
        super(message, cause);
    }
}
