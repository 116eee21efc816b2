package dev.ktstr.vm.kvm;

import dev.ktstr.vm.internal.linux.KvmCpu;
import java.nio.ByteBuffer;
import java.util.List;

/** The breakpoints that are set, the same on all vCPUs, and who hears of them. */
final class Breakpoints {
    // struct kvm_run, debug: u32 exception, u32 pad, u64 pc, dr6, dr7
    private static final int PC = 40;
    private static final int DR6 = 48;

    private static final int RFLAGS_AT = 17 * 8;
    private static final long RESUME_FLAG = 1L << 16;

    /** What is set; replaced as a whole. */
    private record Armed(List<Breakpoint> breakpoints, Breakpoint.Listener listener) {}

    private volatile Armed armed = new Armed(List.of(), hit -> {});

    void set(List<Breakpoint> breakpoints, Breakpoint.Listener listener) {
        if (breakpoints.size() > Breakpoint.MOST) {
            throw new IllegalArgumentException(
                    breakpoints.size() + " breakpoints were given, and a CPU has " + Breakpoint.MOST);
        }
        armed = new Armed(List.copyOf(breakpoints), listener);
    }

    /** Writes them into a vCPU, on its thread. */
    void arm(KvmCpu cpu) {
        List<Breakpoint> wanted = armed.breakpoints();
        long[] addresses = new long[Breakpoint.MOST];
        long dr7 = 0;
        for (int i = 0; i < wanted.size(); i++) {
            addresses[i] = wanted.get(i).address();
            dr7 |= wanted.get(i).dr7(i);
        }
        cpu.setHardwareBreakpoints(addresses, dr7 == 0 ? 0 : dr7 | 0x400);
    }

    /** A vCPU came out with KVM_EXIT_DEBUG. */
    void hit(int number, KvmCpu cpu) {
        ByteBuffer run = cpu.run();
        long pc = run.getLong(PC);
        long dr6 = run.getLong(DR6);
        Armed now = armed;
        boolean execute = false;
        for (int i = 0; i < now.breakpoints().size(); i++) {
            if ((dr6 >>> i & 1) == 1) {
                Breakpoint b = now.breakpoints().get(i);
                execute |= b.kind() == Breakpoint.Kind.EXECUTE;
                now.listener().hit(new Breakpoint.Hit(number, b, pc));
            }
        }
        if (execute) {
            // Without RF the same instruction would trigger again and again (Intel SDM volume 3B, 18.3.1.1).
            ByteBuffer registers = cpu.registers();
            registers.putLong(RFLAGS_AT, registers.getLong(RFLAGS_AT) | RESUME_FLAG);
            cpu.setRegisters(registers);
        }
    }
}
