package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import dev.ktstr.vm.VmException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** One KVM machine: memory slots, interrupt controllers, vCPUs. The owner closes it after its vCPUs. */
public final class KvmVm implements AutoCloseable {
    private static final long KVM_CREATE_VCPU = 0xae41;
    private static final long KVM_SET_USER_MEMORY_REGION = 0x4020ae46;
    private static final long KVM_SET_TSS_ADDR = 0xae47;
    private static final long KVM_SET_IDENTITY_MAP_ADDR = 0x4008ae48;
    private static final long KVM_CREATE_IRQCHIP = 0xae60;
    private static final long KVM_IRQ_LINE = 0x4008ae61;
    private static final long KVM_SET_GSI_ROUTING = 0x4008ae6aL;
    private static final long KVM_CREATE_PIT2 = 0x4040ae77;
    private static final long KVM_ENABLE_CAP = 0x4068aea3;

    private static final int PIT_SPEAKER_DUMMY = 1;
    private static final int PIT_CONFIG_SIZE = 64;
    private static final int ENABLE_CAP_SIZE = 104;
    private static final int ROUTING_ENTRY_SIZE = 48;
    private static final int ROUTE_IRQCHIP = 1;
    private static final int PIC_MASTER = 0;
    private static final int PIC_SLAVE = 1;
    private static final int IOAPIC = 2;
    private static final int IOAPIC_PINS = 24;
    private static final int CASCADE = 2;

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
     * Makes PIC, I/O APIC, local APICs and PIT in the kernel, and connects interrupt lines as a PC's: 0 to pin 2 of the
     * I/O APIC, the others to the pin of their number.
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
        routeLikeAPc();
    }

    private void routeLikeAPc() {
        ByteBuffer routing = Ioctl.buffer(8 + 64 * ROUTING_ENTRY_SIZE);
        int n = 0;
        for (int gsi = 0; gsi < 16; gsi++) {
            if (gsi != CASCADE) {
                route(routing, n++, gsi, gsi < 8 ? PIC_MASTER : PIC_SLAVE, gsi % 8);
            }
        }
        for (int gsi = 0; gsi < IOAPIC_PINS; gsi++) {
            if (gsi != CASCADE) {
                route(routing, n++, gsi, IOAPIC, gsi == 0 ? CASCADE : gsi);
            }
        }
        routing.putInt(0, n);
        Ioctl.call(fd, "KVM_SET_GSI_ROUTING", KVM_SET_GSI_ROUTING, routing);
    }

    private static void route(ByteBuffer routing, int n, int gsi, int chip, int pin) {
        int at = 8 + n * ROUTING_ENTRY_SIZE;
        routing.putInt(at, gsi).putInt(at + 4, ROUTE_IRQCHIP).putInt(at + 16, chip).putInt(at + 20, pin);
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
