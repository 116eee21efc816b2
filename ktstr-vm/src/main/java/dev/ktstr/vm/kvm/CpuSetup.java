package dev.ktstr.vm.kvm;

import dev.ktstr.vm.internal.linux.Kvm;
import dev.ktstr.vm.internal.linux.KvmCpu;
import dev.ktstr.vm.kvm.boot.InitialRegisters;
import dev.ktstr.vm.kvm.boot.Segment;
import dev.ktstr.vm.kvm.cpuid.CpuidEntry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Puts plain values into a vCPU: CPUID, model-specific registers, the registers a kernel is entered with. */
final class CpuSetup {
    private static final int IA32_MISC_ENABLE = 0x1a0;
    private static final long FAST_STRING = 1;
    private static final int MTRR_DEF_TYPE = 0x2ff;

    /** MTRRs on, all memory write-back: without, a kernel takes them for switched off by the firmware. */
    private static final long MTRR_ON_WRITE_BACK = 0x806;

    private static final int[] SREGS_DATA = {24, 48, 72, 96, 120};
    private static final int SREGS_TR = 144;
    private static final int SREGS_GDT = 192;
    private static final int SREGS_CR0 = 224;
    private static final int SREGS_CR3 = 240;
    private static final int SREGS_CR4 = 248;
    private static final int SREGS_EFER = 264;

    private CpuSetup() {}

    static List<CpuidEntry> entries(int[][] rows) {
        return Arrays.stream(rows)
                .map(r -> new CpuidEntry(r[0], r[1], r[2], r[3], r[4], r[5], r[6]))
                .toList();
    }

    static int[][] rows(List<CpuidEntry> entries) {
        int[][] rows = new int[entries.size()][Kvm.CPUID_WORDS];
        for (int i = 0; i < rows.length; i++) {
            CpuidEntry e = entries.get(i);
            rows[i] = new int[] {e.function(), e.index(), e.flags(), e.eax(), e.ebx(), e.ecx(), e.edx()};
        }
        return rows;
    }

    /** What firmware would have set on every CPU. */
    static void firmware(KvmCpu cpu) {
        cpu.setMsr(MTRR_DEF_TYPE, MTRR_ON_WRITE_BACK);
        // Intel's only; the kernel looks at it. Elsewhere KVM refuses, and nobody looks.
        cpu.setMsr(IA32_MISC_ENABLE, FAST_STRING);
    }

    /** The registers with which the first CPU enters the kernel. */
    static void enter(KvmCpu cpu, InitialRegisters start) {
        ByteBuffer s = cpu.specialRegisters();
        segment(s, 0, start.code());
        for (int at : SREGS_DATA) {
            segment(s, at, start.data());
        }
        segment(s, SREGS_TR, start.task());
        s.putLong(SREGS_GDT, start.gdtBase()).putShort(SREGS_GDT + 8, (short) start.gdtLimit());
        s.putLong(SREGS_CR0, start.cr0()).putLong(SREGS_CR3, start.cr3());
        s.putLong(SREGS_CR4, start.cr4()).putLong(SREGS_EFER, start.efer());
        cpu.setSpecialRegisters(s);
        ByteBuffer r = ByteBuffer.allocateDirect(KvmCpu.REGS_SIZE).order(s.order());
        r.putLong(8, start.rbx()).putLong(32, start.rsi()).putLong(48, start.rsp());
        r.putLong(128, start.rip()).putLong(136, start.rflags());
        cpu.setRegisters(r);
    }

    /** {@code struct kvm_segment}: base, limit, selector, then a byte each: type present dpl db s l g avl unusable. */
    private static void segment(ByteBuffer s, int at, Segment v) {
        s.putLong(at, v.base()).putInt(at + 8, v.limit()).putShort(at + 12, (short) v.selector());
        s.put(at + 14, (byte) v.type()).put(at + 15, (byte) 1).put(at + 16, (byte) 0);
        s.put(at + 17, flag(v.db())).put(at + 18, flag(!v.system())).put(at + 19, flag(v.longMode()));
        s.put(at + 20, flag(v.granular())).put(at + 21, (byte) 0).put(at + 22, (byte) 0);
    }

    private static byte flag(boolean set) {
        return (byte) (set ? 1 : 0);
    }
}
