package dev.ktstr.vm.kvm;

import dev.ktstr.vm.internal.linux.KvmCpu;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A guest of a few instructions, and how it must exit: with {@link #expected} written to the doorbell port, then halted.
 *
 * @param name how the guest runs, for messages
 * @param code its instructions, at {@link #CODE}
 * @param longMode whether it starts in 64-bit mode with pages and an IDT, or in real mode
 * @param expected the byte it must write
 */
record ProbeGuest(String name, String code, boolean longMode, int expected) {
    static final int RAM_BYTES = 2 << 20;

    private static final int PML4 = 0x1000;
    private static final int PDPT = 0x2000;
    private static final int PAGE_DIRECTORY = 0x3000;
    private static final int GDT = 0x4000;
    private static final int IDT = 0x5000;
    private static final int CODE = 0x6000;
    private static final int HANDLER = 0x7000;
    private static final int STACK = 0x9000;

    private static final int BMI2_BIT = 8;
    private static final String SHLX = "c4e261f7c1";
    private static final String INSTEAD = "8d0409" + "6690";

    /**
     * <pre>
     * 31 db            xor   %ebx,%ebx
     * cc               int3                  the handler: inc %ebx; iretq
     * b8 14 00 00 00   mov   $20,%eax
     * 66 0f 6e c0      movd  %eax,%xmm0
     * 66 0f fe c0      paddd %xmm0,%xmm0
     * 66 0f 7e c1      movd  %xmm0,%ecx      40
     * c4 e2 61 f7 c1   shlx  %ebx,%ecx,%eax  80; BMI2, where it is missing: lea (%rcx,%rcx),%eax; nop
     * 01 d8            add   %ebx,%eax       81
     * e6 e9            out   %al,$0xe9
     * f4 eb fd         hlt; jmp back
     * </pre>
     */
    static final ProbeGuest LONG_MODE = new ProbeGuest(
            "64-bit",
            "31db" + "cc" + "b814000000" + "660f6ec0" + "660ffec0" + "660f7ec1" + SHLX + "01d8e6e9f4ebfd",
            true,
            81);

    /**
     * What firmware starts in. Needs unrestricted guests on Intel (since 2010), which stock firmware would need too.
     *
     * <pre>
     * b8 07 00         mov   $7,%ax
     * 0f a2            cpuid
     * b0 2a            mov   $42,%al
     * e6 e9            out   %al,$0xe9
     * f4 eb fd         hlt; jmp back
     * </pre>
     */
    static final ProbeGuest REAL_MODE = new ProbeGuest("real-mode", "b807000fa2b02ae6e9f4ebfd", false, 42);

    // struct kvm_run
    private static final int EXIT_REASON = 8;
    private static final int IO_PORT = 34;
    private static final int IO_DATA_OFFSET = 40;
    private static final int SUBERROR = 32;

    private static final int KVM_EXIT_IO = 2;
    private static final int KVM_EXIT_HLT = 5;
    private static final int KVM_EXIT_SHUTDOWN = 8;
    private static final int KVM_EXIT_FAIL_ENTRY = 9;
    private static final int KVM_EXIT_INTERNAL_ERROR = 17;
    private static final int KVM_INTERNAL_ERROR_EMULATION = 1;

    /** Runs to the halt; null when all went as it must, else what happened instead. */
    @Nullable
    String runOn(ProbeMachine machine) {
        load(machine);
        KvmCpu vcpu = machine.cpu();
        if (!vcpu.runUntilExit()) {
            return "it hung";
        }
        ByteBuffer run = vcpu.run();
        int port = run.getShort(IO_PORT) & 0xffff;
        if (run.getInt(EXIT_REASON) != KVM_EXIT_IO || port != 0xe9) {
            return exitText(run);
        }
        long dataAt = run.getLong(IO_DATA_OFFSET);
        int written = dataAt >= 0 && dataAt < run.capacity() ? run.get((int) dataAt) & 0xff : -1;
        if (written != expected) {
            return "it computed " + written + " instead of " + expected;
        }
        if (!vcpu.runUntilExit()) {
            return "it hung after its first exit";
        }
        return run.getInt(EXIT_REASON) == KVM_EXIT_HLT ? null : exitText(run);
    }

    private static String exitText(ByteBuffer run) {
        int reason = run.getInt(EXIT_REASON);
        return switch (reason) {
            case KVM_EXIT_SHUTDOWN -> "KVM_EXIT_SHUTDOWN (a triple fault)";
            case KVM_EXIT_FAIL_ENTRY -> "KVM_EXIT_FAIL_ENTRY (the CPU refused the guest's state)";
            case KVM_EXIT_INTERNAL_ERROR ->
                "KVM_EXIT_INTERNAL_ERROR ("
                        + (run.getInt(SUBERROR) == KVM_INTERNAL_ERROR_EMULATION
                                ? "emulation failure: this KVM emulates instructions and lacks some"
                                : "suberror " + run.getInt(SUBERROR))
                        + ")";
            default -> "exit reason " + reason;
        };
    }

    private void load(ProbeMachine machine) {
        ByteBuffer ram = machine.ram();
        String text = machine.hasLeaf7Ebx(BMI2_BIT) ? code : code.replace(SHLX, INSTEAD);
        ram.put(CODE, HexFormat.of().parseHex(text));
        KvmCpu vcpu = machine.cpu();
        ByteBuffer sregs = vcpu.specialRegisters();
        if (longMode) {
            longMode(ram, sregs);
        } else {
            sregs.putLong(0, 0).putShort(12, (short) 0);
        }
        vcpu.setSpecialRegisters(sregs);
        // Instruction pointer, stack pointer and flags; all other registers become 0.
        ByteBuffer regs = ByteBuffer.allocateDirect(KvmCpu.REGS_SIZE).order(sregs.order());
        vcpu.setRegisters(regs.putLong(6 * 8, STACK).putLong(16 * 8, CODE).putLong(17 * 8, 2));
    }

    /** Pages, descriptor tables and control registers as Intel's SDM, volume 3A, 10.8.5 and 7.14 ask. */
    private static void longMode(ByteBuffer ram, ByteBuffer sregs) {
        ram.put(HANDLER, HexFormat.of().parseHex("ffc348cf"));
        ram.putLong(PML4, PDPT | 3).putLong(PDPT, PAGE_DIRECTORY | 3).putLong(PAGE_DIRECTORY, 0x83);
        ram.putLong(GDT + 8, 0x00af9b000000ffffL).putLong(GDT + 16, 0x00cf93000000ffffL);
        // Vector 3: a present 64-bit interrupt gate to 0x08:HANDLER.
        ram.putLong(IDT + 3 * 16, 0x00008e0000080000L | HANDLER);
        segment(sregs, 0, 8, 0xb, true);
        for (int at : new int[] {24, 48, 72, 96, 120}) {
            segment(sregs, at, 16, 3, false);
        }
        sregs.putLong(192, GDT).putShort(200, (short) 23);
        sregs.putLong(208, IDT).putShort(216, (short) 0xfff);
        sregs.putLong(224, 0x80010033L); // CR0: PG WP NE ET MP PE
        sregs.putLong(240, PML4); // CR3
        sregs.putLong(248, 0x620); // CR4: OSXMMEXCPT OSFXSR PAE
        sregs.putLong(264, 0x500); // EFER: LMA LME
    }

    /** {@code struct kvm_segment}: base, limit, selector, then a byte each: type present dpl db s l g avl unusable. */
    private static void segment(ByteBuffer sregs, int at, int selector, int type, boolean code) {
        sregs.putLong(at, 0).putInt(at + 8, -1).putShort(at + 12, (short) selector);
        byte[] attributes = {(byte) type, 1, 0, (byte) (code ? 0 : 1), 1, (byte) (code ? 1 : 0), 1, 0, 0, 0};
        sregs.put(at + 14, attributes);
    }
}
