package dev.ktstr.vm.kvm;

import dev.ktstr.vm.MachineLayout;
import dev.ktstr.vm.internal.linux.KvmVm;
import dev.ktstr.vm.kvm.device.Bus;
import dev.ktstr.vm.kvm.device.ByteQueue;
import dev.ktstr.vm.kvm.device.DebugPort;
import dev.ktstr.vm.kvm.device.Device;
import dev.ktstr.vm.kvm.device.I8042;
import dev.ktstr.vm.kvm.device.InterruptLine;
import dev.ktstr.vm.kvm.device.PciHole;
import dev.ktstr.vm.kvm.device.PowerManagement;
import dev.ktstr.vm.kvm.device.PowerSwitch;
import dev.ktstr.vm.kvm.device.Rtc;
import dev.ktstr.vm.kvm.device.Uart16550;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** The machine's devices, each at its place on the buses, with its interrupt line. */
final class Hardware {
    private static final int IRQ_KEYBOARD = 1;
    private static final int IRQ_COM2 = 3;
    private static final int IRQ_COM1 = 4;

    /** A quarter of a second of a console that prints 1 MB/s. */
    private static final int CONSOLE_QUEUE = 256 << 10;

    private static final int CONTROL_QUEUE = 64 << 10;

    final Bus ports = Bus.ports();
    final Bus memory = Bus.memory();
    private final Map<String, Device> devices = new LinkedHashMap<>();

    final ByteQueue consoleOut = new ByteQueue(CONSOLE_QUEUE);
    final ByteQueue consoleIn = new ByteQueue(1);
    final ByteQueue controlOut = new ByteQueue(CONTROL_QUEUE);
    final ByteQueue controlIn = new ByteQueue(CONTROL_QUEUE);

    Hardware(KvmVm vm, PowerSwitch power, Runnable doorbell) {
        this(gsi -> line(vm, gsi), power, doorbell);
    }

    Hardware(IntFunction<InterruptLine> lines, PowerSwitch power, Runnable doorbell) {
        Uart16550 com1 = new Uart16550(lines.apply(IRQ_COM1), consoleOut, consoleIn);
        Uart16550 com2 = new Uart16550(lines.apply(IRQ_COM2), controlOut, controlIn);
        add("COM1", MachineLayout.COM1_PORT, Uart16550.SIZE, com1);
        add("COM2", MachineLayout.COM2_PORT, Uart16550.SIZE, com2);
        add("DOORBELL", MachineLayout.DOORBELL_PORT, DebugPort.SIZE, new DebugPort(doorbell));
        add("KEYBOARD", I8042.PORT, I8042.SIZE, new I8042(lines.apply(IRQ_KEYBOARD), power));
        add("RTC", Rtc.PORT, Rtc.SIZE, new Rtc(Instant::now));
        add("PCI", PciHole.PORT, PciHole.SIZE, new PciHole(power));
        add("PM", PowerManagement.PORT, PowerManagement.SIZE, new PowerManagement(power));
    }

    private void add(String name, int port, int size, Device device) {
        ports.add(port, size, device);
        devices.put(name, device);
    }

    /** The state of every device, by name. */
    Map<String, byte[]> state() {
        Map<String, byte[]> state = new LinkedHashMap<>();
        devices.forEach((name, device) -> state.put(name, device.state()));
        return state;
    }

    /**
     * Puts back what {@link #state()} gave; sets interrupt lines.
     *
     * @throws IOException when a device's state is missing or none of its
     */
    void restore(Map<String, byte[]> state) throws IOException {
        for (Map.Entry<String, Device> device : devices.entrySet()) {
            try {
                device.getValue().restore(KvmState.part(state, device.getKey()));
            } catch (IllegalArgumentException e) {
                throw new IOException("its part '" + device.getKey() + "': " + e.getMessage(), e);
            }
        }
    }

    private static InterruptLine line(KvmVm vm, int gsi) {
        return level -> vm.setInterruptLine(gsi, level);
    }
}
