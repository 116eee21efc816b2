package dev.ktstr.vm.bpf;

/** A map, program, variable or entry is not there, is of another kind, or went away while it was read. */
public final class BpfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BpfException(String message) {
        super(message);
    }

    public BpfException(String message, Throwable cause) {
        super(message, cause);
    }
}
