package dev.ktstr.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.HoldPlan;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuGroupsTest {
    private static final List<Integer> CPUS = List.of(0, 1, 2, 3, 4, 5, 6, 7);

    private static List<List<Integer>> of(List<CgroupPlan> cgroups, OpPlan... ops) {
        CpuGroups groups = new CpuGroups();
        groups.add(
                new ScenarioPlan(List.of(), List.of(new StepPlan(List.of(ops), cgroups, HoldPlan.fixed(1))), false, 0));
        return groups.of(CPUS).stream()
                .map(group -> Arrays.stream(group).boxed().toList())
                .toList();
    }

    private static CgroupPlan cgroup(Integer... cpus) {
        return CgroupPlan.of("cg", List.of(cpus), List.of());
    }

    @Test
    void withoutCpusetsAllAreCompared() {
        assertThat(of(List.of(cgroup()))).containsExactly(CPUS);
    }

    @Test
    void cpusetsPartTheCpusAndTheRestIsAGroupOfItsOwn() {
        assertThat(of(List.of(cgroup(0, 1, 2), cgroup(3, 4, 5))))
                .containsExactly(List.of(0, 1, 2), List.of(3, 4, 5), List.of(6, 7));
    }

    @Test
    void overlappingCpusetsPartMore() {
        assertThat(of(List.of(cgroup(0, 1, 2, 3), cgroup(2, 3, 4, 5, 6, 7))))
                .containsExactly(List.of(0, 1), List.of(2, 3), List.of(4, 5, 6, 7));
    }

    @Test
    void aCpuThatStandsAloneIsComparedWithNone() {
        assertThat(of(List.of(cgroup(0, 1, 2, 3, 4, 5, 6)))).containsExactly(List.of(0, 1, 2, 3, 4, 5, 6));
    }

    @Test
    void aCpusetThatAnOperationSetsCountsForTheWholeRun() {
        OpPlan set = OpPlan.of(OpKind.SET_CPUSET).on("cg").withCpus(List.of(0, 1));
        assertThat(of(List.of(cgroup()), set)).containsExactly(List.of(0, 1), List.of(2, 3, 4, 5, 6, 7));
    }
}
