package dev.ktstr.vm.internal.linux;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.ktstr.vm.VmException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One KVM virtual machine with one vCPU and RAM from address 0: as much as a probe needs.
 *
 * <p>Request numbers and structures: {@code include/uapi/linux/kvm.h} and {@code arch/x86/include/uapi/asm/kvm.h} of the
 * kernel, explained in Documentation/virt/kvm/api.rst.
 */
public final class KvmVcpu implements AutoCloseable {
    /** Size of {@code struct kvm_sregs}. */
    public static final int SREGS_SIZE = 0x138;

    /** Size of {@code struct kvm_regs}. */
    public static final int REGS_SIZE = 0x90;

    private static final long KVM_GET_API_VERSION = 0xae00;
    private static final long KVM_CREATE_VM = 0xae01;
    private static final long KVM_GET_VCPU_MMAP_SIZE = 0xae04;
    private static final long KVM_GET_SUPPORTED_CPUID = 0xc008ae05L;
    private static final long KVM_CREATE_VCPU = 0xae41;
    private static final long KVM_SET_USER_MEMORY_REGION = 0x4020ae46;
    private static final long KVM_RUN = 0xae80;
    private static final long KVM_SET_REGS = 0x4090ae82;
    private static final long KVM_GET_SREGS = 0x8138ae83L;
    private static final long KVM_SET_SREGS = 0x4138ae84;
    private static final long KVM_SET_CPUID2 = 0x4008ae90;

    /** The stable interface has had this number since 2007; the documentation says to refuse any other. */
    private static final int API_VERSION = 12;

    private static final int CPUID_ENTRIES = 256;
    private static final int CPUID_ENTRY_SIZE = 40;
    private static final int IMMEDIATE_EXIT = 1;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final long SYS_GETTID = 186;
    private static final long SYS_TGKILL = 234;

    /** A real-time signal that neither HotSpot nor glibc uses. */
    private static final int KICK_SIGNAL = 61;

    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final int vcpuFd;
    private final ByteBuffer ram;
    private final ByteBuffer run;
    private final ByteBuffer cpuid;
    private volatile long runningTid;

