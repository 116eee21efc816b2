package dev.ktstr.vm.kvm.boot;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.kvm.machine.MemoryMap;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * {@code struct boot_params}, the "zero page" (Documentation/arch/x86/zero-page.rst): the kernel's own setup header, filled
 * in, and the memory map.
 */
final class BootParams {
    static final int SIZE = 4096;

    private static final int RSDP = 0x070;
    private static final int MAP_ENTRIES = 0x1e8;
    private static final int BOOT_FLAG = 0x1fe;
    private static final int HEADER_MAGIC = 0x202;
    private static final int VERSION = 0x206;
    private static final int LOADER_TYPE = 0x210;
    private static final int LOAD_FLAGS = 0x211;
    private static final int CODE32_START = 0x214;
    private static final int INITRD_ADDRESS = 0x218;
    private static final int INITRD_SIZE = 0x21c;
    private static final int COMMAND_LINE = 0x228;
    private static final int MAP = 0x2d0;

    private static final int MAP_ENTRY_BYTES = 20;
    private static final int MAP_CAPACITY = 128;

    /** "Undefined" in the table of loader types; zero would mean a loader too old to be trusted. */
    private static final int OTHER_LOADER = 0xff;

    private static final int LOADED_HIGH = 1;
    private static final int VERSION_2_15 = 0x020f;

    private BootParams() {}

    static byte[] bytes(BootPlan plan, MemoryMap map, long rsdp) {
        byte[] page = new byte[SIZE];
        ByteBuffer params = BootLoader.little(page);
        List<Byte> header = plan.kernel().setupHeader();
        if (header.isEmpty()) {
            // A vmlinux has no header; these fields are what the kernel itself checks.
            params.putShort(BOOT_FLAG, (short) 0xaa55);
            params.putInt(HEADER_MAGIC, 0x53726448).putShort(VERSION, (short) VERSION_2_15);
        }
        for (int i = 0; i < header.size(); i++) {
            page[BzImage.HEADER + i] = header.get(i);
        }
        params.put(LOADER_TYPE, (byte) OTHER_LOADER);
        params.put(LOAD_FLAGS, (byte) (params.get(LOAD_FLAGS) | LOADED_HIGH));
        params.putInt(CODE32_START, (int) plan.kernel().footprint().start());
        MemoryRange initrd = plan.initrd();
        if (initrd != null) {
            params.putInt(INITRD_ADDRESS, (int) initrd.start()).putInt(INITRD_SIZE, (int) initrd.length());
        }
        params.putInt(COMMAND_LINE, (int) LowMemory.COMMAND_LINE);
        params.putLong(RSDP, rsdp);
        putMap(params, map.entries());
        return page;
    }

    private static void putMap(ByteBuffer params, List<MemoryMap.Entry> entries) {
        if (entries.size() > MAP_CAPACITY) {
            throw new VmException("the memory map has " + entries.size() + " entries, and the kernel takes "
                    + MAP_CAPACITY + "; give the nodes fewer separate ranges");
        }
        params.put(MAP_ENTRIES, (byte) entries.size());
        int at = MAP;
        for (MemoryMap.Entry e : entries) {
            params.putLong(at, e.range().start());
            params.putLong(at + 8, e.range().length());
            params.putInt(at + 16, e.kind().code());
            at += MAP_ENTRY_BYTES;
        }
    }
}
