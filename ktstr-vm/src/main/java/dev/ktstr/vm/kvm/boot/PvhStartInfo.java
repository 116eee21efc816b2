package dev.ktstr.vm.kvm.boot;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.kvm.machine.MemoryMap;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * {@code struct hvm_start_info}, version 1, with its module list and memory map (Xen's
 * {@code xen/include/public/arch-x86/hvm/start_info.h}).
 */
final class PvhStartInfo {
    private static final int MAGIC = 0x336ec578;
    private static final int VERSION_1 = 1;
    private static final int HEAD_BYTES = 56;
    private static final int MODULE_BYTES = 32;
    private static final int MAP_ENTRY_BYTES = 24;
    private static final int MODULES = 64;
    private static final int MAP = MODULES + MODULE_BYTES;

    /** Linux keeps as many as {@code boot_params} can hold. */
    private static final int MAP_CAPACITY = 128;

    static {
        if (HEAD_BYTES > MODULES || MAP + MAP_CAPACITY * MAP_ENTRY_BYTES > LowMemory.START_INFO_SIZE) {
            throw new AssertionError("the parts of hvm_start_info overlap");
        }
    }

    private PvhStartInfo() {}

    static byte[] bytes(BootPlan plan, MemoryMap map, long rsdp) {
        List<MemoryMap.Entry> entries = map.entries();
        if (entries.size() > MAP_CAPACITY) {
            throw new VmException("the memory map has " + entries.size() + " entries, and the kernel takes "
                    + MAP_CAPACITY + "; give the nodes fewer separate ranges");
        }
        byte[] bytes = new byte[MAP + entries.size() * MAP_ENTRY_BYTES];
        ByteBuffer info = BootLoader.little(bytes);
        MemoryRange initrd = plan.initrd();
        info.putInt(MAGIC).putInt(VERSION_1).putInt(0).putInt(initrd == null ? 0 : 1);
        info.putLong(initrd == null ? 0 : LowMemory.START_INFO + MODULES);
        info.putLong(LowMemory.COMMAND_LINE).putLong(rsdp);
        info.putLong(LowMemory.START_INFO + MAP).putInt(entries.size()).putInt(0);
        if (initrd != null) {
            info.position(MODULES);
            info.putLong(initrd.start()).putLong(initrd.length()).putLong(0).putLong(0);
        }
        info.position(MAP);
        for (MemoryMap.Entry e : entries) {
            info.putLong(e.range().start()).putLong(e.range().length());
            info.putInt(e.kind().code()).putInt(0);
        }
        return bytes;
    }
}
