package dev.ktstr.guest.wire;

/** What a worker is. */
public enum CloneMode implements WireEnum {
    /** A process of its own. */
    PROCESS(1),
    /** A thread of a process that the group shares. */
    THREAD(2);

    private final int code;

    CloneMode(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
