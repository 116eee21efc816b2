package dev.ktstr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ktstr.spec.CpuTopology;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestTopologyTest {
    private final TestTopology smt = TestWorkers.topology("2n4l2c2t");

    @Test
    void coresAreTheThreadsThatShareThem() {
        assertThat(smt.smt()).isTrue();
        assertThat(smt.siblings(5)).containsExactly(4, 5);
        assertThat(smt.firstThreads()).containsExactly(0, 2, 4, 6, 8, 10, 12, 14);
        assertThat(TestWorkers.topology("1n1l2c1t").smt()).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> smt.siblings(16))
                .withMessage("there is no CPU 16, only 0-15");
    }

    @Test
    void nodesAreKnownByCpuMemoryAndDistance() {
        assertThat(smt.nodesOf(List.of(3, 4))).containsExactly(0);
        assertThat(smt.nodesOf(List.of(7, 8))).containsExactly(0, 1);
        assertThat(smt.memoryNodes()).containsExactly(0, 1);
        assertThat(smt.distance(0, 0)).hasValue(10);
        assertThat(smt.distance(0, 1)).hasValue(20);
        assertThat(smt.distance(0, 7)).isEmpty();
        assertThat(smt.cpusOfLlc(1)).containsExactly(4, 5, 6, 7);
    }

    @Test
    void aNodeOfMemoryOnlyHasNoCpus() {
        TestTopology cxl = new TestTopology(
                CpuTopology.parse("1n1l2c1t"),
                List.of(new TestTopology.Llc(List.of(0, 1), 0, 0)),
                List.of(
                        new TestTopology.Node(0, List.of(0, 1), 1024, List.of(10, 30)),
                        new TestTopology.Node(2, List.of(), 2048, List.of(30, 10))));
        assertThat(cxl.nodes().get(1).memoryOnly()).isTrue();
        assertThat(cxl.memoryNodes()).containsExactly(0, 2);
        assertThat(cxl.distance(0, 2)).hasValue(30);
        assertThat(cxl.cpusOfNode(2)).isEmpty();
    }

    @Test
    void aHostMayHaveHolesInItsCpuNumbers() {
        TestTopology host = new TestTopology(
                CpuTopology.parse("1n1l3c1t"),
                List.of(new TestTopology.Llc(List.of(0, 4, 9), 0, 0)),
                List.of(new TestTopology.Node(0, List.of(0, 4, 9), 1024, List.of(10))));
        assertThat(host.usableCpus()).containsExactly(0, 4);
        assertThat(CpusetSpec.disjoint(1, 2).resolve(host)).containsExactly(4);
        assertThat(CpusetSpec.exact(9).resolve(host)).containsExactly(9);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpusetSpec.exact(1, 9).resolve(host))
                .withMessage("CPUs 1,9 are not all in 0,4,9");
    }
}
