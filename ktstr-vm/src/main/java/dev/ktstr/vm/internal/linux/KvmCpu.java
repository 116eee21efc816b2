package dev.ktstr.vm.internal.linux;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLibrary;
import dev.ktstr.vm.VmException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One vCPU. One thread runs it, and that thread also reads and writes its registers; only {@link #kick()} is for
 * any thread. The owner closes it when no thread runs it any more.
 */
public final class KvmCpu implements AutoCloseable {
    /** Size of {@code struct kvm_regs}. */
    public static final int REGS_SIZE = 0x90;

    /** Size of {@code struct kvm_sregs}. */
    public static final int SREGS_SIZE = 0x138;

    /** Size of {@code struct kvm_debugregs}. */
    public static final int DEBUGREGS_SIZE = 0x80;

    private static final long KVM_RUN = 0xae80;
    private static final long KVM_GET_REGS = 0x8090ae81L;
    private static final long KVM_SET_REGS = 0x4090ae82;
    private static final long KVM_GET_SREGS = 0x8138ae83L;
    private static final long KVM_SET_SREGS = 0x4138ae84;
    private static final long KVM_SET_MSRS = 0x4008ae89;
    private static final long KVM_TRANSLATE = 0xc018ae85L;
    private static final int TRANSLATION_SIZE = 24;
    private static final long KVM_GET_MSRS = 0xc008ae88L;
    private static final long KVM_SET_CPUID2 = 0x4008ae90;
    private static final long KVM_SET_GUEST_DEBUG = 0x4048ae9b;
    private static final long KVM_GET_DEBUGREGS = 0x8080aea1L;
    private static final long KVM_GET_TSC_KHZ = 0xaea3;
    private static final long KVM_KVMCLOCK_CTRL = 0xaead;

    private static final int GUEST_DEBUG_SIZE = 72;
    private static final int GUESTDBG_ENABLE = 1;
    private static final int GUESTDBG_USE_HW_BP = 0x20000;

    private static final int CPUID_ENTRY_SIZE = 40;
    private static final int MSR_ENTRY_SIZE = 16;
    private static final int IMMEDIATE_EXIT_AT = 1;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int EINVAL = 22;
    private static final int ESRCH = 3;
    private static final long SYS_GETTID = 186;
    private static final long SYS_TGKILL = 234;

    /** A real-time signal that neither HotSpot nor glibc uses. */
    private static final int KICK_SIGNAL = 61;

    private final int fd;
    private final Mapping mapping;
    private final ByteBuffer run;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long tid;

    KvmCpu(int fd, Mapping mapping) {
        this.fd = fd;
        this.mapping = mapping;
        this.run = mapping.view(0, Math.toIntExact(mapping.size()));
    }

    /** The shared {@code struct kvm_run}. Only for the thread that runs the vCPU, and not after {@link #close()}. */
    public ByteBuffer run() {
        return run;
    }

    /** Declares the calling thread the one that will run this vCPU, so that {@link #kick()} finds it. */
    public void bindToThread() {
        Handler.install();
        tid = LibC.syscall(SYS_GETTID, 0, 0, 0);
    }

    /** Declares that the calling thread runs this vCPU no more. */
    public void unbind() {
        tid = 0;
    }

    /** The thread that runs it, as {@code /proc/self/task} names it, or 0. */
    public long threadId() {
        return tid;
    }

    /**
     * Runs the guest until its next exit, on the calling thread. Makes no garbage, but for interruptions.
     *
     * @return false when nothing exited: {@link #kick()} ended it, or the CPU waits to be started by another one
     */
    public boolean runUntilExit() {
        try {
            LibC.ioctl(fd, KVM_RUN, 0L);
            return true;
        } catch (LastErrorException e) {
            if (e.getErrorCode() == EINTR || e.getErrorCode() == EAGAIN) {
                return false;
            }
            throw LibC.failure("KVM_RUN", e);
        }
    }

    /**
     * Finishes an access that the last exit asked the host for, without running the guest any further, so that the
     * registers are those after the instruction.
     *
     * @return whether the same instruction asks for another access
     */
    public boolean completeAccess() {
        run.put(IMMEDIATE_EXIT_AT, (byte) 1);
        return runUntilExit();
    }

    /**
     * Makes the next {@link #runUntilExit()} run again. The thread calls it before it looks for what it was kicked for:
     * a kick after that look then finds the flag cleared before, and sets it.
     */
    public void acceptKick() {
        run.put(IMMEDIATE_EXIT_AT, (byte) 0);
        VarHandle.fullFence();
    }

    /**
     * Makes the bound thread return from {@link #runUntilExit()}, or from the next call if it is not in one. No effect
     * after {@link #close()}. Any thread may call it.
     *
     * <p>{@code immediate_exit} is set first, for the case that the thread is not in the guest yet; a signal takes it out.
     */
    public synchronized void kick() {
        if (closed.get()) {
            return;
        }
        VarHandle.fullFence();
        run.put(IMMEDIATE_EXIT_AT, (byte) 1);
        VarHandle.fullFence();
        long target = tid;
        if (target == 0) {
            return;
        }
        try {
            LibC.syscall(SYS_TGKILL, ProcessHandle.current().pid(), target, KICK_SIGNAL);
        } catch (LastErrorException e) {
            if (e.getErrorCode() != ESRCH) {
                throw LibC.failure("signalling vCPU thread " + target, e);
            }
        }
    }

    /** Reads {@code struct kvm_regs}. */
    public ByteBuffer registers() {
        return get("KVM_GET_REGS", KVM_GET_REGS, REGS_SIZE);
    }

    /** Writes {@code struct kvm_regs}, a direct buffer as {@link #registers()} gives it. */
    public void setRegisters(ByteBuffer registers) {
        Ioctl.call(fd, "KVM_SET_REGS", KVM_SET_REGS, registers);
    }

    /** Reads {@code struct kvm_sregs}. */
    public ByteBuffer specialRegisters() {
        return get("KVM_GET_SREGS", KVM_GET_SREGS, SREGS_SIZE);
    }

    /** Writes {@code struct kvm_sregs}, a direct buffer as {@link #specialRegisters()} gave it. */
    public void setSpecialRegisters(ByteBuffer registers) {
        Ioctl.call(fd, "KVM_SET_SREGS", KVM_SET_SREGS, registers);
    }

    /** Reads {@code struct kvm_debugregs}: DR0 to DR3, DR6, DR7. */
    public ByteBuffer debugRegisters() {
        return get("KVM_GET_DEBUGREGS", KVM_GET_DEBUGREGS, DEBUGREGS_SIZE);
    }

    private ByteBuffer get(String what, long request, int size) {
        ByteBuffer buffer = Ioctl.buffer(size);
        Ioctl.call(fd, what, request, buffer);
        return buffer;
    }

    /** Sets what CPUID answers: rows of {@link Kvm#CPUID_WORDS} words. */
    public void setCpuid(int[][] rows) {
        ByteBuffer leaves = Ioctl.buffer(8 + rows.length * CPUID_ENTRY_SIZE).putInt(0, rows.length);
        for (int i = 0; i < rows.length; i++) {
            for (int word = 0; word < Kvm.CPUID_WORDS; word++) {
                leaves.putInt(8 + i * CPUID_ENTRY_SIZE + 4 * word, rows[i][word]);
            }
        }
        Ioctl.call(fd, "KVM_SET_CPUID2 with " + rows.length + " leaves", KVM_SET_CPUID2, leaves);
    }

    /**
     * Writes a model-specific register.
     *
     * @return false when KVM does not let the host write it
     */
    public boolean setMsr(int index, long value) {
        ByteBuffer msrs =
                Ioctl.buffer(8 + MSR_ENTRY_SIZE).putInt(0, 1).putInt(8, index).putLong(16, value);
        return Ioctl.call(fd, "KVM_SET_MSRS", KVM_SET_MSRS, msrs) == 1;
    }

    /**
     * Reads a model-specific register.
     *
     * @throws VmException when KVM does not know it
     */
    public long msr(int index) {
        ByteBuffer msrs = Ioctl.buffer(8 + MSR_ENTRY_SIZE).putInt(0, 1).putInt(8, index);
        if (Ioctl.call(fd, "KVM_GET_MSRS", KVM_GET_MSRS, msrs) != 1) {
            throw new VmException("KVM does not know MSR 0x" + Integer.toHexString(index));
        }
        return msrs.getLong(16);
    }

    /**
     * Takes the hardware breakpoints for the host.
     *
     * @param addresses DR0 to DR3
     * @param dr7 which of them are armed, and how; 0 gives the registers back to the guest
     */
    public void setHardwareBreakpoints(long[] addresses, long dr7) {
        ByteBuffer debug = Ioctl.buffer(GUEST_DEBUG_SIZE);
        if (dr7 != 0) {
            debug.putInt(0, GUESTDBG_ENABLE | GUESTDBG_USE_HW_BP);
            for (int i = 0; i < addresses.length; i++) {
                debug.putLong(8 + 8 * i, addresses[i]);
            }
            debug.putLong(8 + 7 * 8, dr7);
        }
        Ioctl.call(fd, "KVM_SET_GUEST_DEBUG", KVM_SET_GUEST_DEBUG, debug);
    }

    /**
     * Tells the guest that it was stopped by the host, so that its watchdogs do not take the time for a lockup. No effect
     * on a guest that does not use kvmclock.
     */
    public void announcePause() {
        try {
            LibC.ioctl(fd, KVM_KVMCLOCK_CTRL, 0L);
        } catch (LastErrorException e) {
            // EINVAL: the guest has set up no clock on this CPU, so it has no watchdog that looks at it.
            if (e.getErrorCode() != EINVAL) {
                throw LibC.failure("KVM_KVMCLOCK_CTRL", e);
            }
        }
    }

    /**
     * All that KVM keeps of it, as parts by name. On its thread, between two runs.
     *
     * @param msrs {@link Kvm#msrsToSave()}
     */
    public Map<String, byte[]> state(int[] msrs) {
        return CpuState.save(fd, msrs);
    }

    /**
     * Puts back what {@link #state} gave, but for what has to do with time. The CPUID is the same already.
     *
     * @throws VmException when a part is missing, has another size, or KVM refuses it
     */
    public void restore(Map<String, byte[]> state) {
        CpuState.restore(fd, state);
    }

    /**
     * Puts the rest back when the guest is about to run: time stamp counter, local APIC and its timer go on from where they
     * stood.
     *
     * @param tsc what the counter of every vCPU goes on from
     * @param first whether it is the machine's first vCPU
     */
    public void restoreTime(Map<String, byte[]> state, long tsc, boolean first) {
        CpuState.restoreTime(fd, state, tsc, first);
    }

    /** Ticks of its time stamp counter in a millisecond. */
    public long tscKhz() {
        return Ioctl.call(fd, "KVM_GET_TSC_KHZ", KVM_GET_TSC_KHZ, 0);
    }

    /** This vCPU's counters: exits, halts, halt polling and many more, as far as this host's kernel has them. */
    // Like every request to a vCPU it waits in the kernel until no thread runs it, which for an idle guest is forever.
    public KvmStats stats() {
        return KvmStats.of(fd);
    }

    /**
     * Finds the guest-physical address of a linear one by the vCPU's page tables.
     *
     * @return the address, or -1 where nothing is mapped
     */
    public long translate(long linear) {
        ByteBuffer translation = Ioctl.buffer(TRANSLATION_SIZE).putLong(0, linear);
        Ioctl.call(fd, "KVM_TRANSLATE", KVM_TRANSLATE, translation);
        return translation.get(16) == 0 ? -1 : translation.getLong(8);
    }

    @Override
    public synchronized void close() {
        if (closed.compareAndSet(false, true)) {
            mapping.close();
            Fds.close(fd);
        }
    }

    /**
     * The handler of the kick signal is a libc function without effect: a JVM callback would run Java on a thread that the
     * JVM does not expect, and crash it.
     */
    private static final class Handler {
        static {
            Function noop = NativeLibrary.getInstance("c").getFunction("getppid");
            try {
                LibC.signal(KICK_SIGNAL, noop);
            } catch (LastErrorException e) {
                throw LibC.failure("setting the handler of signal " + KICK_SIGNAL, e);
            }
        }

        static void install() {
            // Loading the class has done it.
        }
    }
}
