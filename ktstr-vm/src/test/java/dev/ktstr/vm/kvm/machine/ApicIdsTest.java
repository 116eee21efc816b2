package dev.ktstr.vm.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.spec.CpuTopology;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ApicIdsTest {
    @ParameterizedTest
    @CsvSource({
        "1n1l4c1t, 0, 2, 3",
        "1n2l2c2t, 1, 2, 7",
        "1n3l3c1t, 0, 2, 10",
        "1n15l16c1t, 0, 4, 239",
        "1n14l9c2t, 1, 5, 433",
        "1n14l18c1t, 0, 5, 433",
        "1n1l1c1t, 0, 0, 0"
    })
    void fieldsAreAsWideAsTheirLargestValue(String topology, int coreShift, int packageShift, int max) {
        ApicIds ids = new ApicIds(CpuTopology.parse(topology));
        assertThat(ids.coreShift()).isEqualTo(coreShift);
        assertThat(ids.packageShift()).isEqualTo(packageShift);
        assertThat(ids.max()).isEqualTo(max);
        assertThat(ids.needX2apic()).isEqualTo(max > 254);
    }

    @ParameterizedTest
    @MethodSource("dev.ktstr.vm.kvm.machine.Presets#allAndRandom")
    void idsAscendAndSayWhichCpusShareCoreAndLlc(CpuTopology t) {
        ApicIds ids = new ApicIds(t);
        Set<Integer> seen = new HashSet<>();
        for (int cpu = 0; cpu < t.cpus(); cpu++) {
            int id = ids.of(cpu);
            assertThat(seen.add(id)).isTrue();
            assertThat(id >> ids.packageShift()).isEqualTo(cpu / t.cpusPerLlc());
            assertThat(cpu == 0 || id > ids.of(cpu - 1)).isTrue();
            boolean sameCore = cpu > 0 && ids.of(cpu - 1) >> ids.coreShift() == id >> ids.coreShift();
            assertThat(sameCore).isEqualTo(cpu % t.threadsPerCore() != 0);
            assertThat(ids.nodeOf(cpu)).isEqualTo(cpu / (t.cpus() / t.numaNodes()));
        }
        assertThat(ids.of(0)).isZero();
        assertThat(ids.max()).isEqualTo(ids.of(t.cpus() - 1));
    }

    @Test
    void aFieldOfOneValueTakesNoBits() {
        assertThat(ApicIds.bitsFor(1)).isZero();
        assertThat(ApicIds.bitsFor(2)).isEqualTo(1);
        assertThat(ApicIds.bitsFor(3)).isEqualTo(2);
        assertThat(ApicIds.bitsFor(4)).isEqualTo(2);
        assertThat(ApicIds.bitsFor(5)).isEqualTo(3);
    }
}
