package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import dev.ktstr.vm.VmException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that KVM keeps of a vCPU, in parts by name, each the structure of the kernel's interface. Two of them are time's and put
 * back last, when the guest is about to run: the local APIC with its timer, and the model-specific registers that count
 * ({@link #TIME_MSRS}).
 *
 * <p>Order as QEMU's {@code kvm_arch_put_registers}: the special registers have the APIC's mode and so come before it, the
 * events come after everything that may raise one.
 */
public final class CpuState {
    /** IA32_TSC. */
    public static final int MSR_TSC = 0x10;

    /** IA32_TSC_DEADLINE. */
    public static final int MSR_TSC_DEADLINE = 0x6e0;

    /** Put back by {@link #restoreTime}, not with the others. */
    private static final java.util.Set<Integer> TIME_MSRS = java.util.Set.of(MSR_TSC, MSR_TSC_DEADLINE);

    /**
     * KVM takes a time stamp within a second of what the machine's counter shows for an attempt to make the CPUs equal, and
     * gives them what it shows already ({@code kvm_synchronize_tsc}). That is what is wanted from the second vCPU on; for the
     * first, one that is far away comes before.
     */
    private static final long FAR = 1L << 50;

    /** {@code _IOR(KVMIO, nr, size)} and {@code _IOW}. */
    private static final long READ = 0x80000000L;

    private static final long WRITE = 0x40000000L;
    private static final long KVMIO = 0xae00;

    /**
     * A structure that is got and set as a whole.
     *
     * @param name of the part
     * @param get number of the request that reads it
     * @param set number of the request that writes it
     * @param size bytes, below 16384
     */
    private record Structure(String name, int get, int set, int size) {}

    private static final Structure LAPIC = new Structure("LAPIC", 0x8e, 0x8f, 0x400);

    /** In the order of putting back. A larger XSAVE area exists only for features that a process must ask for (AMX). */
    private static final Structure[] STRUCTURES = {
        new Structure("SREGS", 0x83, 0x84, KvmCpu.SREGS_SIZE),
        new Structure("REGS", 0x81, 0x82, KvmCpu.REGS_SIZE),
        new Structure("XCRS", 0xa6, 0xa7, 0x188),
        new Structure("XSAVE", 0xa4, 0xa5, 0x1000),
        new Structure("DEBUGREGS", 0xa1, 0xa2, KvmCpu.DEBUGREGS_SIZE),
        new Structure("MP_STATE", 0x98, 0x99, 4),
        new Structure("VCPU_EVENTS", 0x9f, 0xa0, 0x40),
    };

    /**
     * Set where the host's CPU is QEMU's emulation of SVM. KVM reports a loaded task state segment as busy, whatever AMD's
     * processors keep ({@code svm_get_segment}); QEMU, given it back like that, denies the guest's programs every port
     * ({@code helper_check_io} wants an available one). Processors do not mind.
     */
    private static final boolean AVAILABLE_TSS = Boolean.getBoolean("dev.ktstr.vm.kvm.qemuSvm");

    /** {@code tr.type} in {@code struct kvm_sregs}: the seventh segment of 24 bytes each. */
    private static final int TR_TYPE_AT = 6 * 24 + 14;

    private static final int TSS_BUSY = 2;

    private static final String MSRS = "MSRS";
    private static final long KVM_GET_MSRS = 0xc008ae88L;
    private static final long KVM_SET_MSRS = 0x4008ae89;
    private static final int MSR_ENTRY = 16;
    private static final int EINVAL = 22;

    private CpuState() {}

    /**
     * Reads all parts. On the thread that runs the vCPU.
     *
     * @param msrs those that this host's KVM wants saved
     */
    static Map<String, byte[]> save(int fd, int[] msrs) {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        // First: reading it lets KVM finish what is under way at the APIC.
        for (Structure s : STRUCTURES) {
            get(fd, s).ifPresent(bytes -> parts.put(s.name, bytes));
        }
        get(fd, LAPIC).ifPresent(bytes -> parts.put(LAPIC.name, bytes));
        parts.put(MSRS, saveMsrs(fd, msrs));
        return parts;
    }

    /** Empty where the host's CPU has no such thing: XCRs, for one. */
    private static java.util.Optional<byte[]> get(int fd, Structure s) {
        ByteBuffer buffer = Ioctl.buffer(s.size);
        try {
            LibC.ioctl(fd, request(READ, s.get, s.size), Ioctl.address(buffer));
        } catch (LastErrorException e) {
            if (e.getErrorCode() == EINVAL && s.name.equals("XCRS")) {
                return java.util.Optional.empty();
            }
            throw LibC.failure("KVM_GET_" + s.name, e);
        }
        return java.util.Optional.of(bytes(buffer));
    }

    private static long request(long direction, int number, int size) {
        return direction | (long) size << 16 | KVMIO | number;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }

    /** Pairs of index and value, of all that can be read: KVM lists more than each CPU has. */
    private static byte[] saveMsrs(int fd, int[] msrs) {
        ByteBuffer pairs = ByteBuffer.allocate(msrs.length * 12).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        ByteBuffer one = Ioctl.buffer(8 + MSR_ENTRY);
        for (int index : msrs) {
            one.putInt(0, 1).putInt(8, index);
            if (Ioctl.call(fd, "KVM_GET_MSRS", KVM_GET_MSRS, one) == 1) {
                pairs.putInt(index).putLong(one.getLong(16));
            }
        }
        return Arrays.copyOf(pairs.array(), pairs.position());
    }

    /**
     * Puts all back but what has to do with time.
     *
     * @throws VmException when KVM refuses a part, or one is not there or has another size
     */
    static void restore(int fd, Map<String, byte[]> parts) {
        checked(LAPIC, parts); // before anything runs, not when it is set
        for (Structure s : STRUCTURES) {
            // MSRs before events, as one of them may be a pending fault's.
            if (s.name.equals("MP_STATE")) {
                msrs(parts).forEach((index, value) -> {
                    if (!TIME_MSRS.contains(index)) {
                        setMsr(fd, index, value);
                    }
                });
            }
            if (!s.name.equals("XCRS") || parts.containsKey(s.name)) {
                set(fd, s, parts);
            }
        }
    }

    /**
     * Puts back what counts, as if no time had passed: to be called when the guest is about to run, for one vCPU after the
     * other.
     *
     * @param tsc the time stamp that the guest is to see; the same for all vCPUs
     * @param first whether it is the machine's first vCPU
     */
    static void restoreTime(int fd, Map<String, byte[]> parts, long tsc, boolean first) {
        if (first) {
            setMsr(fd, MSR_TSC, tsc + FAR);
        }
        setMsr(fd, MSR_TSC, tsc);
        set(fd, LAPIC, parts);
        Long deadline = msrs(parts).get(MSR_TSC_DEADLINE);
        if (deadline != null) {
            setMsr(fd, MSR_TSC_DEADLINE, deadline);
        }
    }

    /** The time stamp counter of a saved vCPU. */
    public static long tsc(Map<String, byte[]> parts) {
        Long tsc = msrs(parts).get(MSR_TSC);
        if (tsc == null) {
            throw new VmException("the saved vCPU has no time stamp counter");
        }
        return tsc;
    }

    private static Map<Integer, Long> msrs(Map<String, byte[]> parts) {
        ByteBuffer pairs = ByteBuffer.wrap(part(parts, MSRS)).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        if (pairs.capacity() % 12 != 0) {
            throw new VmException("the saved vCPU's MSRs have " + pairs.capacity() + " bytes, which are no pairs");
        }
        Map<Integer, Long> values = new LinkedHashMap<>();
        while (pairs.hasRemaining()) {
            values.put(pairs.getInt(), pairs.getLong());
        }
        return values;
    }

    /** Some can be read only; that is as good, as long as they say the same here. */
    private static void setMsr(int fd, int index, long value) {
        ByteBuffer one =
                Ioctl.buffer(8 + MSR_ENTRY).putInt(0, 1).putInt(8, index).putLong(16, value);
        if (Ioctl.call(fd, "KVM_SET_MSRS", KVM_SET_MSRS, one) == 1) {
            return;
        }
        one.putInt(0, 1).putInt(8, index).putLong(16, 0);
        boolean there = Ioctl.call(fd, "KVM_GET_MSRS", KVM_GET_MSRS, one) == 1;
        if (!there || one.getLong(16) != value) {
            throw new VmException("this host's KVM does not take 0x" + Long.toHexString(value) + " for MSR 0x"
                    + Integer.toHexString(index) + (there ? ", it has 0x" + Long.toHexString(one.getLong(16)) : ""));
        }
    }

    private static void set(int fd, Structure s, Map<String, byte[]> parts) {
        ByteBuffer buffer = Ioctl.buffer(s.size).put(0, checked(s, parts));
        if (AVAILABLE_TSS && s.name.equals("SREGS")) {
            buffer.put(TR_TYPE_AT, (byte) (buffer.get(TR_TYPE_AT) & ~TSS_BUSY));
        }
        Ioctl.call(fd, "KVM_SET_" + s.name, request(WRITE, s.set, s.size), buffer);
    }

    private static byte[] checked(Structure s, Map<String, byte[]> parts) {
        byte[] saved = part(parts, s.name);
        if (saved.length != s.size) {
            throw new VmException("the saved vCPU's " + s.name + " has " + saved.length + " bytes, wanted " + s.size);
        }
        return saved;
    }

    private static byte[] part(Map<String, byte[]> parts, String name) {
        byte[] bytes = parts.get(name);
        if (bytes == null) {
            throw new VmException("the saved vCPU has no part " + name);
        }
        return bytes;
    }
}
