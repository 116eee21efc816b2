package dev.ktstr.vm.kvm;

import dev.ktstr.vm.VmExit;
import dev.ktstr.vm.internal.linux.KvmCpu;
import dev.ktstr.vm.kvm.device.Bus;
import java.nio.ByteBuffer;

/**
 * Answers one vCPU's exits: port and memory accesses go to the buses, ends to the {@link EndSwitch}, breakpoints to
 * {@link Breakpoints}. Runs on the vCPU's thread and makes no garbage for accesses.
 */
final class ExitHandler {
    // struct kvm_run
    private static final int EXIT_REASON = 8;
    private static final int IO_DIRECTION = 32;
    private static final int IO_SIZE = 33;
    private static final int IO_PORT = 34;
    private static final int IO_COUNT = 36;
    private static final int IO_DATA_OFFSET = 40;
    private static final int MMIO_ADDRESS = 32;
    private static final int MMIO_DATA = 40;
    private static final int MMIO_LENGTH = 48;
    private static final int MMIO_IS_WRITE = 52;
    private static final int SYSTEM_EVENT_TYPE = 32;

    private static final int EXIT_IO = 2;
    private static final int EXIT_DEBUG = 4;
    private static final int EXIT_HLT = 5;
    private static final int EXIT_MMIO = 6;
    private static final int EXIT_IRQ_WINDOW_OPEN = 7;
    private static final int EXIT_SHUTDOWN = 8;
    private static final int EXIT_INTR = 10;
    private static final int EXIT_SYSTEM_EVENT = 24;

    private static final int IO_OUT = 1;
    private static final int SYSTEM_EVENT_SHUTDOWN = 1;
    private static final int SYSTEM_EVENT_RESET = 2;
    private static final int SYSTEM_EVENT_CRASH = 3;

    private final int number;
    private final Bus ports;
    private final Bus memory;
    private final EndSwitch end;
    private final Breakpoints breakpoints;
    private final ExitReport report;
    private boolean accessPending;
    private volatile long count;

    ExitHandler(int number, Bus ports, Bus memory, EndSwitch end, Breakpoints breakpoints, ExitReport report) {
        this.number = number;
        this.ports = ports;
        this.memory = memory;
        this.end = end;
        this.breakpoints = breakpoints;
        this.report = report;
    }

    /** Exits handled. */
    long count() {
        return count;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer, the vCPU's thread
    void handle(KvmCpu cpu) {
        count++;
        ByteBuffer run = cpu.run();
        int reason = run.getInt(EXIT_REASON);
        switch (reason) {
            case EXIT_IO -> port(run);
            case EXIT_MMIO -> mmio(run);
            case EXIT_INTR, EXIT_IRQ_WINDOW_OPEN -> {
                // Nothing to do: the next run goes on.
            }
            case EXIT_DEBUG -> breakpoints.hit(number, cpu);
            case EXIT_SHUTDOWN -> end.reset(report.ofTripleFault(number, cpu));
            case EXIT_SYSTEM_EVENT -> systemEvent(run, cpu);
            case EXIT_HLT ->
                end.end(VmExit.Kind.BACKEND_ERROR, report.of(number, cpu, "a halt that KVM should handle"));
            default -> end.end(VmExit.Kind.BACKEND_ERROR, report.of(number, cpu, ""));
        }
    }

    /** Finishes an access that was answered but not yet taken by the guest. */
    void completeAccess(KvmCpu cpu) {
        // One instruction may need several accesses: a string, or one across two pages.
        while (accessPending) {
            accessPending = false;
            if (cpu.completeAccess()) {
                handle(cpu);
            }
        }
    }

    private void port(ByteBuffer run) {
        accessPending = true;
        int port = run.getShort(IO_PORT) & 0xffff;
        int size = run.get(IO_SIZE);
        int items = run.getInt(IO_COUNT);
        long data = run.getLong(IO_DATA_OFFSET);
        if (size < 1 || size > 4 || data < 0 || items < 0 || data + (long) items * size > run.capacity()) {
            throw new IllegalStateException(
                    "KVM reports a port access of " + items + " x " + size + " bytes at " + data);
        }
        int at = (int) data;
        boolean out = run.get(IO_DIRECTION) == IO_OUT;
        for (int i = 0; i < items; i++, at += size) {
            if (out) {
                ports.write(port, size, load(run, at, size));
            } else {
                store(run, at, size, ports.read(port, size));
            }
        }
    }

    private void mmio(ByteBuffer run) {
        accessPending = true;
        long address = run.getLong(MMIO_ADDRESS);
        int size = Math.min(run.getInt(MMIO_LENGTH), 8);
        if (run.get(MMIO_IS_WRITE) != 0) {
            memory.write(address, size, load(run, MMIO_DATA, size));
        } else {
            store(run, MMIO_DATA, size, memory.read(address, size));
        }
    }

    private static long load(ByteBuffer run, int at, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (run.get(at + i) & 0xffL) << (8 * i);
        }
        return value;
    }

    private static void store(ByteBuffer run, int at, int size, long value) {
        for (int i = 0; i < size; i++) {
            run.put(at + i, (byte) (value >>> (8 * i)));
        }
    }

    private void systemEvent(ByteBuffer run, KvmCpu cpu) {
        switch (run.getInt(SYSTEM_EVENT_TYPE)) {
            case SYSTEM_EVENT_SHUTDOWN -> end.powerOff();
            case SYSTEM_EVENT_RESET -> end.reset("KVM system event");
            case SYSTEM_EVENT_CRASH -> end.end(VmExit.Kind.PANIC, "the guest reported a crash to KVM");
            default -> end.end(VmExit.Kind.BACKEND_ERROR, report.of(number, cpu, "an unknown system event"));
        }
    }
}
