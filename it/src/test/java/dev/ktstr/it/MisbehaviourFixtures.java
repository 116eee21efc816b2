package dev.ktstr.it;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.CpusetSpec;
import dev.ktstr.Ctx;
import dev.ktstr.HoldSpec;
import dev.ktstr.Step;
import dev.ktstr.annotations.KtstrTest;
import dev.ktstr.annotations.Scheduler;
import java.util.List;

/**
 * The fixture scheduler in its ways to misbehave, each under the scenario that shows it, and in its right mind under all of
 * these. {@link MisbehaviourIT} runs them and judges what came of them.
 */
class MisbehaviourFixtures {
    /** Of the workers that a flag is aimed at, so that lines of the kernel can be told apart. */
    static final String VICTIM = "victim";

    @Scheduler(name = "scx-behaves", binary = "scx-ktstr", schedArgs = "--stats-interval-ms=200")
    interface Behaving {}

    @Scheduler(
            name = "scx-starve-comm",
            binary = "scx-ktstr",
            schedArgs = {"--starve-comm", VICTIM, "--stats-interval-ms=200"})
    interface StarvingAName {}

    @Scheduler(name = "scx-ignore-cpumask", binary = "scx-ktstr", schedArgs = "--ignore-cpumask")
    interface IgnoringCpumasks {}

    @Scheduler(
            name = "scx-long-slice",
            binary = "scx-ktstr",
            schedArgs = {"--slice-us", "3000000"})
    interface WithLongSlices {}

    @Scheduler(name = "scx-lifo", binary = "scx-ktstr", schedArgs = "--lifo")
    interface LastInFirstOut {}

    @Scheduler(
            name = "scx-drop",
            binary = "scx-ktstr",
            schedArgs = {"--drop-one-in", "50", "--timeout-ms", "2000", "--stats-interval-ms=200"})
    interface Dropping {}

    @Scheduler(name = "scx-half", binary = "scx-ktstr", schedArgs = "--cpus-half")
    interface OnHalfTheCpus {}

    @KtstrTest(scheduler = StarvingAName.class, cores = 2, durationS = 6, maxGapMs = 2000)
    AssertResult starvesAName(Ctx ctx) {
        return alone(ctx, named());
    }

    @KtstrTest(scheduler = IgnoringCpumasks.class, cores = 2, durationS = 4, isolation = true)
    AssertResult ignoresCpumasks(Ctx ctx) {
        return alone(ctx, boxed(2));
    }

    @KtstrTest(scheduler = WithLongSlices.class, cores = 2, durationS = 5, maxGapMs = 2000)
    AssertResult hasLongSlices(Ctx ctx) {
        return alone(ctx, boxed(2));
    }

    @KtstrTest(scheduler = LastInFirstOut.class, cores = 2, durationS = 4, maxGapMs = 2000)
    AssertResult lastInFirstOut(Ctx ctx) {
        return alone(ctx, boxed(4));
    }

    @KtstrTest(scheduler = Dropping.class, cores = 2, durationS = 8)
    AssertResult drops(Ctx ctx) {
        return alone(ctx, crowd(4));
    }

    @KtstrTest(scheduler = OnHalfTheCpus.class, cores = 2, durationS = 3, maxImbalanceRatio = 4.0)
    AssertResult usesHalfTheCpus(Ctx ctx) {
        return alone(ctx, crowd(12));
    }

    /** All of the scenarios and all of the thresholds above. */
    @KtstrTest(
            scheduler = Behaving.class,
            cores = 2,
            durationS = 12,
            maxGapMs = 2000,
            isolation = true,
            maxImbalanceRatio = 4.0)
    AssertResult behaves(Ctx ctx) {
        HoldSpec quarter = HoldSpec.frac(0.25);
        return ctx.executeSteps(
                new Step(named(), quarter),
                new Step(boxed(4), quarter),
                new Step(crowd(4), quarter),
                new Step(crowd(12), quarter));
    }

    private static AssertResult alone(Ctx ctx, List<CgroupDef> defs) {
        return ctx.executeSteps(new Step(defs, HoldSpec.FULL));
    }

    /** A spinner for each CPU, one of which has a name. */
    private static List<CgroupDef> named() {
        return List.of(
                CgroupDef.named("named").workers(1).comm(VICTIM),
                CgroupDef.named("other").workers(1));
    }

    /** Spinners that share one CPU, with another one idle beside it. */
    private static List<CgroupDef> boxed(int workers) {
        return List.of(CgroupDef.named("boxed").workers(workers).comm(VICTIM).cpuset(CpusetSpec.exact(0)));
    }

    /** More spinners than CPUs, free to go anywhere. */
    private static List<CgroupDef> crowd(int workers) {
        return List.of(CgroupDef.named("crowd").workers(workers).comm(VICTIM));
    }
}
