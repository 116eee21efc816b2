package dev.ktstr.vm.kernel;

/** A kernel address cannot be read, or the kernel was not found in guest memory. The message says what was tried. */
public final class KernelAccessException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KernelAccessException(String message) {
        super(message);
    }

    public KernelAccessException(String message, Throwable cause) {
        super(message, cause);
    }
}
