package dev.ktstr.vm.kvm.boot;

/**
 * Addresses in the first 640 KiB, which hold what the kernel reads once, early, and then copies or drops. The first page
 * is left empty, so that a stray null pointer finds zeros.
 */
final class LowMemory {
    /** Segment descriptors that the first CPU starts with. */
    static final long GDT = 0x1000;

    /** PVH: {@code hvm_start_info}, then the module list, then the memory map. */
    static final long START_INFO = 0x5000;

    /** Bytes up to the next structure. */
    static final int START_INFO_SIZE = 0x2000;

    /** 64-bit protocol: {@code boot_params}, a page. */
    static final long BOOT_PARAMS = 0x7000;

    /** Top of a page of stack. The protocols promise none; it is there for guests of a few instructions. */
    static final long STACK_TOP = 0x9000;

    /** 64-bit protocol: one level-4, one level-3 and four level-2 tables. */
    static final long PAGE_TABLES = 0x9000;

    /** The command line. */
    static final long COMMAND_LINE = 0x20000;

    /** Bytes that it may have, without the terminating zero. */
    static final int COMMAND_LINE_MAX = 0xffff;

    private LowMemory() {}
}
