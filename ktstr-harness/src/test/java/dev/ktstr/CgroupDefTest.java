package dev.ktstr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupDefTest {
    private static final CgroupDef CG = CgroupDef.named("cg_0");

    @Test
    void aGroupOverridesItsCgroupsDefaults() {
        CgroupDef def = CG.workers(4)
                .nice(5)
                .comm("base")
                .policy(SchedPolicy.batch())
                .work(WorkSpec.inherit())
                .work(WorkSpec.of(WorkType.pipeIo()).workers(2).nice(-3).policy(SchedPolicy.fifo(10)));
        WorkSpec first = def.groups().get(0);
        WorkSpec second = def.groups().get(1);
        assertThat(first)
                .isEqualTo(WorkSpec.inherit().workers(4).nice(5).comm("base").policy(SchedPolicy.batch()));
        assertThat(second.workers()).isEqualTo(2);
        assertThat(second.nice()).isEqualTo(-3);
        assertThat(second.comm()).isEqualTo("base");
        assertThat(second.policy()).isEqualTo(SchedPolicy.fifo(10));
    }

    @Test
    void aCgroupThatNamesNoGroupHasOneAndAnEmptyOneHasNone() {
        assertThat(CG.groups()).containsExactly(WorkSpec.inherit());
        assertThat(CG.noWorkers().groups()).isEmpty();
        refused(
                () -> CG.noWorkers().work(WorkSpec.inherit()),
                "cgroup 'cg_0': it has groups of workers and noWorkers()");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/a",
                "a/",
                "a//b",
                "..",
                "a/../b",
                "a b",
                "cpu.max",
                "a/cgroup.procs",
                "-x",
                "a/b/c/d/e/f/g/h/i"
            })
    void aNameThatIsNoPathBelowTheRootIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> CgroupDef.named(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cg_0", "parent/child", "a.b-c", "a/b/c/d/e/f/g/h"})
    void anythingElseIsTaken(String name) {
        assertThat(CgroupDef.named(name).name()).isEqualTo(name);
    }

    @Test
    void valuesThatTheKernelWouldRefuseAreRefusedAndNamed() {
        refused(() -> CG.workers(0), "cgroup 'cg_0': workers must be at least 1, got 0");
        refused(() -> CG.workers(10_000), "4096 workers at a time, a group of 10000 is too many");
        refused(() -> CG.nice(20), "cgroup 'cg_0': nice must be -20 to 19, got 20");
        refused(() -> CG.comm("sixteen_bytes_xx"), "comm 'sixteen_bytes_xx' must be 1 to 15 bytes, it has 16");
        refused(() -> CG.pcomm("ä".repeat(8)), "it has 16");
        refused(() -> CG.comm("a\nb"), "comm 'a?b' has control characters");
        refused(() -> CG.cpuWeight(0), "cgroup 'cg_0': cpu.weight must be 1 to 10000, got 0");
        refused(() -> CG.cpuMax(Duration.ofNanos(900_000), Duration.ofMillis(100)), "a quota of at least 1 ms");
        refused(() -> CG.cpuMax(Duration.ofMillis(50), Duration.ofSeconds(2)), "a period of 1 ms to 1 s");
        refused(() -> CG.memoryMax(4096), "memory.max must be 65536 to");
        refused(() -> CG.pidsMax(0), "pids.max must be 1 to");
        refused(() -> CG.cpusetMems(-1), "there is no NUMA node -1");
    }

    @Test
    void settingsThatExcludeEachOtherAreRefused() {
        refused(() -> CG.pcomm("leader").cloneMode(CloneMode.PROCESS), "pcomm 'leader' makes the workers threads");
        refused(
                () -> CG.workType(WorkType.custom(java.nio.file.Path.of("/w"))).cloneMode(CloneMode.THREAD),
                "Custom work is a program");
        SchedPolicy deadline = SchedPolicy.deadline(Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10));
        refused(() -> CG.policy(deadline).workType(WorkType.forkExit()), "ForkExit cannot run under SCHED_DEADLINE");
        refused(() -> CG.policy(deadline).affinity(Affinity.singleCpu()), "needs every CPU of its root domain");
        refused(
                () -> CG.memPolicy(MemPolicy.interleave(0), MpolFlags.NUMA_BALANCING),
                "NUMA_BALANCING goes with BIND and PREFERRED_MANY memory");
        refused(() -> CG.memPolicy(MemPolicy.local(), MpolFlags.STATIC_NODES), "LOCAL memory takes no flags");
        refused(() -> MpolFlags.STATIC_NODES.and(MpolFlags.RELATIVE_NODES), "exclude each other");
        refused(() -> new MpolFlags(1), "there are no memory policy flags 0x1");
    }

    @Test
    void policiesKeepTheKernelsBounds() {
        refused(() -> SchedPolicy.fifo(0), "the priority of SCHED_FIFO must be 1 to 99, got 0");
        refused(() -> SchedPolicy.roundRobin(100), "the priority of SCHED_RR must be 1 to 99, got 100");
        refused(
                () -> SchedPolicy.deadline(Duration.ofMillis(5), Duration.ofMillis(4), Duration.ofMillis(10)),
                "runtime <= deadline <= period");
        refused(
                () -> SchedPolicy.deadline(Duration.ofMillis(1), Duration.ofSeconds(5), Duration.ofSeconds(5)),
                "a period of 100 us to 4.19 s");
        refused(
                () -> SchedPolicy.deadline(Duration.ofNanos(1000), Duration.ofMillis(1), Duration.ofMillis(1)),
                "a runtime of at least 1024 ns");
        assertThat(SchedPolicy.ext().privileged()).isFalse();
        assertThat(SchedPolicy.fifo(1).privileged()).isTrue();
    }

    @Test
    void memoryPoliciesNeedNodesWhereTheyNameAny() {
        refused(MemPolicy::bind, "BIND memory needs at least one node");
        refused(() -> MemPolicy.preferred(-1), "there is no NUMA node -1");
        assertThat(MemPolicy.interleave(3, 1, 3).nodes()).containsExactly(1, 3);
    }

    @Test
    void stepsAndBackdropsHaveEachCgroupOnce() {
        refused(() -> Step.of(HoldSpec.FULL, CG, CG), "two cgroups of one step are named 'cg_0'");
        refused(() -> Backdrop.of(CG, CG), "two cgroups of one backdrop are named 'cg_0'");
    }

    @Test
    void holdsAndLoopsHaveBounds() {
        refused(() -> HoldSpec.frac(0), "more than 0 and at most 1");
        refused(() -> HoldSpec.frac(1.01), "more than 0 and at most 1");
        refused(() -> HoldSpec.fixed(Duration.ZERO), "must last longer than zero");
        refused(() -> HoldSpec.loop(Duration.ofNanos(999_999)), "must be at least 1 ms");
        refused(() -> HoldSpec.loop(Duration.ofMillis(2), HoldSpec.loop(Duration.ofMillis(1))), "not for another loop");
    }

    @Test
    void opsAreCheckedWhereTheyAreMade() {
        refused(() -> Op.addCgroup("/x"), "cgroup name '/x' is not usable");
        refused(() -> Op.swapCpusets("a", "a"), "swapCpusets needs two cgroups, got 'a' twice");
        refused(
                () -> Op.spawn("a", WorkSpec.of(WorkType.pipeIo()).workers(1)),
                "PipeIo requires workers divisible by 2");
        refused(() -> Op.captureSnapshot("a b"), "captureSnapshot needs a name without blanks, got 'a b'");
        refused(() -> Op.waitPayload("p", Duration.ZERO), "must last longer than zero");
    }

    private static void refused(ThrowingCallable work, String why) {
        assertThatIllegalArgumentException().isThrownBy(work).withMessageContaining(why);
    }
}
