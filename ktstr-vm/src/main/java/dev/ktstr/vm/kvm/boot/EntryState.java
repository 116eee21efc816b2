package dev.ktstr.vm.kvm.boot;

import java.nio.ByteBuffer;

/** Registers, descriptors and page tables with which a kernel is entered. */
final class EntryState {
    /** Selectors that the 64-bit protocol names: {@code __BOOT_CS} and {@code __BOOT_DS}. */
    private static final int CODE_SELECTOR = 0x10;

    private static final int DATA_SELECTOR = 0x18;
    private static final int TASK_SELECTOR = 0x20;

    /** Two empty descriptors, code, data, and a task segment, which takes two slots in 64-bit mode. */
    private static final int GDT_BYTES = 6 * 8;

    private static final long RFLAGS_RESERVED = 2;
    private static final long CR0_PE = 1;
    private static final long CR0_ET = 0x10;
    private static final long CR0_PG = 1L << 31;
    private static final long CR4_PAE = 0x20;
    private static final long EFER_LME_LMA = 0x500;

    private static final long PRESENT_WRITABLE = 3;
    private static final long LARGE_PAGE = 0x80;
    private static final int TABLE_BYTES = 4096;
    private static final int TABLE_ENTRIES = 512;
    private static final int DIRECTORIES = 4;
    private static final long LARGE_PAGE_BYTES = 2 << 20;

    private EntryState() {}

    /** As Documentation/arch/x86/boot.rst asks for the 64-bit entry: paging on, flat segments, interrupts off. */
    static InitialRegisters linux64(long entry) {
        return new InitialRegisters(
                entry,
                LowMemory.STACK_TOP,
                RFLAGS_RESERVED,
                0,
                LowMemory.BOOT_PARAMS,
                CR0_PG | CR0_ET | CR0_PE,
                LowMemory.PAGE_TABLES,
                CR4_PAE,
                EFER_LME_LMA,
                Segment.code64(CODE_SELECTOR),
                Segment.data(DATA_SELECTOR),
                Segment.task(TASK_SELECTOR),
                LowMemory.GDT,
                GDT_BYTES - 1);
    }

    /** As Xen's docs/misc/pvh.pandoc asks: protected mode without paging, flat segments, interrupts off. */
    static InitialRegisters pvh(long entry) {
        return new InitialRegisters(
                entry,
                LowMemory.STACK_TOP,
                RFLAGS_RESERVED,
                LowMemory.START_INFO,
                0,
                CR0_ET | CR0_PE,
                0,
                0,
                0,
                Segment.code32(CODE_SELECTOR),
                Segment.data(DATA_SELECTOR),
                Segment.task(TASK_SELECTOR),
                LowMemory.GDT,
                GDT_BYTES - 1);
    }

    /** The descriptors of these registers, each at its selector. */
    static byte[] gdt(InitialRegisters registers) {
        byte[] bytes = new byte[GDT_BYTES];
        ByteBuffer gdt = BootLoader.little(bytes);
        for (Segment s : new Segment[] {registers.code(), registers.data(), registers.task()}) {
            gdt.putLong(s.selector(), s.descriptor());
        }
        return bytes;
    }

    /** Page tables that map the first 4 GiB one to one by pages of 2 MiB (Intel SDM volume 3A, 4.5), ready to be copied. */
    static byte[] identityMap() {
        byte[] bytes = new byte[(2 + DIRECTORIES) * TABLE_BYTES];
        ByteBuffer tables = BootLoader.little(bytes);
        long level3 = LowMemory.PAGE_TABLES + TABLE_BYTES;
        tables.putLong(0, level3 | PRESENT_WRITABLE);
        for (int i = 0; i < DIRECTORIES; i++) {
            long directory = level3 + (long) (1 + i) * TABLE_BYTES;
            tables.putLong(TABLE_BYTES + 8 * i, directory | PRESENT_WRITABLE);
        }
        for (int i = 0; i < DIRECTORIES * TABLE_ENTRIES; i++) {
            tables.putLong(2 * TABLE_BYTES + 8 * i, i * LARGE_PAGE_BYTES | LARGE_PAGE | PRESENT_WRITABLE);
        }
        return bytes;
    }
}
