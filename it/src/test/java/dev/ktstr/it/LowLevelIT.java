package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.Affinity;
import dev.ktstr.AssertResult;
import dev.ktstr.CgroupGroup;
import dev.ktstr.CgroupStats;
import dev.ktstr.CpusetSpec;
import dev.ktstr.Ctx;
import dev.ktstr.WorkType;
import dev.ktstr.WorkloadConfig;
import dev.ktstr.WorkloadHandle;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.VariantRun;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Cgroups and workers of a guest, one operation at a time. */
class LowLevelIT {
    private static final String CGROUPS = "/sys/fs/cgroup/";

    @Test
    void aTestMakesItsCgroupsAndWorkersItselfAndNothingStays() {
        VariantRun.Ended ended = Runs.run("PayloadFixtures#byHand", ctx -> {
            AssertResult result;
            try (CgroupGroup group = new CgroupGroup(ctx.cgroups())) {
                group.add("outer");
                String cgroup = group.add("outer/workers", CpusetSpec.llc(1));
                result = spin(ctx, cgroup);
                refusals(ctx);
            }
            assertThat(ctx.cgroups().names()).isEmpty();
            assertThatThrownBy(() -> ctx.guest().readText(CGROUPS + "outer/cgroup.procs"));
            return result;
        });
        assertThat(ended.outcome().details()).isEmpty();
        assertThat(ended.outcome().verdict()).isEqualTo(Verdict.PASS);
    }

    private static AssertResult spin(Ctx ctx, String cgroup) {
        try (WorkloadHandle spinners =
                ctx.spawn(WorkloadConfig.of(2, WorkType.spinWait()).in(cgroup))) {
            assertThat(spinners.tids()).hasSize(2).doesNotHaveDuplicates();
            assertThat(ctx.guest().readText(CGROUPS + cgroup + "/cgroup.procs").lines())
                    .as("they are in their cgroup before they work")
                    .containsExactlyInAnyOrderElementsOf(
                            spinners.pids().stream().map(String::valueOf).toList());
            assertThat(spinners.snapshotIterations()).containsExactly(0L, 0L);
            spinners.start();
            assertThatIllegalStateException().isThrownBy(spinners::start).withMessageContaining("started already");
            awaitWork(spinners, 1);
            spinners.setAffinity(Affinity.exact(3));
            assertThatIllegalArgumentException().isThrownBy(() -> spinners.setAffinity(Affinity.exact(0)));
            List<Long> before = spinners.snapshotIterations();
            awaitWork(spinners, before.get(0) + 1);
            ctx.cgroups().freeze(cgroup);
            List<Long> frozen = spinners.snapshotIterations();
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            assertThat(spinners.snapshotIterations()).as("frozen").isEqualTo(frozen);
            ctx.cgroups().unfreeze(cgroup);
            awaitWork(spinners, frozen.get(0) + 1);
            CgroupStats stats = spinners.stopAndCollect();
            assertThatIllegalStateException().isThrownBy(spinners::stopAndCollect);
            assertThat(stats.workers()).hasSize(2).allSatisfy(worker -> {
                assertThat(worker.iterations()).isPositive();
                assertThat(worker.cpusUsed()).isSubsetOf(2, 3).contains(3);
            });
            return ctx.check(stats);
        }
    }

    private static void awaitWork(WorkloadHandle workers, long iterations) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (workers.snapshotIterations().stream().anyMatch(n -> n < iterations)) {
            assertThat(System.nanoTime()).as("workers work").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void refusals(Ctx ctx) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ctx.cgroups().setCpuset("outer/worker", CpusetSpec.llc(0)))
                .withMessageContaining("did you mean 'outer/workers'?");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ctx.cgroups().add("outer"))
                .withMessageContaining("there is a cgroup 'outer' already");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ctx.cgroups().add("x", CpusetSpec.llc(7)))
                .withMessageContaining("cgroup 'x': CpusetSpec validation failed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ctx.spawn(WorkloadConfig.of(3, WorkType.byName("PipeIo"))))
                .withMessageContaining("divisible by 2");
    }
}
