package dev.ktstr.it.bench;

import dev.ktstr.vm.GuestMemory;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A guest's memory as if it had more CPUs than it has: behind its RAM the per-CPU areas are shown again, and the kernel's tables lead
 * there, so that reading them costs what it would in so large a machine.
 */
final class WideMemory implements GuestMemory {
    /** More than a per-CPU area of the first chunk is long. */
    private static final long UNIT = 2 << 20;

    private final GuestMemory memory;
    private final int real;
    private final int cpus;
    private final long end;
    private final long[] areas;
    private final long offsets;
    private final long mask;
    private final long ids;
    private final long cpuField;
    private final long directMap;
    private final long start;

    /** Of a guest whose RAM is one run from 0 and that stands still. */
    WideMemory(GuestMemory memory, KernelStructs structs, int cpus) {
        KernelMemory kernel = structs.memory();
        this.memory = memory;
        this.real = kernel.possibleCpus().length;
        this.cpus = cpus;
        this.end = (memory.size() + UNIT - 1) / UNIT * UNIT;
        this.start = kernel.symbol("__per_cpu_start");
        this.directMap = kernel.directMap();
        this.areas = new long[real];
        for (int cpu = 0; cpu < real; cpu++) {
            areas[cpu] = kernel.translate(kernel.perCpu(start, cpu));
        }
        this.offsets = kernel.translate(kernel.symbol("__per_cpu_offset"));
        this.mask = kernel.translate(kernel.symbol("__cpu_possible_mask"));
        this.ids = kernel.translate(kernel.symbol("nr_cpu_ids"));
        this.cpuField =
                kernel.symbol("runqueues") - start + structs.field("rq", "cpu").offset();
    }

    private boolean isBehind(long gpa) {
        return gpa >= end;
    }

    private int cpu(long gpa) {
        return real + (int) ((gpa - end) / UNIT);
    }

    private long real(long gpa) {
        return isBehind(gpa) ? areas[cpu(gpa) % real] + (gpa - end) % UNIT : gpa;
    }

    @Override
    public boolean contains(long gpa, long length) {
        return gpa >= 0 && length >= 0 && gpa + length <= size();
    }

    @Override
    public long size() {
        return end + (cpus - real) * UNIT;
    }

    @Override
    public void read(long gpa, byte[] target, int offset, int length) {
        memory.read(real(gpa), target, offset, length);
        if (gpa <= mask && mask < gpa + length) {
            ByteBuffer.wrap(target, offset, length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong((int) (mask - gpa), -1);
        }
    }

    @Override
    public int getIntAcquire(long gpa) {
        if (gpa == ids) {
            return cpus;
        }
        return isBehind(gpa) && (gpa - end) % UNIT == cpuField ? cpu(gpa) : memory.getIntAcquire(real(gpa));
    }

    @Override
    public long getLongAcquire(long gpa) {
        if (gpa >= mask && gpa < mask + cpus / Byte.SIZE) {
            return -1;
        }
        long cpu = (gpa - offsets) / Long.BYTES;
        return cpu >= real && cpu < cpus
                ? directMap + end + (cpu - real) * UNIT - start
                : memory.getLongAcquire(real(gpa));
    }

    @Override
    public void write(long gpa, byte[] source, int offset, int length) {
        throw new UnsupportedOperationException("it is read only");
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        throw new UnsupportedOperationException("it is read only");
    }

    @Override
    public void putLongRelease(long gpa, long value) {
        throw new UnsupportedOperationException("it is read only");
    }
}
