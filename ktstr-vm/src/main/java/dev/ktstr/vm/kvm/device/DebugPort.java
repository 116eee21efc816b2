package dev.ktstr.vm.kvm.device;

/**
 * The Bochs debug port, our doorbell: a write calls the host. It reads as 0xe9, by which guests find it
 * ({@code hw/char/debugcon.c} of QEMU).
 */
public final class DebugPort implements Device {
    /** Ports that it occupies. */
    public static final int SIZE = 1;

    private static final int STATE = 0x44425001; // "DBP", version 1

    private final Runnable doorbell;

    /**
     * Makes it.
     *
     * @param doorbell called on the vCPU's thread at every write; must neither block nor throw
     */
    public DebugPort(Runnable doorbell) {
        this.doorbell = doorbell;
    }

    @Override
    public long read(int offset, int size) {
        return 0xe9;
    }

    @Override
    public void write(int offset, int size, long value) {
        doorbell.run();
    }

    @Override
    public byte[] state() {
        return StateCodec.write(STATE, 0).array();
    }

    @Override
    public void restore(byte[] state) {
        StateCodec.read("a debug port", STATE, state, 0, 0);
    }
}
