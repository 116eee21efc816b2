package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ktstr.run.Host.Memory;
import dev.ktstr.spec.CpuTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {
    private static final Memory PLENTY = new Memory(64 << 10, "a test");
    private static final Options NONE = new Options(name -> null, name -> null);

    @TempDir
    Path root;

    @Test
    void cpusMayBeOvercommittedMoreWhereTheyAreEmulated() {
        CpuTopology sixteen = CpuTopology.parse("1n4l4c1t");
        assertThat(new Host(2, PLENTY, false).refuses(sixteen, 2048, NONE)).isEmpty();
        assertThat(new Host(2, PLENTY, true).refuses(sixteen, 2048, NONE))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .startsWith("needs 16 vCPUs, and this host's 2 CPUs take at most 4 (2 per CPU, with KVM)")
                        .endsWith("-Dktstr.maxOvercommit=8 runs it all the same"));
        assertThat(new Host(2, PLENTY, false).refuses(CpuTopology.parse("1n1l17c1t"), 2048, NONE))
                .isPresent();
    }

    @Test
    void theLimitIsAnOption() {
        Options eight = new Options(Map.of("ktstr.maxOvercommit", "8")::get, name -> null);
        assertThat(new Host(2, PLENTY, true).refuses(CpuTopology.parse("1n4l4c1t"), 2048, eight))
                .isEmpty();
        Options bad = new Options(Map.of("ktstr.maxOvercommit", "lots")::get, name -> null);
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> new Host(2, PLENTY, true).refuses(CpuTopology.parse("1n1l1c1t"), 64, bad))
                .withMessageContaining("-Dktstr.maxOvercommit=lots");
    }

    @Test
    void memoryIsWhatTheTightestCgroupLeaves() throws IOException {
        write("proc/meminfo", "MemTotal: 9999999 kB\nMemAvailable:    8388608 kB\n");
        assertThat(Host.memory(root)).isEqualTo(new Memory(8192, "MemAvailable of /proc/meminfo"));
        write("proc/self/cgroup", "0::/ci/job\n");
        write("sys/fs/cgroup/ci/memory.max", "1073741824\n");
        write("sys/fs/cgroup/ci/memory.current", "536870912\n");
        write("sys/fs/cgroup/ci/memory.stat", "anon 1\ninactive_file 268435456\n");
        write("sys/fs/cgroup/ci/job/memory.max", "max\n");
        write("sys/fs/cgroup/ci/job/memory.current", "1\n");
        Memory memory = Host.memory(root);
        assertThat(memory.mb()).isEqualTo(768);
        assertThat(memory.limit()).isEqualTo("memory.max of " + root.resolve("sys/fs/cgroup/ci"));
        assertThat(new Host(64, memory, false).refuses(CpuTopology.parse("1n1l4c1t"), 2048, NONE))
                .hasValueSatisfying(reason ->
                        assertThat(reason).startsWith("needs 2048 MiB of RAM, and this host has 768 MiB left"));
    }

    @Test
    void aCgroupPathThatLeavesTheMountIsNotFollowed() throws IOException {
        write("proc/meminfo", "MemAvailable: 1048576 kB\n");
        write("proc/self/cgroup", "0::/../../outside\n");
        assertThat(Host.memory(root).mb()).isEqualTo(1024);
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
