package dev.ktstr.vm.kvm.aarch64;

import dev.ktstr.vm.MachineLayout;

/** Every hardware address of the aarch64 machine. RAM and UART are where QEMU's {@code virt} has them. */
public final class ArmLayout {
    /** GICv3 distributor. */
    public static final long GIC_DISTRIBUTOR = 0x0800_0000L;

    /** Bytes of the distributor's registers. */
    public static final long GIC_DISTRIBUTOR_SIZE = 0x1_0000;

    /** GICv3 redistributors, one after the other; room for 6144 of them up to RAM. */
    public static final long GIC_REDISTRIBUTORS = 0x1000_0000L;

    /** Bytes of one redistributor's registers: two frames of 64 KiB. */
    public static final long GIC_REDISTRIBUTOR_SIZE = 0x2_0000;

    /** The console, a 16550. */
    public static final long UART1 = 0x0900_0000L;

    /** The control channel, a 16550. */
    public static final long UART2 = 0x0901_0000L;

    /** Shared peripheral interrupts of the two. */
    public static final int UART1_SPI = 1;

    /** Shared peripheral interrupts of the two. */
    public static final int UART2_SPI = 2;

    /** First address of RAM. */
    public static final long RAM_BASE = 0x4000_0000L;

    /** From the start of RAM to the window shared with the host: as far as on x86_64. */
    public static final long SHM_OFFSET = MachineLayout.SHM_BASE;

    private ArmLayout() {}
}
