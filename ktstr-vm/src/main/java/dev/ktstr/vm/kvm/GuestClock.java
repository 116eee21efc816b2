package dev.ktstr.vm.kvm;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.CpuState;
import dev.ktstr.vm.internal.linux.KvmCpu;
import dev.ktstr.vm.internal.linux.KvmVm;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * The two clocks that a guest sees, at one moment: the time stamp counter and KVM's paravirtual clock. A guest that is saved
 * and goes on must find them as far apart as they were, for its kernel compares them, and takes a counter that has drifted for
 * broken. KVM has no request that sets both, so each is tried until it was quick enough.
 *
 * @param tsc what the counter of every vCPU shows
 * @param ns what the paravirtual clock shows
 */
record GuestClock(long tsc, long ns) {
    /** Below what Linux' clock source watchdog tolerates (WATCHDOG_MAX_SKEW, kernel/time/clocksource.c: 125 us). */
    private static final long GOOD_NS = 20_000;

    private static final int TRIES = 32;

    /** Reads both. On the thread of {@code cpu}. */
    static GuestClock read(KvmVm vm, KvmCpu cpu) {
        long khz = cpu.tscKhz();
        GuestClock best = null;
        long closest = Long.MAX_VALUE;
        for (int i = 0; i < TRIES && toNs(closest, khz) > GOOD_NS; i++) {
            long before = cpu.msr(CpuState.MSR_TSC);
            long ns = vm.clock();
            long apart = cpu.msr(CpuState.MSR_TSC) - before;
            if (best == null || apart < closest) {
                best = new GuestClock(before + apart / 2, ns);
                closest = apart;
            }
        }
        if (best == null) {
            throw new IllegalStateException("no try was made");
        }
        return best;
    }

    /**
     * Lets the paravirtual clock go on where the counter says, which has been set before. On the thread of {@code cpu}.
     *
     * @param parts of the machine, for its other timer
     */
    void goOn(KvmVm vm, KvmCpu cpu, Map<String, byte[]> parts) {
        long khz = cpu.tscKhz();
        long took = 0;
        for (int i = 0; i < TRIES; i++) {
            long before = cpu.msr(CpuState.MSR_TSC);
            vm.restoreTime(parts, ns + toNs(before + took / 2 - tsc, khz));
            long now = cpu.msr(CpuState.MSR_TSC) - before;
            boolean good = toNs(Math.abs(now - took), khz) < GOOD_NS;
            took = now;
            if (good) {
                return;
            }
        }
    }

    private static long toNs(long ticks, long khz) {
        return ticks == Long.MAX_VALUE ? ticks : (long) (ticks * 1e6 / khz);
    }

    byte[] encode() {
        return ByteBuffer.allocate(16).putLong(tsc).putLong(ns).array();
    }

    static GuestClock decode(byte[] bytes) {
        if (bytes.length != 16) {
            throw new VmException("the saved guest's clock has " + bytes.length + " bytes, wanted 16");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new GuestClock(in.getLong(), in.getLong());
    }
}
