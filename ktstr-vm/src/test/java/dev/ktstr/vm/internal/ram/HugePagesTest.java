package dev.ktstr.vm.internal.ram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HugePagesTest {
    private static final int LEAST_MB = 224;

    @TempDir
    Path pool;

    @Test
    void reservedPagesAreNotFreeAndOnesThatMayBeMadeAre() throws IOException {
        pool(100, 20, 0, 0);
        assertThatCode(() -> HugePages.check(80 * HugePages.BYTES, pool)).doesNotThrowAnyException();
        assertThatThrownBy(() -> HugePages.check(80 * HugePages.BYTES + 1, pool))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("takes 81 of 2 MiB, and this host has 80")
                .hasMessageContaining("sysctl vm.nr_hugepages=");
        pool(0, 0, 50, 10);
        assertThatCode(() -> HugePages.check(40 * HugePages.BYTES, pool)).doesNotThrowAnyException();
    }

    @Test
    void aHostWithoutHugePagesHasNone() {
        assertThatThrownBy(() -> HugePages.check(HugePages.BYTES, pool.resolve("missing")))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("this host has 0 of them left");
    }

    @Test
    void ramIsRoundedUpToThem() {
        VmSpec odd = new VmSpec(pool, pool, CpuTopology.parse("1n1l1c1t"), 257, List.of(), pool);
        assertThat(RamLayout.of(odd).nodeMb()).containsExactly(257);
        assertThat(RamLayout.of(odd.withHugePages(true)).nodeMb()).containsExactly(258);
    }

    /** Writes to each page of a host that has some set aside; the mapping's page size is the kernel's own word for it. */
    @Test
    void guestRamOnHugePagesIsMadeOfThem() throws IOException {
        try {
            HugePages.check((long) LEAST_MB << 20);
        } catch (VmException e) {
            assumeTrue(false, "SKIPPED: " + e.getMessage());
        }
        try (GuestRam ram = new GuestRam(new RamLayout(List.of(LEAST_MB)), true)) {
            for (long at = 0; at < ram.memory().size(); at += HugePages.BYTES) {
                ram.memory().putLongRelease(at, at + 1);
            }
            assertThat(ram.memory().getLongAcquire(HugePages.BYTES)).isEqualTo(HugePages.BYTES + 1);
            assertThat(pageSizes()).containsExactly("KernelPageSize:     2048 kB");
        }
        assertThat(pageSizes()).isEmpty();
    }

    private static List<String> pageSizes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/smaps"))) {
            return lines.dropWhile(line -> !line.contains("memfd:ktstr-ram0"))
                    .filter(line -> line.startsWith("KernelPageSize:"))
                    .limit(1)
                    .toList();
        }
    }

    private void pool(int free, int reserved, int overcommit, int surplus) throws IOException {
        Files.writeString(pool.resolve("free_hugepages"), free + "\n");
        Files.writeString(pool.resolve("resv_hugepages"), reserved + "\n");
        Files.writeString(pool.resolve("nr_overcommit_hugepages"), overcommit + "\n");
        Files.writeString(pool.resolve("surplus_hugepages"), surplus + "\n");
    }
}
