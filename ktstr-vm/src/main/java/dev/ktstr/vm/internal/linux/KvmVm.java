package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import dev.ktstr.vm.VmException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** One KVM machine: memory slots, interrupt controllers, vCPUs. The owner closes it after its vCPUs. */
public final class KvmVm implements AutoCloseable {
    private static final long KVM_CREATE_VCPU = 0xae41;
    private static final long KVM_SET_USER_MEMORY_REGION = 0x4020ae46;
    private static final long KVM_SET_TSS_ADDR = 0xae47;
    private static final long KVM_SET_IDENTITY_MAP_ADDR = 0x4008ae48;
    private static final long KVM_CREATE_IRQCHIP = 0xae60;
    private static final long KVM_IRQ_LINE = 0x4008ae61;
    private static final long KVM_CREATE_PIT2 = 0x4040ae77;
    private static final long KVM_ENABLE_CAP = 0x4068aea3;

    private static final int PIT_SPEAKER_DUMMY = 1;
    private static final int PIT_CONFIG_SIZE = 64;
    private static final int ENABLE_CAP_SIZE = 104;

    private final int fd;
    private final int runSize;
    private final ByteBuffer irqLevel = Ioctl.buffer(8);
    private final long irqLevelAddress = Ioctl.address(irqLevel);
    private final AtomicBoolean closed = new AtomicBoolean();

    KvmVm(int fd, int runSize) {
        this.fd = fd;
        this.runSize = runSize;
    }

    /**
     * Gives the guest a part of a mapping as RAM. The mapping must outlive this machine.
     *
     * @param slot a number of its own for each range
     * @param gpa guest-physical address
     * @param offset into the mapping
     * @param length bytes, a multiple of the page size
     */
    public void setMemory(int slot, long gpa, Mapping mapping, long offset, long length) {
        ByteBuffer region = Ioctl.buffer(32);
        region.putInt(0, slot).putLong(8, gpa).putLong(16, length).putLong(24, mapping.address(offset, length));
        Ioctl.call(
                fd,
                "KVM_SET_USER_MEMORY_REGION of " + (length >> 20) + " MiB at 0x" + Long.toHexString(gpa),
                KVM_SET_USER_MEMORY_REGION,
                region);
    }

    /**
     * Makes PIC, I/O APIC, local APICs and PIT in the kernel. Interrupt lines go to the PIC and to the pin of
     * the I/O APIC of their number ({@code kvm_setup_default_irq_routing} of the kernel).
     *
     * @param tssAddress three pages that Intel hosts need for real mode, outside RAM and devices
     * @param identityMapAddress one more page for the same
     */
    public void createInterruptControllers(long tssAddress, long identityMapAddress) {
        Ioctl.call(fd, "KVM_SET_TSS_ADDR", KVM_SET_TSS_ADDR, tssAddress);
        Ioctl.call(
                fd,
                "KVM_SET_IDENTITY_MAP_ADDR",
                KVM_SET_IDENTITY_MAP_ADDR,
                Ioctl.buffer(8).putLong(0, identityMapAddress));
        Ioctl.call(fd, "KVM_CREATE_IRQCHIP", KVM_CREATE_IRQCHIP, 0);
        Ioctl.call(
                fd,
                "KVM_CREATE_PIT2",
                KVM_CREATE_PIT2,
                Ioctl.buffer(PIT_CONFIG_SIZE).putInt(0, PIT_SPEAKER_DUMMY));
    }

    /** Sets the level of an interrupt line. Makes no garbage. */
    public void setInterruptLine(int gsi, boolean level) {
        synchronized (irqLevel) {
            irqLevel.putInt(0, gsi).putInt(4, level ? 1 : 0);
            try {
                LibC.ioctl(fd, KVM_IRQ_LINE, irqLevelAddress);
            } catch (LastErrorException e) {
                throw LibC.failure("KVM_IRQ_LINE of line " + gsi, e);
            }
        }
    }

    /** Switches on a capability that has to be. */
    public void enable(int capability, long argument) {
        ByteBuffer cap = Ioctl.buffer(ENABLE_CAP_SIZE).putInt(0, capability).putLong(8, argument);
        Ioctl.call(fd, "KVM_ENABLE_CAP(" + capability + ")", KVM_ENABLE_CAP, cap);
    }

    /** Makes a vCPU. The caller closes it before this machine. */
    public KvmCpu createCpu(int id) {
        int cpu;
        try {
            cpu = LibC.ioctl(fd, KVM_CREATE_VCPU, id);
        } catch (LastErrorException e) {
            throw LibC.failure("KVM_CREATE_VCPU of id " + id, e);
        }
        try {
            return new KvmCpu(cpu, Mapping.ofFile(cpu, runSize, "kvm_run"));
        } catch (VmException e) {
            Fds.close(cpu);
            throw e;
        }
    }

    /** PIC, I/O APIC and PIT as parts by name. No vCPU may run. */
    public Map<String, byte[]> state() {
        return ChipState.save(fd);
    }

    /**
     * Puts back what {@link #state()} gave, but for the PIT.
     *
     * @throws VmException when a part is missing, has another size, or KVM refuses it
     */
    public void restore(Map<String, byte[]> state) {
        ChipState.restoreChips(fd, state);
    }

    /** Puts the PIT back, which counts from then on, and lets the paravirtual clock go on from a time in nanoseconds. */
    public void restoreTime(Map<String, byte[]> state, long clockNs) {
        ChipState.restoreTimer(fd, state);
        ChipState.setClock(fd, clockNs);
    }

    /** The paravirtual clock in nanoseconds. */
    public long clock() {
        return ChipState.clock(fd);
    }

    /** The machine's own counters, such as TLB flushes. */
    public KvmStats stats() {
        return KvmStats.of(fd);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Fds.close(fd);
        }
    }
}
