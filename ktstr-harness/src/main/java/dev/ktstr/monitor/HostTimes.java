package dev.ktstr.monitor;

import dev.ktstr.vm.host.HostTicks;
import dev.ktstr.vm.host.ThreadTimes;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * What the host has given to the vCPUs up to a moment. A value that the host's kernel does not tell is -1.
 *
 * <p>A vCPU's thread tells how long it ran and how long it waited for a CPU of the host ({@link ThreadTimes}). Where the host is
 * a guest itself, its steal time tells what was taken from all of it ({@link HostTicks}).
 */
final class HostTimes {
    private static final long UNKNOWN = -1;

    private final long[] ranNs;
    private final long[] waitedNs;
    private final int[] slot;
    private final long stealTicks;
    private final long allTicks;

    private HostTimes(long[] ranNs, long[] waitedNs, int[] slot, long stealTicks, long allTicks) {
        this.ranNs = ranNs;
        this.waitedNs = waitedNs;
        this.slot = slot;
        this.stealTicks = stealTicks;
        this.allTicks = allTicks;
    }

    /** Reads these times; remembers which vCPUs share a thread. */
    static final class Reader {
        private final Path proc;
        private final long[] threads;
        private final int[] slot;

        /** Of those threads, in the vCPUs' order. */
        Reader(Path proc, List<Long> vcpuThreads) {
            this.proc = proc;
            List<Long> distinct = List.copyOf(new LinkedHashSet<>(vcpuThreads));
            this.threads = distinct.stream().mapToLong(Long::longValue).toArray();
            this.slot = vcpuThreads.stream().mapToInt(distinct::indexOf).toArray();
        }

        /** How many vCPUs take turns on one thread, at most; 1 where each has its own. */
        int turns() {
            return threads.length == 0 ? 1 : (slot.length + threads.length - 1) / threads.length;
        }

        HostTimes read() {
            long[] ran = new long[threads.length];
            long[] waited = new long[threads.length];
            for (int i = 0; i < threads.length; i++) {
                Optional<ThreadTimes> times = ThreadTimes.of(proc, threads[i]);
                ran[i] = times.map(ThreadTimes::ranNs).orElse(UNKNOWN);
                waited[i] = times.map(ThreadTimes::waitedNs).orElse(UNKNOWN);
            }
            Optional<HostTicks> ticks = HostTicks.read(proc);
            return new HostTimes(
                    ran,
                    waited,
                    slot,
                    ticks.map(HostTicks::stolen).orElse(UNKNOWN),
                    ticks.map(HostTicks::all).orElse(UNKNOWN));
        }
    }

    /** Times as a test has them: one thread per vCPU. */
    static HostTimes of(long[] ranNs, long[] waitedNs) {
        int[] slot = new int[ranNs.length];
        for (int i = 0; i < slot.length; i++) {
            slot[i] = i;
        }
        return new HostTimes(ranNs, waitedNs, slot, UNKNOWN, UNKNOWN);
    }

    /** How long the thread of that vCPU waited for a host CPU since {@code before}; 0 where that is not known. */
    long waitedSince(HostTimes before, int vcpu) {
        return vcpu < slot.length ? grown(waitedNs[slot[vcpu]], before.waitedNs[slot[vcpu]]) : 0;
    }

    /** Which part of the time that they could have run the vCPUs waited for the host since {@code before}, 0 to 1. */
    double waitingShareSince(HostTimes before) {
        long ran = 0;
        long waited = 0;
        for (int i = 0; i < ranNs.length; i++) {
            ran += grown(ranNs[i], before.ranNs[i]);
            waited += grown(waitedNs[i], before.waitedNs[i]);
        }
        return ran + waited == 0 ? 0 : (double) waited / (ran + waited);
    }

    /** Which part of the host's own time was stolen from it since {@code before}, 0 to 1; empty where that is not known. */
    Optional<Double> stealShareSince(HostTimes before) {
        long all = grown(allTicks, before.allTicks);
        return stealTicks == UNKNOWN || all == 0
                ? Optional.empty()
                : Optional.of((double) grown(stealTicks, before.stealTicks) / all);
    }

    private static long grown(long now, long before) {
        return now == UNKNOWN || before == UNKNOWN ? 0 : Math.max(0, now - before);
    }
}
