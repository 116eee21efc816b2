package dev.ktstr.vm.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.internal.ram.RamLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineDescriptionTest {
    private static final CpuTopology TWO_NODES = CpuTopology.parse("2n2l1c1t");
    private static final NumaNode FIRST = new NumaNode(List.of(new MemoryRange(0, 256 << 20)));
    private static final NumaNode SECOND = new NumaNode(List.of(new MemoryRange(256 << 20, 256 << 20)));

    @Test
    void aNodeAcrossTheHoleBelow4GiBIsTwoRanges() {
        MachineDescription m = MachineDescription.uniform(TWO_NODES, new RamLayout(List.of(2048, 4096)));
        assertThat(m.nodes())
                .extracting(NumaNode::memory)
                .containsExactly(
                        List.of(new MemoryRange(0, 2L << 30)),
                        List.of(new MemoryRange(2L << 30, 1L << 30), new MemoryRange(4L << 30, 3L << 30)));
        assertThat(m.nodes().get(1).bytes()).isEqualTo(4L << 30);
        assertThat(m.distances()).isEqualTo(new NodeMatrix(2, 2, List.of(10, 20, 20, 10)));
    }

    @Test
    void theFirstNodeMustHaveAddressZero() {
        assertThatThrownBy(() -> MachineDescription.uniform(TWO_NODES, List.of(SECOND, FIRST)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must start at address 0");
    }

    @Test
    void overlappingMemoryIsRefusedByName() {
        assertThatThrownBy(() -> MachineDescription.uniform(TWO_NODES, List.of(FIRST, FIRST)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("memory ranges 0x0..0xfffffff and 0x0..0xfffffff overlap");
    }

    @Test
    void everyNodeWithCpusNeedsAnEntry() {
        assertThatThrownBy(() -> MachineDescription.uniform(TWO_NODES, List.of(FIRST)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("topology 2n2l1c1t has 2 nodes, but memory is given for 1");
    }

    @Test
    void distancesAreTenAtHomeAndMoreElsewhere() {
        for (List<Integer> bad : List.of(List.of(11, 20, 20, 10), List.of(10, 10, 20, 10), List.of(10, 256, 20, 10))) {
            assertThatThrownBy(() ->
                            new MachineDescription(TWO_NODES, List.of(FIRST, SECOND), new NodeMatrix(2, 2, bad), null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the distance from node ");
        }
        assertThatThrownBy(() -> new MachineDescription(
                        TWO_NODES, List.of(FIRST, SECOND), new NodeMatrix(1, 1, List.of(10)), null))
                .hasMessage("there are 2 nodes, but distances for 1 x 1");
    }

    @Test
    void performanceIsGivenFromNodesWithCpusToAllNodes() {
        NodeMatrix good = NodeMatrix.of(2, 2, (i, j) -> 100);
        NodeMatrix narrow = NodeMatrix.of(2, 1, (i, j) -> 100);
        NodeMatrix zero = NodeMatrix.of(2, 2, (i, j) -> i);
        NodeMatrix distances = NodeMatrix.of(2, 2, (i, j) -> i == j ? 10 : 20);
        assertThatThrownBy(() -> new MachineDescription(
                        TWO_NODES, List.of(FIRST, SECOND), distances, new MemoryPerformance(good, narrow)))
                .hasMessage("read bandwidth is given for 2 x 1 nodes, wanted 2 with CPUs x 2");
        assertThatThrownBy(() -> new MachineDescription(
                        TWO_NODES, List.of(FIRST, SECOND), distances, new MemoryPerformance(zero, good)))
                .hasMessage("read latency must be positive everywhere, got 0");
    }

    @Test
    void aRangeBeyondAllAddressesIsRefused() {
        assertThatThrownBy(() -> new MemoryRange(Long.MAX_VALUE, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MemoryRange(-1, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MemoryRange(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
