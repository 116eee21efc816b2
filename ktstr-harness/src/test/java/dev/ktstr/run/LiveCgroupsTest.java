package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ktstr.CgroupDef;
import dev.ktstr.CgroupGroup;
import dev.ktstr.CpusetSpec;
import dev.ktstr.TestTopology;
import dev.ktstr.TestTopology.Llc;
import dev.ktstr.TestTopology.Node;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.spec.CpuTopology;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveCgroupsTest {
    private static final TestTopology TOPOLOGY = new TestTopology(
            CpuTopology.parse("1n2l2c1t"),
            List.of(new Llc(List.of(0, 1), 0, 0), new Llc(List.of(2, 3), 0, 0)),
            List.of(new Node(0, List.of(0, 1, 2, 3), 1 << 20, List.of(10))));

    private final List<OpPlan> done = new ArrayList<>();
    private final LiveCgroups cgroups = new LiveCgroups(TOPOLOGY, "/cells", done::add);

    @Test
    void operationsNameTheCgroupBelowTheSchedulersOwn() {
        cgroups.add("a", CpusetSpec.llc(1));
        cgroups.setCpuset("a", CpusetSpec.llc(0));
        cgroups.remove("a");
        assertThat(done)
                .extracting(OpPlan::kind)
                .containsExactly(OpKind.ADD_CGROUP, OpKind.SET_CPUSET, OpKind.REMOVE_CGROUP);
        assertThat(done).extracting(OpPlan::cgroup).containsOnly("cells/a");
        assertThat(done.get(0).def().get(0).name()).isEqualTo("cells/a");
        assertThat(done.get(0).def().get(0).cpus()).containsExactly(2, 3);
        assertThat(done.get(1).cpus()).containsExactly(0, 1);
    }

    @Test
    void aCgroupWithoutACpusetHasThatOfTheNearestAboveIt() {
        cgroups.add("a", CpusetSpec.llc(1));
        cgroups.add("a/b");
        cgroups.add("a/b/c");
        assertThat(cgroups.cpusOf("a/b/c")).containsExactly(2, 3);
        cgroups.clearCpuset("a");
        assertThat(cgroups.cpusOf("a/b/c")).isEmpty();
    }

    @Test
    void removingOneForgetsThoseBelowIt() {
        cgroups.add("a");
        cgroups.add("a/b");
        cgroups.add("ab");
        cgroups.remove("a");
        assertThat(cgroups.names()).containsExactly("ab");
    }

    @Test
    void whatIsWrongIsRefusedBeforeTheAgentHearsOfIt() {
        cgroups.add("workers");
        done.clear();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cgroups.freeze("worker"))
                .withMessageContaining("there is no cgroup 'worker' (did you mean 'workers'?)");
        assertThatIllegalArgumentException().isThrownBy(() -> cgroups.add("workers"));
        assertThatIllegalArgumentException().isThrownBy(() -> cgroups.add("../x"));
        assertThatIllegalArgumentException().isThrownBy(() -> cgroups.add("x", CpusetSpec.llc(9)));
        assertThat(done).isEmpty();
    }

    @Test
    void theSettingsOfADefinitionGoAlongAndItsWorkersDoNot() {
        cgroups.add(CgroupDef.named("a").cpuWeight(50).workers(3));
        assertThat(done.get(0).def().get(0).cpuWeight()).isEqualTo(50);
        assertThat(done.get(0).def().get(0).works()).isEmpty();
    }

    @Test
    void aGroupIsRemovedBackwardsAndOneFailureKeepsNoneOfTheOthers() {
        LiveCgroups failing = new LiveCgroups(TOPOLOGY, "/", op -> {
            if (op.kind() == OpKind.REMOVE_CGROUP) {
                done.add(op);
                throw new IllegalStateException("cannot remove " + op.cgroup());
            }
        });
        CgroupGroup group = new CgroupGroup(failing);
        group.add("a");
        group.add("a/b");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(group::close)
                .withMessage("cannot remove a/b")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(done).extracting(OpPlan::cgroup).containsExactly("a/b", "a");
        group.close();
        assertThat(done).hasSize(2);
    }

    @Test
    void aGroupPassesOverWhatWasRemovedAlready() {
        try (CgroupGroup group = new CgroupGroup(cgroups)) {
            group.add("a");
            group.add("b");
            cgroups.remove("b");
            done.clear();
        }
        assertThat(done).extracting(OpPlan::cgroup).containsExactly("cells/a");
    }
}
