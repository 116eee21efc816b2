package dev.ktstr.vm.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a thread of the host got, as its {@code schedstat} tells (Documentation/scheduler/sched-stats.rst).
 *
 * @param ranNs nanoseconds on a CPU
 * @param waitedNs nanoseconds ready to run, without a CPU
 * @param slices how often it was put on a CPU
 */
public record ThreadTimes(long ranNs, long waitedNs, long slices) {
    /** Those of a thread that nothing is known of. */
    public static final ThreadTimes NONE = new ThreadTimes(0, 0, 0);

    private static final int FIELDS = 3;

    /** Those of a thread now; empty when it is gone, or when the kernel was built without CONFIG_SCHED_INFO. */
    public static Optional<ThreadTimes> of(long tid) {
        return of(Path.of("/proc"), tid);
    }

    /** As {@link #of(long)}, from another place than {@code /proc}. */
    public static Optional<ThreadTimes> of(Path proc, long tid) {
        try {
            String[] words =
                    Files.readString(proc.resolve(tid + "/schedstat")).strip().split("\\s+", -1);
            return words.length < FIELDS
                    ? Optional.empty()
                    : Optional.of(new ThreadTimes(
                            Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2])));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
