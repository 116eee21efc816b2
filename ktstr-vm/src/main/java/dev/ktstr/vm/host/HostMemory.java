package dev.ktstr.vm.internal.ram;

import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares the RAM of a guest with what the host can give ({@code MemAvailable} of proc_meminfo(5)). */
public final class HostMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d{1,15}) kB");

    private HostMemory() {}

    /**
     * Refuses a guest that the host could not hold if it used all its RAM.
     *
     * @throws VmException naming both sizes
     */
    public static void check(int guestMb) {
        check(guestMb, meminfo());
    }

    /** MiB that the host could give to new processes now. */
    public static int availableMb() {
        return (int) Math.min(Integer.MAX_VALUE, availableMb(meminfo()));
    }

    private static List<String> meminfo() {
        try {
            return Files.readAllLines(MEMINFO);
        } catch (IOException e) {
            throw new VmException("reading " + MEMINFO + " failed: " + e.getMessage() + "; is /proc mounted?", e);
        }
    }

    static void check(int guestMb, List<String> meminfo) {
        long availableMb = availableMb(meminfo);
        if (guestMb > availableMb) {
            throw new VmException("a guest with " + guestMb + " MiB of RAM was asked for, but the host has only "
                    + availableMb + " MiB available; lower memoryMb, run fewer VMs at a time, or use a larger host");
        }
    }

    private static long availableMb(List<String> meminfo) {
        for (String line : meminfo) {
            Matcher m = AVAILABLE.matcher(line);
            if (m.matches()) {
                return Long.parseLong(m.group(1)) >> 10;
            }
        }
        throw new VmException(MEMINFO + " has no MemAvailable line; the host's kernel is older than 3.14");
    }
}
