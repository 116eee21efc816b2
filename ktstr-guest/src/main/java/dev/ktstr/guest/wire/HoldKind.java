package dev.ktstr.guest.wire;

/** How a step holds. */
public enum HoldKind implements WireEnum {
    /** For a time. */
    FIXED(1),
    /** For a time, with the step's operations repeated at every interval. */
    LOOP(2);

    private final int code;

    HoldKind(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
