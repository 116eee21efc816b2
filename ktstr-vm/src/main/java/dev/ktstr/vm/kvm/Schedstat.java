package dev.ktstr.vm.kvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A thread's {@code schedstat} (Documentation/scheduler/sched-stats.rst): time on a CPU and time waiting for one. */
final class Schedstat {
    private Schedstat() {}

    /** Nanoseconds on a CPU and nanoseconds waiting; empty when the thread is gone or the kernel does not say. */
    static Optional<long[]> read(long tid) {
        try {
            String[] words = Files.readString(Path.of("/proc/self/task/" + tid + "/schedstat"))
                    .strip()
                    .split(" ", -1);
            return words.length < 2
                    ? Optional.empty()
                    : Optional.of(new long[] {Long.parseLong(words[0]), Long.parseLong(words[1])});
        } catch (IOException | NumberFormatException e) {
            return Optional.empty(); // a kernel without CONFIG_SCHED_INFO has no such file, and says nothing
        }
    }
}
