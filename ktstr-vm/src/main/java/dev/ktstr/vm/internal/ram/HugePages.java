package dev.ktstr.vm.internal.ram;

import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The huge pages that this host has set aside (Documentation/admin-guide/mm/hugetlbpage.rst). */
final class HugePages {
    static final long BYTES = 2L << 20;

    private static final Path POOL = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB");

    private HugePages() {}

    /**
     * Refuses RAM for which there are not enough.
     *
     * @throws VmException naming both counts and the cure
     */
    static void check(long bytes) {
        check(bytes, POOL);
    }

    /** The same, for a pool somewhere. */
    static void check(long bytes, Path pool) {
        long wanted = (bytes + BYTES - 1) / BYTES;
        // Those that are reserved count as free until they are touched.
        long free = number(pool.resolve("free_hugepages"))
                - number(pool.resolve("resv_hugepages"))
                + Math.max(
                        0, number(pool.resolve("nr_overcommit_hugepages")) - number(pool.resolve("surplus_hugepages")));
        if (wanted > free) {
            throw new VmException("a guest on huge pages was asked for (ktstr.hugepages), which takes " + wanted
                    + " of 2 MiB, and this host has " + Math.max(0, free) + " of them left; set more aside with"
                    + " 'sysctl vm.nr_hugepages=" + wanted
                    + "' as root, soon after the host's boot, or drop the option");
        }
    }

    private static long number(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            return 0; // a kernel without huge pages has none
        }
    }
}
