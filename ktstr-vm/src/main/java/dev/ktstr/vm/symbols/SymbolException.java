package dev.ktstr.vm.symbols;

/** Symbols cannot be read, or one that was asked for is not there. */
public final class SymbolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SymbolException(String message) {
        super(message);
    }
}
