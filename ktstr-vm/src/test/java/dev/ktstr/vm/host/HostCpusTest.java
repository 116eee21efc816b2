package dev.ktstr.vm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCpusTest {
    /** Two caches of two cores of two threads: CPUs 0 to 3 are the first threads, 4 to 7 the second ones. */
    private static final HostCpus SMT = new HostCpus(IntStream.range(0, 8)
            .mapToObj(id -> new HostCpus.Cpu(id, id % 4, id % 4 < 2 ? 0 : 2))
            .toList());

    @TempDir
    Path root;

    private static HostCpus.Choice choose(String guest, Integer... taken) {
        return SMT.choose(CpuTopology.parse(guest), Set.of(taken)).orElseThrow();
    }

    @Test
    void theGuestsCachesAreThoseOfTheHost() {
        assertThat(choose("1n2l2c1t").cpus()).containsExactly(0, 1, 2, 3);
        assertThat(choose("1n2l2c1t").mirrored()).isTrue();
    }

    @Test
    void threadsOfACoreAreThreadsOfACore() {
        assertThat(choose("1n2l1c2t").cpus()).containsExactly(0, 4, 2, 6);
        assertThat(choose("1n2l1c2t").mirrored()).isTrue();
    }

    @Test
    void coresOfOneThreadGetWholeCoresWhileThereAreSome() {
        assertThat(choose("1n1l2c1t").cpus()).containsExactly(0, 1);
        assertThat(choose("1n1l3c1t").mirrored())
                .as("three cores, in caches of two")
                .isFalse();
    }

    @Test
    void whatIsTakenIsNotGivenAgain() {
        assertThat(choose("1n1l2c1t", 0, 1, 4).cpus()).containsExactly(2, 3);
        assertThat(choose("1n2l2c1t", 0).cpus())
                .doesNotContain(0)
                .doesNotHaveDuplicates()
                .hasSize(4);
        assertThat(SMT.choose(CpuTopology.parse("1n1l8c1t"), Set.of(5))).isEmpty();
    }

    @Test
    void oneCacheCarriesTwoOfTheGuestWhenThereIsNoOtherAndThatIsSaid() {
        HostCpus one = new HostCpus(IntStream.range(0, 4)
                .mapToObj(id -> new HostCpus.Cpu(id, id, 0))
                .toList());
        HostCpus.Choice choice =
                one.choose(CpuTopology.parse("1n2l2c1t"), Set.of()).orElseThrow();
        assertThat(choice.cpus()).containsExactly(0, 1, 2, 3);
        assertThat(choice.mirrored()).isFalse();
    }

    @Test
    void theHostIsReadAsTheKernelDescribesIt() throws IOException {
        write("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t0-1,5\n");
        for (int cpu : new int[] {0, 1}) {
            write("sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list", "0-1\n");
            write("sys/devices/system/cpu/cpu" + cpu + "/cache/index0/level", "1\n");
            write("sys/devices/system/cpu/cpu" + cpu + "/cache/index0/shared_cpu_list", cpu + "\n");
            write("sys/devices/system/cpu/cpu" + cpu + "/cache/index1/level", "3\n");
            write("sys/devices/system/cpu/cpu" + cpu + "/cache/index1/shared_cpu_list", "0-7\n");
        }
        assertThat(HostCpus.read(root).cpus())
                .containsExactly(new HostCpus.Cpu(0, 0, 0), new HostCpus.Cpu(1, 0, 0), new HostCpus.Cpu(5, 5, 5));
        write("proc/self/status", "Name:\tjava\n");
        assertThatThrownBy(() -> HostCpus.read(root))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("no Cpus_allowed_list");
        assertThatThrownBy(() -> HostCpus.list("0-")).hasMessageContaining("'0-' is no list of CPUs");
        assertThatThrownBy(() -> HostCpus.list("0-99999999")).isInstanceOf(VmException.class);
    }

    @Test
    void thisHostHasCpus() {
        assertThat(HostCpus.here().cpus()).isNotEmpty();
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
