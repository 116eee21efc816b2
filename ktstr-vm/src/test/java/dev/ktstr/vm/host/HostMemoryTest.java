package dev.ktstr.vm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostMemoryTest {
    @TempDir
    Path root;

    @BeforeEach
    void aHostWithEightGibibytes() throws IOException {
        write("proc/meminfo", "MemTotal: 9999999 kB\nMemAvailable:    8388608 kB\n");
    }

    @Test
    void withoutCgroupsItIsWhatTheKernelCallsAvailable() {
        assertThat(HostMemory.available(root)).isEqualTo(new HostMemory(8192, "MemAvailable of /proc/meminfo"));
    }

    @Test
    void theTightestGroupAboveTheProcessCountsAndItsFileCacheIsGivenBack() throws IOException {
        write("proc/self/cgroup", "0::/ci/job\n");
        group("sys/fs/cgroup/ci", "1073741824", "536870912", "anon 1\ninactive_file 268435456\n");
        group("sys/fs/cgroup/ci/job", "max", "1", "");
        assertThat(HostMemory.available(root))
                .isEqualTo(new HostMemory(
                        768,
                        "memory.max of " + root.resolve("sys/fs/cgroup/ci")
                                + " is 1024 MiB, of which 256 MiB are in use"));
    }

    @Test
    void versionOneLimitsAsWell() throws IOException {
        write("proc/self/cgroup", "7:cpu,memory:/slice/job\n1:cpuset:/\n0::/\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", "4096\n");
        write("sys/fs/cgroup/memory/slice/memory.limit_in_bytes", "536870912\n");
        write("sys/fs/cgroup/memory/slice/memory.usage_in_bytes", "402653184\n");
        write("sys/fs/cgroup/memory/slice/memory.stat", "inactive_file 1\ntotal_inactive_file 134217728\n");
        assertThat(HostMemory.available(root).mb()).isEqualTo(256);
        assertThat(HostMemory.available(root).limit())
                .startsWith("memory.limit_in_bytes of " + root.resolve("sys/fs/cgroup/memory/slice"));
    }

    @Test
    void inAContainerTheMountIsTheGroup() throws IOException {
        write("proc/self/cgroup", "0::/docker/0123\n");
        group("sys/fs/cgroup", "1073741824", "0", "");
        assertThat(HostMemory.available(root).mb()).isEqualTo(1024);
    }

    @Test
    void aPathThatLeavesTheMountIsNotFollowed() throws IOException {
        write("proc/self/cgroup", "0::/../../outside\n");
        group("sys/outside", "4096", "0", "");
        assertThat(HostMemory.available(root).mb()).isEqualTo(8192);
    }

    @Test
    void aGuestOverTheLimitIsRefusedWithAllFiguresBeforeItCanBeKilled() throws IOException {
        write("proc/self/cgroup", "0::/ci\n");
        group("sys/fs/cgroup/ci", "1073741824", "536870912", "");
        HostMemory found = HostMemory.available(root);
        assertThatCode(() -> found.require(512)).doesNotThrowAnyException();
        assertThatThrownBy(() -> found.require(513))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("513 MiB")
                .hasMessageContaining("only 512 MiB more")
                .hasMessageContaining("is 1024 MiB, of which 512 MiB are in use")
                .hasMessageContaining("raise that limit");
    }

    @Test
    void anOldKernelThatSaysNothingLimitsNothing() throws IOException {
        Files.writeString(root.resolve("proc/meminfo"), "MemFree: 1 kB\n");
        assertThat(HostMemory.available(root).mb()).isEqualTo(Long.MAX_VALUE);
    }

    private void group(String path, String max, String current, String stat) throws IOException {
        write(path + "/memory.max", max + "\n");
        write(path + "/memory.current", current + "\n");
        write(path + "/memory.stat", stat);
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
