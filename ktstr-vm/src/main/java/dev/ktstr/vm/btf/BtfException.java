package dev.ktstr.vm.btf;

/** BTF is malformed, or does not hold what was asked for. The message says what, and what is there instead. */
public final class BtfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BtfException(String message) {
        super(message);
    }

    public BtfException(String message, Throwable cause) {
        super(message, cause);
    }
}
