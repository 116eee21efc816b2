package dev.ktstr.vm.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What became of the time of all CPUs of the host since it booted, from {@code /proc/stat} (proc(5)). A host that is a guest itself is
 * told what was stolen from it.
 *
 * @param stolen ticks in which the hypervisor ran something else
 * @param all ticks, whatever they were used for
 * @param cpus how many CPUs are online
 */
public record HostTicks(long stolen, long all, int cpus) {
    /** {@code USER_HZ} is 100 on every architecture we run on (include/uapi/asm-generic/param.h). */
    public static final long NS_PER_TICK = 10_000_000;

    /** The column of steal; guest time, behind it, is part of user time. */
    private static final int STEAL = 8;

    /** Those up to now; empty when the host does not tell. */
    public static Optional<HostTicks> read() {
        return read(Path.of("/proc"));
    }

    /** As {@link #read()}, from another place than {@code /proc}. */
    public static Optional<HostTicks> read(Path proc) {
        try {
            List<String> lines = Files.readAllLines(proc.resolve("stat"));
            String[] words =
                    lines.isEmpty() ? new String[0] : lines.get(0).strip().split("\\s+", -1);
            if (words.length <= STEAL || !words[0].equals("cpu")) {
                return Optional.empty();
            }
            long all = 0;
            for (int i = 1; i <= STEAL; i++) {
                all += Long.parseLong(words[i]);
            }
            int cpus = (int)
                    lines.stream().filter(line -> line.matches("cpu\\d+ .*")).count();
            return Optional.of(new HostTicks(Long.parseLong(words[STEAL]), all, cpus));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Mean steal time of a CPU in nanoseconds. */
    public long stolenNsPerCpu() {
        return cpus == 0 ? 0 : stolen * NS_PER_TICK / cpus;
    }
}
