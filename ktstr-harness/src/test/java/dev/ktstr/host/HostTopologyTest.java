package dev.ktstr.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ktstr.TestTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTopologyTest {
    @TempDir
    Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    private void cpu(int cpu, String siblings, String llc) throws IOException {
        String at = "sys/devices/system/cpu/cpu" + cpu + "/";
        file(at + "topology/thread_siblings_list", siblings);
        file(at + "topology/package_cpus_list", "0-7");
        file(at + "cache/index0/level", "1");
        file(at + "cache/index0/shared_cpu_list", siblings);
        file(at + "cache/index3/level", "3");
        file(at + "cache/index3/shared_cpu_list", llc);
        file(at + "cache/index3/size", "32768K");
    }

    @Test
    void anIrregularHostIsReadAsItIs() throws IOException {
        file("sys/devices/system/cpu/online", "0-1,4-6");
        cpu(0, "0,4", "0-1,4-5");
        cpu(1, "1,5", "0-1,4-5");
        cpu(4, "0,4", "0-1,4-5");
        cpu(5, "1,5", "0-1,4-5");
        cpu(6, "2,6", "2-3,6-7");
        file("sys/devices/system/node/online", "0,2");
        file("sys/devices/system/node/node0/cpulist", "0-7");
        file("sys/devices/system/node/node0/distance", "10 20");
        file("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:       8000 kB");
        file("sys/devices/system/node/node2/cpulist", "");
        file("sys/devices/system/node/node2/distance", "20 10");
        file("sys/devices/system/node/node2/meminfo", "Node 2 MemTotal:       500 kB");
        TestTopology topology = HostTopology.read(root);
        assertThat(topology.llcs()).hasSize(2);
        assertThat(topology.llcs().get(0).cpus()).containsExactly(0, 1, 4, 5);
        assertThat(topology.llcs().get(0).bytes()).isEqualTo(32L << 20);
        assertThat(topology.llcs().get(0).cores()).hasToString("[[0, 4], [1, 5]]");
        assertThat(topology.llcs().get(1).cpus()).as("CPU 2, 3, 7 are offline").containsExactly(6);
        assertThat(topology.nodes().get(1).memoryOnly()).isTrue();
        assertThat(topology.nodes().get(0).memTotalKb()).isEqualTo(8000);
        assertThat(topology.requested()).hasToString("1n2l2c2t");
    }

    @Test
    void aHostWithoutCachesAndNodesHasItsPackages() throws IOException {
        file("sys/devices/system/cpu/online", "0-1");
        file("sys/devices/system/cpu/cpu0/topology/package_cpus_list", "0-1");
        file("sys/devices/system/cpu/cpu1/topology/package_cpus_list", "0-1");
        file("proc/meminfo", "MemTotal:  1234 kB");
        TestTopology topology = HostTopology.read(root);
        assertThat(topology.llcs())
                .singleElement()
                .satisfies(llc -> assertThat(llc.cpus()).containsExactly(0, 1));
        assertThat(topology.nodes()).singleElement().satisfies(node -> {
            assertThat(node.cpus()).containsExactly(0, 1);
            assertThat(node.memTotalKb()).isEqualTo(1234);
            assertThat(node.distances()).containsExactly(10);
        });
    }

    @Test
    void thisHostHasTheCpusThatTheKernelSays() throws IOException {
        TestTopology topology = HostTopology.read();
        assertThat(TestTopology.format(topology.cpus()))
                .isEqualTo(Files.readString(Path.of("/sys/devices/system/cpu/online"))
                        .strip());
        assertThat(topology.nodes()).isNotEmpty();
    }

    @Test
    void withoutSysfsTheErrorSaysSo() {
        assertThatExceptionOfType(HostException.class)
                .isThrownBy(() -> HostTopology.read(root))
                .withMessageContaining("Is sysfs mounted");
    }

    @Test
    void aListThatIsNoneIsEmpty() {
        assertThat(HostTopology.list("0-2,7")).containsExactly(0, 1, 2, 7);
        assertThat(HostTopology.list("")).isEmpty();
        assertThat(HostTopology.list("x,3-1,5-")).isEmpty();
        assertThat(HostTopology.list("0-999999999")).hasSize(8192);
    }
}