    /**
     * Makes it.
     *
     * @throws VmException naming the step that the host refused
     */
    public KvmVcpu(int ramBytes) {
        try {
            int kvm = own(step("opening /dev/kvm", () -> LibC.open("/dev/kvm", LibC.O_RDWR | LibC.O_CLOEXEC)));
            int version = step("KVM_GET_API_VERSION", () -> LibC.ioctl(kvm, KVM_GET_API_VERSION, 0));
            if (version != API_VERSION) {
                throw new VmException("KVM has API version " + version + ", wanted " + API_VERSION);
            }
            int vm = own(step("KVM_CREATE_VM", () -> LibC.ioctl(kvm, KVM_CREATE_VM, 0)));
            Memfd memfd = Memfd.create("ktstr-kvm-probe", ramBytes);
            owned.push(memfd);
            Mapping mapping = memfd.map();
            owned.push(mapping);
            ram = mapping.view(0, ramBytes);
            ByteBuffer region = direct(32);
            region.putLong(16, ramBytes).putLong(24, Pointer.nativeValue(Native.getDirectBufferPointer(ram)));
            call(vm, "KVM_SET_USER_MEMORY_REGION", KVM_SET_USER_MEMORY_REGION, region);
            vcpuFd = own(step("KVM_CREATE_VCPU", () -> LibC.ioctl(vm, KVM_CREATE_VCPU, 0)));
            cpuid = direct(8 + CPUID_ENTRIES * CPUID_ENTRY_SIZE).putInt(0, CPUID_ENTRIES);
            call(kvm, "KVM_GET_SUPPORTED_CPUID", KVM_GET_SUPPORTED_CPUID, cpuid);
            call(vcpuFd, "KVM_SET_CPUID2", KVM_SET_CPUID2, cpuid);
            int runSize = step("KVM_GET_VCPU_MMAP_SIZE", () -> LibC.ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0));
            Mapping runMapping = Mapping.ofFile(vcpuFd, runSize, "kvm_run");
            owned.push(runMapping);
            run = runMapping.view(0, runSize);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The guest's RAM. Not to be used after {@link #close()}. */
    public ByteBuffer ram() {
        return ram;
    }

    /** The shared page {@code struct kvm_run}. Not to be used after {@link #close()}. */
    public ByteBuffer run() {
        return run;
    }

    /** Whether the guest's CPUID has a bit of EBX in leaf 7, subleaf 0. */
    public boolean hasLeaf7Ebx(int bit) {
        int entries = Math.min(cpuid.getInt(0), CPUID_ENTRIES);
        for (int i = 0; i < entries; i++) {
            int at = 8 + i * CPUID_ENTRY_SIZE;
            if (cpuid.getInt(at) == 7 && cpuid.getInt(at + 4) == 0) {
                return (cpuid.getInt(at + 16) >>> bit & 1) == 1;
            }
        }
        return false;
    }

    /** Reads {@code struct kvm_sregs}. */
    public ByteBuffer sregs() {
        ByteBuffer sregs = direct(SREGS_SIZE);
        call(vcpuFd, "KVM_GET_SREGS", KVM_GET_SREGS, sregs);
        return sregs;
    }

    /** Writes {@code struct kvm_sregs}, a direct buffer as {@link #sregs()} gave it. */
    public void setSregs(ByteBuffer sregs) {
        call(vcpuFd, "KVM_SET_SREGS", KVM_SET_SREGS, sregs);
    }

    /** Sets instruction pointer, stack pointer and flags; all other registers become 0. */
    public void setRegs(long rip, long rsp, long rflags) {
        ByteBuffer regs = direct(REGS_SIZE);
        regs.putLong(6 * 8, rsp).putLong(16 * 8, rip).putLong(17 * 8, rflags);
        call(vcpuFd, "KVM_SET_REGS", KVM_SET_REGS, regs);
    }

    /**
     * Runs the guest until its next exit, on the calling thread.
     *
     * @return false when {@link #kick()} ended it
     */
    public boolean runUntilExit() {
        runningTid = LibC.syscall(SYS_GETTID, 0, 0, 0);
        try {
            LibC.ioctl(vcpuFd, KVM_RUN, 0);
            return true;
        } catch (LastErrorException e) {
            if (e.getErrorCode() == EINTR || e.getErrorCode() == EAGAIN) {
                return false;
            }
            throw LibC.failure("KVM_RUN", e);
        } finally {
            runningTid = 0;
        }
    }

    /**
     * Makes the thread in {@link #runUntilExit()} return. May be called again while it does not.
     *
     * <p>A signal takes it out of the guest; {@code immediate_exit} is set first, for the case that it is not in yet. The
     * handler is a libc function without effect: a JVM callback would run Java on a thread that the VM does not expect.
     */
    public void kick() {
        run.put(IMMEDIATE_EXIT, (byte) 1);
        long tid = runningTid;
        if (tid == 0) {
            return;
        }
        try {
            Function noop = NativeLibrary.getInstance("c").getFunction("getppid");
            LibC.signal(KICK_SIGNAL, noop);
            LibC.syscall(SYS_TGKILL, ProcessHandle.current().pid(), tid, KICK_SIGNAL);
        } catch (LastErrorException e) {
            throw LibC.failure("signalling the vCPU thread", e);
        }
    }

    /** Releases everything. Only when no thread is in {@link #runUntilExit()}. */
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (Exception e) {
                failure = new VmException("releasing the KVM probe failed: " + e.getMessage(), e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private int own(int fd) {
        owned.push(() -> Fds.close(fd));
        return fd;
    }

    private interface Call {
        int run() throws LastErrorException;
    }

    private static int step(String what, Call call) {
        try {
            return call.run();
        } catch (LastErrorException e) {
            throw LibC.failure(what, e);
        }
    }

    private static void call(int fd, String what, long request, ByteBuffer argument) {
        step(what, () -> LibC.ioctl(fd, request, Native.getDirectBufferPointer(argument)));
    }

    private static ByteBuffer direct(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
