package dev.ktstr.vm.kvm;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A vCPU's registers at one instant. Values are unsigned.
 *
 * @param rip instruction pointer
 * @param rflags flags
 * @param cr2 address of the last page fault
 * @param cr3 address of the page tables
 * @param efer extended features: bit 10 is long mode
 * @param dr0 first breakpoint address, as the guest sees it
 * @param dr6 debug status
 * @param dr7 debug control
 */
public record Registers(
        long rax,
        long rbx,
        long rcx,
        long rdx,
        long rsi,
        long rdi,
        long rsp,
        long rbp,
        long r8,
        long r9,
        long r10,
        long r11,
        long r12,
        long r13,
        long r14,
        long r15,
        long rip,
        long rflags,
        int cs,
        int ss,
        long fsBase,
        long gsBase,
        long gdtBase,
        long idtBase,
        long cr0,
        long cr2,
        long cr3,
        long cr4,
        long efer,
        long apicBase,
        long dr0,
        long dr1,
        long dr2,
        long dr3,
        long dr6,
        long dr7) {
    private static final int SREGS_CS = 0;
    private static final int SREGS_FS = 72;
    private static final int SREGS_GS = 96;
    private static final int SREGS_SS = 120;
    private static final int SELECTOR = 12;

    /** Reads {@code struct kvm_regs}, {@code struct kvm_sregs} and {@code struct kvm_debugregs}. */
    static Registers of(ByteBuffer r, ByteBuffer s, ByteBuffer d) {
        return new Registers(
                r.getLong(0),
                r.getLong(8),
                r.getLong(16),
                r.getLong(24),
                r.getLong(32),
                r.getLong(40),
                r.getLong(48),
                r.getLong(56),
                r.getLong(64),
                r.getLong(72),
                r.getLong(80),
                r.getLong(88),
                r.getLong(96),
                r.getLong(104),
                r.getLong(112),
                r.getLong(120),
                r.getLong(128),
                r.getLong(136),
                s.getShort(SREGS_CS + SELECTOR) & 0xffff,
                s.getShort(SREGS_SS + SELECTOR) & 0xffff,
                s.getLong(SREGS_FS),
                s.getLong(SREGS_GS),
                s.getLong(192),
                s.getLong(208),
                s.getLong(224),
                s.getLong(232),
                s.getLong(240),
                s.getLong(248),
                s.getLong(264),
                s.getLong(272),
                d.getLong(0),
                d.getLong(8),
                d.getLong(16),
                d.getLong(24),
                d.getLong(32),
                d.getLong(40));
    }

    /** As every backend names them; see {@link dev.ktstr.vm.VcpuRegisters}. */
    Map<String, Long> byName() {
        Map<String, Long> all = new LinkedHashMap<>();
        String[] names = {
            "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
            "r15", "rip", "rflags", "fs_base", "gs_base", "cr0", "cr2", "cr3", "cr4", "efer"
        };
        long[] values = {
            rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp, r8, r9, r10, r11, r12, r13, r14, r15, rip, rflags, fsBase, gsBase,
            cr0, cr2, cr3, cr4, efer
        };
        for (int i = 0; i < names.length; i++) {
            all.put(names[i], values[i]);
        }
        return all;
    }

    /** Whether the CPU is in 64-bit mode or its compatibility mode. */
    public boolean longMode() {
        return (efer & 0x400) != 0;
    }

    /** One line, for reports: where it is and in which mode. */
    @Override
    public String toString() {
        return String.format(
                "rip=%04x:%016x rsp=%016x rflags=%08x rax=%016x rbx=%016x rcx=%016x rdx=%016x rsi=%016x rdi=%016x rbp=%016x"
                        + " r8=%016x r9=%016x r10=%016x r11=%016x r12=%016x r13=%016x r14=%016x r15=%016x"
                        + " cr0=%x cr2=%x cr3=%x cr4=%x efer=%x gdt=%x idt=%x",
                cs, rip, rsp, rflags, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15, cr0, cr2,
                cr3, cr4, efer, gdtBase, idtBase);
    }
}
