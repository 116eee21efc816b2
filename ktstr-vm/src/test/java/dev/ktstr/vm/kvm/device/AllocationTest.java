package dev.ktstr.vm.kvm.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.ktstr.vm.MachineLayout;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** The exit path makes no garbage: a collection would stop all vCPU threads at once. */
class AllocationTest {
    private static final int ACCESSES = 100_000;

    /** What the measurement itself may cost. */
    private static final long NOISE_BYTES = 4096;

    private final Bus bus = Bus.ports();

    private void accesses() {
        for (int i = 0; i < ACCESSES; i++) {
            bus.write(MachineLayout.COM1_PORT, 1, i);
            bus.read(MachineLayout.COM1_PORT + 5, 1);
            bus.write(MachineLayout.DOORBELL_PORT, 1, i);
            bus.read(0x80, 4);
            bus.read(PciHole.PORT, 4);
        }
    }

    @Test
    void accessesAllocateNothing() {
        ByteQueue output = new ByteQueue(8 * ACCESSES);
        Recorder power = new Recorder();
        bus.add(MachineLayout.COM1_PORT, Uart16550.SIZE, new Uart16550(InterruptLine.NONE, output, new ByteQueue(16)));
        bus.add(MachineLayout.DOORBELL_PORT, DebugPort.SIZE, new DebugPort(() -> {}));
        bus.add(PciHole.PORT, PciHole.SIZE, new PciHole(power));
        accesses();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        accesses();
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(NOISE_BYTES);
        assertThat(output.size()).isEqualTo(2 * ACCESSES);
    }
}
