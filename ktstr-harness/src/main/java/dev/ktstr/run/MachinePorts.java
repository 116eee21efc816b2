package dev.ktstr.run;

import dev.ktstr.guest.GuestPorts;
import dev.ktstr.vm.Doorbell;
import dev.ktstr.vm.GuestMemory;
import dev.ktstr.vm.MachineLayout;
import dev.ktstr.vm.VirtualMachine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/** Shows a virtual machine to the agent's session as the ports it needs. */
public final class MachinePorts implements GuestPorts {
    private final VirtualMachine machine;
    private final SharedWindow window;

    /** The ports of a machine, which stays the caller's. */
    public MachinePorts(VirtualMachine machine) {
        this.machine = machine;
        this.window = new Window(machine.memory(), MachineLayout.SHM_BASE, MachineLayout.SHM_SIZE);
    }

    /** What the agent reads on the kernel command line to find the window. */
    public static String kernelArgument() {
        return "ktstr.shm=0x" + Long.toHexString(MachineLayout.SHM_BASE) + ",0x"
                + Long.toHexString(MachineLayout.SHM_SIZE);
    }

    @Override
    public int read(ByteBuffer target, Duration timeout) throws IOException {
        return machine.control().read(target, timeout);
    }

    @Override
    public void write(ByteBuffer source, Duration timeout) throws IOException {
        machine.control().write(source, timeout);
    }

    @Override
    public SharedWindow window() {
        return window;
    }

    @Override
    public boolean awaitDoorbell(Duration timeout) throws InterruptedException {
        return machine.doorbell().await(timeout) == Doorbell.Signal.RUNG;
    }

    @Override
    public boolean ended() {
        return machine.exit().isPresent();
    }

    /** A part of guest RAM; an access outside throws before the RAM's own, wider bounds are asked. */
    private record Window(GuestMemory memory, long base, long size) implements SharedWindow {
        @Override
        public void read(long offset, byte[] target, int at, int length) {
            memory.read(
                    base + Objects.checkFromIndexSize(offset, /* size= */ length, /* length= */ size),
                    target,
                    at,
                    length);
        }

        @Override
        public void write(long offset, byte[] source, int at, int length) {
            memory.write(
                    base + Objects.checkFromIndexSize(offset, /* size= */ length, /* length= */ size),
                    source,
                    at,
                    length);
        }

        @Override
        public int getIntAcquire(long offset) {
            return memory.getIntAcquire(base + Objects.checkFromIndexSize(offset, Integer.BYTES, size));
        }

        @Override
        public void putIntRelease(long offset, int value) {
            memory.putIntRelease(base + Objects.checkFromIndexSize(offset, Integer.BYTES, size), value);
        }

        @Override
        public long getLongAcquire(long offset) {
            return memory.getLongAcquire(base + Objects.checkFromIndexSize(offset, Long.BYTES, size));
        }

        @Override
        public void putLongRelease(long offset, long value) {
            memory.putLongRelease(base + Objects.checkFromIndexSize(offset, Long.BYTES, size), value);
        }
    }
}
