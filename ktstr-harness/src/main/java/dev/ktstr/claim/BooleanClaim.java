package dev.ktstr.claim;

/** Claims on a truth value. */
public final class BooleanClaim {
    private final ClaimSink sink;
    private final String label;
    private final boolean value;

    /** Claims on that value. */
    public BooleanClaim(ClaimSink sink, String label, boolean value) {
        this.sink = sink;
        this.label = label;
        this.value = value;
    }

    /** Claims that it holds. */
    public BooleanClaim isTrue() {
        sink.claimed(value, label, "true", Boolean.toString(value));
        return this;
    }

    /** Claims that it does not hold. */
    public BooleanClaim isFalse() {
        sink.claimed(!value, label, "false", Boolean.toString(value));
        return this;
    }
}
