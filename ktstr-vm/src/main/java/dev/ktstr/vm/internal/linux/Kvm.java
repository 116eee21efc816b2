package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import dev.ktstr.vm.VmException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The device {@code /dev/kvm}. The owner closes it; machines made by it live on.
 *
 * <p>Request numbers and structures, here and in {@link KvmVm} and {@link KvmCpu}: {@code include/uapi/linux/kvm.h} and
 * {@code arch/x86/include/uapi/asm/kvm.h} of the kernel, explained in Documentation/virt/kvm/api.rst.
 */
public final class Kvm implements AutoCloseable {
    public static final int CAP_IRQCHIP = 0;
    public static final int CAP_USER_MEMORY = 3;
    public static final int CAP_MAX_VCPUS = 66;
    public static final int CAP_TSC_DEADLINE_TIMER = 72;
    public static final int CAP_KVMCLOCK_CTRL = 76;
    public static final int CAP_MAX_VCPU_ID = 128;
    public static final int CAP_X2APIC_API = 129;
    public static final int CAP_IMMEDIATE_EXIT = 136;
    public static final int CAP_BINARY_STATS_FD = 203;
    public static final int CAP_PMU_CAPABILITY = 212;
    public static final int CAP_GUEST_DEBUG_HW_BPS = 119;

    /** Words of one row of {@link #supportedCpuid()}: function, index, flags, EAX, EBX, ECX, EDX. */
    public static final int CPUID_WORDS = 7;

    private static final long KVM_GET_API_VERSION = 0xae00;
    private static final long KVM_CREATE_VM = 0xae01;
    private static final long KVM_GET_MSR_INDEX_LIST = 0xc004ae02L;
    private static final long KVM_CHECK_EXTENSION = 0xae03;
    private static final long KVM_GET_VCPU_MMAP_SIZE = 0xae04;
    private static final long KVM_GET_SUPPORTED_CPUID = 0xc008ae05L;

    /** The stable interface has had this number since 2007; the documentation says to refuse any other. */
    private static final int API_VERSION = 12;

    private static final String DEVICE = "/dev/kvm";
    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EINTR = 4;
    private static final int EACCES = 13;
    private static final int CPUID_ENTRIES = 256;
    private static final int MSR_INDEXES = 2048;
    private static final int CPUID_ENTRY_SIZE = 40;
    private static final int CREATE_ATTEMPTS = 100;

    private final int fd;
    private final int runSize;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Kvm(int fd) {
        this.fd = fd;
        try {
            int version = Ioctl.call(fd, "KVM_GET_API_VERSION", KVM_GET_API_VERSION, 0);
            if (version != API_VERSION) {
                throw new VmException("KVM has API version " + version + ", wanted " + API_VERSION);
            }
            runSize = Ioctl.call(fd, "KVM_GET_VCPU_MMAP_SIZE", KVM_GET_VCPU_MMAP_SIZE, 0);
        } catch (RuntimeException e) {
            Fds.close(fd);
            throw e;
        }
    }

    /**
     * Opens the device.
     *
     * @throws VmException when it is not there or may not be opened
     */
    public static Kvm open() {
        return open(DEVICE);
    }

    static Kvm open(String device) {
        try {
            return new Kvm(LibC.open(device, LibC.O_RDWR | LibC.O_CLOEXEC));
        } catch (LastErrorException e) {
            String cure = switch (e.getErrorCode()) {
                case ENOENT -> "load kvm-intel or kvm-amd, or in a VM have its owner turn nesting on";
                case EPERM, EACCES -> "join the group kvm, or run as root";
                default -> "see the host's kernel log";
            };
            throw new VmException(
                    LibC.failure("opening " + device, e).getMessage() + ". To use KVM, " + cure
                            + "; -Dktstr.backend=qemu does without",
                    e);
        }
    }

    /** What KVM says to {@code KVM_CHECK_EXTENSION}: 0 for what it lacks. */
    public int extension(int capability) {
        return Ioctl.call(fd, "KVM_CHECK_EXTENSION(" + capability + ")", KVM_CHECK_EXTENSION, capability);
    }

    /** The CPUID leaves that a guest can be given here, rows of {@link #CPUID_WORDS} words. */
    public int[][] supportedCpuid() {
        ByteBuffer leaves = Ioctl.buffer(8 + CPUID_ENTRIES * CPUID_ENTRY_SIZE).putInt(0, CPUID_ENTRIES);
        Ioctl.call(fd, "KVM_GET_SUPPORTED_CPUID", KVM_GET_SUPPORTED_CPUID, leaves);
        int count = Math.min(leaves.getInt(0), CPUID_ENTRIES);
        int[][] rows = new int[count][CPUID_WORDS];
        for (int i = 0; i < count; i++) {
            for (int word = 0; word < CPUID_WORDS; word++) {
                rows[i][word] = leaves.getInt(8 + i * CPUID_ENTRY_SIZE + 4 * word);
            }
        }
        return rows;
    }

    /** Indexes of the model-specific registers that KVM wants saved with a vCPU. */
    public int[] msrsToSave() {
        ByteBuffer list = Ioctl.buffer(4 + 4 * MSR_INDEXES).putInt(0, MSR_INDEXES);
        Ioctl.call(fd, "KVM_GET_MSR_INDEX_LIST", KVM_GET_MSR_INDEX_LIST, list);
        int[] indexes = new int[Math.min(list.getInt(0), MSR_INDEXES)];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = list.getInt(4 + 4 * i);
        }
        return indexes;
    }

    /** Makes a machine, empty yet. */
    public KvmVm createVm() {
        for (int attempt = 1; ; attempt++) {
            try {
                return new KvmVm(LibC.ioctl(fd, KVM_CREATE_VM, 0), runSize);
            } catch (LastErrorException e) {
                // A signal to this thread, such as a profiler's, interrupts the creation; it may simply be repeated.
                if (e.getErrorCode() != EINTR || attempt == CREATE_ATTEMPTS) {
                    throw LibC.failure("KVM_CREATE_VM", e);
                }
            }
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Fds.close(fd);
        }
    }
}
