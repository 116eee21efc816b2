package dev.ktstr.host;

/** This host cannot do what was asked. The message says what was tried, what happened, and what to do. */
public final class HostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HostException(String message) {
        super(message);
    }

    HostException(String message, Throwable cause) {
        super(message, cause);
    }
}
