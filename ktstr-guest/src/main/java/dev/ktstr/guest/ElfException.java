package dev.ktstr.guest;

/** A file cannot be run in the guest as it is. The message names the file, what is wrong with it, and what to do. */
public final class ElfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ElfException(String message) {
        super(message);
    }

    public ElfException(String message, Throwable cause) {
        super(message, cause);
    }
}
