package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.KtstrTest;
import java.util.List;

/**
 * Step 11: who runs.
 *
 * <p>Schedulers look at names, nice values and policies. Workers can have all of them. These tests name no scheduler, so they run under
 * the kernel's own, EEVDF, which honours the nice values that our fixture ignores.
 */
class Step11WorkersTest {
    /**
     * Nice values weigh tasks of <em>one</em> cgroup against each other. Workers in two cgroups are weighed by {@code cpuWeight} of the
     * cgroups, whatever their nice values: hence one cgroup here, and one CPU to compete for. They are unequal on purpose, so the check
     * for spread has nothing to say.
     *
     * <p>Nice 10 has about a ninth of the weight of nice 0 ({@code sched_prio_to_weight} in kernel/sched/core.c); half is a claim that
     * chance does not decide.
     */
    @KtstrTest(cores = 2, durationS = 2, maxSpreadPct = 100.0)
    AssertResult niceShares(Ctx ctx) {
        return mostFor("hot", ctx, WorkSpec.inherit().nice(0).comm("hot"), WorkSpec.inherit().nice(10).comm("cold"));
    }

    /**
     * A policy ranks above every nice value. A SCHED_FIFO task is no business of EEVDF or of a sched_ext scheduler: it takes the CPU
     * first, and the rest is what they have to share.
     */
    @KtstrTest(cores = 2, durationS = 2, maxSpreadPct = 100.0)
    AssertResult policyBeforeNice(Ctx ctx) {
        return mostFor(
                "the fifo worker",
                ctx,
                WorkSpec.inherit().policy(SchedPolicy.fifo(1)).comm("fifo"),
                WorkSpec.inherit().policy(SchedPolicy.batch()).nice(-20).comm("batch"));
    }

    /**
     * {@code comm} is the name of a thread, {@code pcomm} that of its process. Workers with a {@code pcomm} are threads of one process of
     * that name, as those of a browser or a JVM are; without, each is a process of its own.
     */
    @KtstrTest(cores = 4, durationS = 1)
    AssertResult threadsOfOneProcess(Ctx ctx) {
        AssertResult result = ctx.executeDefs(
                CgroupDef.named("jvm").workers(2).pcomm("java").comm("GC Thread"),
                CgroupDef.named("alone").workers(2).comm("bg_spinner"));
        Claims claims = ctx.claims();
        claims.claim("processes of jvm", processes(result.cgroup("jvm"))).equalTo(1);
        claims.claim("processes of alone", processes(result.cgroup("alone"))).equalTo(2);
        return result.and(claims.result());
    }

    /** Lets one worker of each kind compete for a CPU, and claims that the first kind gets twice as much of it at least. */
    private static AssertResult mostFor(String name, Ctx ctx, WorkSpec first, WorkSpec second) {
        AssertResult result = ctx.executeDefs(CgroupDef.named("shared")
                .cpuset(CpusetSpec.exact(1))
                .work(first.workers(1))
                .work(second.workers(1)));
        // In the order in which the cgroup names them.
        List<WorkerStats> workers = result.cgroup("shared").workers();
        Claims claims = ctx.claims();
        claims.claim("CPU time of " + name + " in ns", workers.get(0).cpuTimeNs())
                .atLeast(2 * workers.get(1).cpuTimeNs());
        return result.and(claims.result());
    }

    private static long processes(CgroupStats cgroup) {
        return cgroup.workers().stream().map(WorkerStats::pid).distinct().count();
    }
}
