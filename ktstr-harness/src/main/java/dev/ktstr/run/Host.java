package dev.ktstr.run;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.kvm.KvmProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What this host can give to guests.
 *
 * @param cpus CPUs that this process may use
 * @param memoryMb RAM in MiB that it may still take, and what says so
 * @param accelerated whether guests run on the CPU itself, not emulated
 */
public record Host(int cpus, Memory memoryMb, boolean accelerated) {
    private static final int OVERCOMMIT_ACCELERATED = 2;
    private static final int OVERCOMMIT_EMULATED = 8;
    private static final Path ROOT = Path.of("/");
    private static final long MIB = 1 << 20;

    /** An amount, and what limits it. */
    public record Memory(long mb, String limit) {}

    /** This host, now. */
    public static Host here() {
        return new Host(
                Runtime.getRuntime().availableProcessors(),
                memory(ROOT),
                KvmProbe.probe().usable());
    }

    /**
     * Says why this host cannot run a guest of that size, before anything boots.
     *
     * @return empty when it can
     * @throws RunException when {@code ktstr.maxOvercommit} is no number above zero
     */
    public Optional<String> refuses(CpuTopology topology, int guestMb, Options options) {
        int overcommit =
                options.positive("maxOvercommit").orElse(accelerated ? OVERCOMMIT_ACCELERATED : OVERCOMMIT_EMULATED);
        long most = (long) overcommit * cpus;
        if (topology.cpus() > most) {
            return Optional.of("needs " + topology.cpus() + " vCPUs, and this host's " + cpus + " CPUs take at most "
                    + most
                    + " (" + overcommit + " per CPU, " + (accelerated ? "with KVM" : "emulated")
                    + "). -Dktstr.maxOvercommit=" + (topology.cpus() + cpus - 1) / cpus + " runs it all the same");
        }
        if (guestMb > memoryMb.mb()) {
            return Optional.of("needs " + guestMb + " MiB of RAM, and this host has " + memoryMb.mb() + " MiB left ("
                    + memoryMb.limit() + ")");
        }
        return Optional.empty();
    }

    /** The least of what the kernel calls available and what each cgroup above this process leaves. */
    static Memory memory(Path root) {
        Memory least = new Memory(Long.MAX_VALUE, "no limit is known");
        OptionalLong available = meminfo(root.resolve("proc/meminfo"), "MemAvailable:");
        if (available.isPresent()) {
            least = new Memory(available.getAsLong() / 1024, "MemAvailable of /proc/meminfo");
        }
        Path mount = root.resolve("sys/fs/cgroup");
        Path group = mount.resolve(own(root)).normalize();
        while (group != null && group.startsWith(mount)) {
            OptionalLong left = left(group);
            if (left.isPresent() && left.getAsLong() / MIB < least.mb()) {
                least = new Memory(Math.max(0, left.getAsLong()) / MIB, "memory.max of " + group);
            }
            group = group.getParent();
        }
        return least;
    }

    /** Path of this process's cgroup below the mount (cgroups(7), /proc/self/cgroup); the mount itself in a container. */
    private static String own(Path root) {
        return lines(root.resolve("proc/self/cgroup"))
                .filter(line -> line.startsWith("0::/"))
                .findFirst()
                .map(line -> line.substring("0::/".length()))
                .orElse("");
    }

    /** What a cgroup may still take: its limit less its use, with the file cache that can be dropped given back. */
    private static OptionalLong left(Path group) {
        OptionalLong max = number(group.resolve("memory.max"));
        OptionalLong current = number(group.resolve("memory.current"));
        if (max.isEmpty() || current.isEmpty()) {
            return OptionalLong.empty();
        }
        long cache = meminfo(group.resolve("memory.stat"), "inactive_file").orElse(0);
        return OptionalLong.of(max.getAsLong() - current.getAsLong() + cache);
    }

    private static OptionalLong number(Path file) {
        return lines(file)
                .findFirst()
                .filter(text -> text.matches("\\d{1,18}"))
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElse(OptionalLong.empty());
    }

    private static OptionalLong meminfo(Path file, String key) {
        return lines(file)
                .map(line -> line.split("\\s+", 3))
                .filter(words -> words.length > 1 && words[0].equals(key) && words[1].matches("\\d{1,18}"))
                .findFirst()
                .map(words -> OptionalLong.of(Long.parseLong(words[1])))
                .orElse(OptionalLong.empty());
    }

    /** The lines of a file of the kernel's; none when it is not there, for then it limits nothing. */
    private static Stream<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file).stream() : Stream.empty();
        } catch (IOException e) {
            return Stream.empty();
        }
    }
}
