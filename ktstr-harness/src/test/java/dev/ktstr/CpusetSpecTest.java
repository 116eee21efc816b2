package dev.ktstr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class CpusetSpecTest {
    private final TestTopology topology = TestWorkers.topology("2n4l2c1t");

    @Test
    void anLlcAndANodeAreTakenWhole() {
        assertThat(CpusetSpec.llc(3).resolve(topology)).containsExactly(6, 7);
        assertThat(CpusetSpec.numa(1).resolve(topology)).containsExactly(4, 5, 6, 7);
    }

    @Test
    void fractionsLeaveTheLastCpuToTheRootCgroup() {
        assertThat(CpusetSpec.range(0, 1).resolve(topology)).containsExactly(0, 1, 2, 3, 4, 5, 6);
        assertThat(CpusetSpec.range(0.5, 1).resolve(TestWorkers.topology("1n1l2c1t")))
                .containsExactly(1);
    }

    @Test
    void disjointPartsCoverTheUsableCpusOnce() {
        assertThat(CpusetSpec.disjoint(0, 3).resolve(topology)).containsExactly(0, 1);
        assertThat(CpusetSpec.disjoint(1, 3).resolve(topology)).containsExactly(2, 3);
        assertThat(CpusetSpec.disjoint(2, 3).resolve(topology)).containsExactly(4, 5, 6);
    }

    @Test
    void anOverlapReachesIntoTheNextPart() {
        assertThat(CpusetSpec.overlap(0, 2, 0.5).resolve(topology)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void whatCannotBeMetSaysWhy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpusetSpec.disjoint(0, 8).resolve(topology))
                .withMessage("not enough usable CPUs (7) for 8 partitions");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpusetSpec.llc(4).resolve(topology))
                .withMessage("there is no LLC 4; the topology has 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpusetSpec.exact(1, 8).resolve(topology))
                .withMessage("CPUs 1,8 are not all in 0-7");
    }

    @Test
    void cpusAreWrittenAsTheKernelWritesThem() {
        assertThat(TestTopology.format(java.util.List.of(8, 0, 1, 2, 5))).isEqualTo("0-2,5,8");
        assertThat(TestTopology.format(java.util.List.of())).isEqualTo("none");
    }
}
