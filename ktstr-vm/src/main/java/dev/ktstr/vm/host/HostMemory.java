package dev.ktstr.vm.host;

import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * RAM that this process may still take: the least of what the kernel calls available ({@code MemAvailable} of proc_meminfo(5))
 * and of what each memory cgroup above the process leaves, of version 2 and of version 1. A guest's RAM is charged to the cgroup
 * of whoever touches it, and one that outgrows the limit is ended by the OOM killer, often with the JVM.
 *
 * @param mb MiB; {@link Long#MAX_VALUE} where nothing limits it that could be read
 * @param limit what says so, with its figures
 */
public record HostMemory(long mb, String limit) {
    private static final Path ROOT = Path.of("/");
    private static final long MIB = 1 << 20;

    /**
     * Where a version of cgroups keeps its figures (cgroup-v2.rst; cgroup-v1/memory.rst, which calls the sum over the groups
     * below {@code total_}).
     */
    private record Version(String mount, String max, String current, String cache) {
        static final Version TWO = new Version("", "memory.max", "memory.current", "inactive_file");
        static final Version ONE =
                new Version("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file");
    }

    /** What there is now. */
    public static HostMemory available() {
        return available(ROOT);
    }

    /** {@link #mb()} of what there is now, for those who calculate with it. */
    public static int availableMb() {
        return (int) Math.min(Integer.MAX_VALUE, available().mb());
    }

    /**
     * Refuses a guest that could not have all of its RAM.
     *
     * @throws VmException naming what was asked for, what there is, and what limits it
     */
    public static void check(int guestMb) {
        available().require(guestMb);
    }

    void require(int guestMb) {
        if (guestMb > mb) {
            throw new VmException(
                    "a guest with " + guestMb + " MiB of RAM was asked for, and this process may take only "
                            + mb + " MiB more (" + limit + "); lower memoryMb, run fewer VMs at a time, "
                            + (limit.startsWith("memory.") ? "raise that limit" : "or use a larger host"));
        }
    }

    static HostMemory available(Path root) {
        HostMemory least = new HostMemory(Long.MAX_VALUE, "no limit is known");
        OptionalLong free = value(root.resolve("proc/meminfo"), "MemAvailable:");
        if (free.isPresent()) {
            least = new HostMemory(free.getAsLong() / 1024, "MemAvailable of /proc/meminfo");
        }
        Path mount = root.resolve("sys/fs/cgroup");
        least = least(least, mount, own(root, ""), Version.TWO);
        return least(least, mount.resolve(Version.ONE.mount()), own(root, "memory"), Version.ONE);
    }

    /** Walks from the process's group to the mount. In a container its path does not exist there, and the mount is its group. */
    private static HostMemory least(HostMemory known, Path mount, String own, Version version) {
        HostMemory least = known;
        Path group = mount.resolve(own).normalize();
        while (group != null && group.startsWith(mount)) {
            OptionalLong max = number(group.resolve(version.max()));
            OptionalLong current = number(group.resolve(version.current()));
            if (max.isPresent() && current.isPresent()) {
                // What only caches files is dropped before anybody is killed.
                long cache =
                        value(group.resolve("memory.stat"), version.cache()).orElse(0);
                long left = Math.max(0, max.getAsLong() - current.getAsLong() + cache) / MIB;
                if (left < least.mb()) {
                    least = new HostMemory(
                            left,
                            version.max() + " of " + group + " is " + max.getAsLong() / MIB + " MiB, of which "
                                    + (current.getAsLong() - cache) / MIB + " MiB are in use");
                }
            }
            group = group.getParent();
        }
        return least;
    }

    /** Path of this process's cgroup without its leading slash: in the hierarchy with a controller, or that of version 2, which names none. */
    private static String own(Path root, String controller) {
        return lines(root.resolve("proc/self/cgroup"))
                .map(line -> line.split(":", 3))
                .filter(f -> f.length == 3 && f[2].startsWith("/"))
                .filter(f -> Arrays.asList(f[1].split(",", -1)).contains(controller))
                .findFirst()
                .map(f -> f[2].substring(1))
                .orElse("");
    }

    /** The number in a file; empty where it says {@code max}, or a number that stands for none. */
    private static OptionalLong number(Path file) {
        return lines(file)
                .findFirst()
                .filter(text -> text.matches("\\d{1,18}"))
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElse(OptionalLong.empty());
    }

    /** The number behind a word. */
    private static OptionalLong value(Path file, String key) {
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
