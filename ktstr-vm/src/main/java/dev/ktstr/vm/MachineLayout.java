package dev.ktstr.vm;

import dev.ktstr.spec.NumaMemory;

/** Every hardware address of the x86_64 machine, each with its reason. Both backends build the same machine. */
public final class MachineLayout {
    /**
     * Guest-physical address of the shared-memory window: above where the kernel unpacks and runs (16 MiB plus its
     * {@code init_size}, about 70 MiB for distribution kernels), below the smallest guest's initramfs and ACPI tables,
     * which firmware puts at the top of low RAM.
     */
    public static final long SHM_BASE = 128L << 20;

    /** Size of the shared-memory window. Taken from the guest by {@code memmap=}, so it counts as used RAM. */
    public static final long SHM_SIZE = 32L << 20;

    /** Least RAM of node 0 that holds kernel, window and initramfs, in MiB. */
    public static final int MIN_NODE0_MB = NumaMemory.LEAST_FIRST_MB;

    /** I/O port of COM1, the kernel console. */
    public static final int COM1_PORT = 0x3f8;

    /** I/O port of COM2, the control channel. */
    public static final int COM2_PORT = 0x2f8;

    /** I/O port of the doorbell, the Bochs debug port. */
    public static final int DOORBELL_PORT = 0xe9;

    private MachineLayout() {}
}
