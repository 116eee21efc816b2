package dev.ktstr.it;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.CpusetSpec;
import dev.ktstr.Ctx;
import dev.ktstr.HoldSpec;
import dev.ktstr.Op;
import dev.ktstr.Step;
import dev.ktstr.VmResult;
import dev.ktstr.WorkType;
import dev.ktstr.annotations.BpfMapWrite;
import dev.ktstr.annotations.KtstrTest;
import dev.ktstr.annotations.Scheduler;
import dev.ktstr.snapshot.Sample;
import dev.ktstr.snapshot.Snapshot;
import java.util.List;

/**
 * Tests that other tests run and look at: some are meant to fail. Declared the way a user declares them, so that the
 * processor, the registry and the run are those of a user.
 */
class Fixtures {
    @Scheduler(name = "scx-ktstr", binary = "scx-ktstr", schedArgs = "--stats-interval-ms=200")
    interface Healthy {}

    @Scheduler(
            name = "scx-stall",
            binary = "scx-ktstr",
            schedArgs = {"--stall-after", "2", "--timeout-ms", "2000"})
    interface Stalling {}

    @Scheduler(
            name = "scx-exit",
            binary = "scx-ktstr",
            schedArgs = {"--exit-after", "1"})
    interface Exiting {}

    @Scheduler(name = "scx-fail", binary = "scx-ktstr", schedArgs = "--fail-at-start")
    interface FailingAtStart {}

    @Scheduler(name = "scx-no-attach", binary = "scx-ktstr", schedArgs = "--no-attach")
    interface NeverAttaching {}

    @Scheduler(name = "scx-missing", binary = "scx-there-is-no-such-program")
    interface Missing {}

    @Scheduler(
            name = "scx-crash",
            binary = "scx-ktstr",
            schedArgs = {"--crash-after", "1"})
    interface Crashing {}

    @Scheduler(
            name = "scx-crash-later",
            binary = "scx-ktstr",
            schedArgs = {"--crash-after", "4"})
    interface CrashingLater {}

    @Scheduler(
            name = "scx-refused",
            binary = "scx-ktstr",
            schedArgs = {"--verify-loop=200", "--fail-verify"})
    interface RefusedByTheVerifier {}

    @Scheduler(name = "scx-long", binary = "scx-ktstr", schedArgs = "--verify-loop=400000")
    interface NearTheVerifiersLimit {}

    @Scheduler(name = "scx-logs", binary = "scx-ktstr", schedArgs = "--verifier-log")
    interface PrintingItsLogs {}

    @Scheduler(
            name = "scx-slow-watchdog",
            binary = "scx-ktstr",
            schedArgs = {"--timeout-ms", "6000"})
    interface WithALongLimit {}

    /** Of the kernel's own tools, built by a test from the distribution's sources. */
    @Scheduler(name = "scx-simple", binary = "scx_simple", kernels = "6.12")
    interface Simple {}

    @Scheduler(name = "scx-qmap", binary = "scx_qmap", kernels = "6.12")
    interface Qmap {}

    /** Part of the kernel, as it were: two commands of a shell turn it on and off. */
    @Scheduler(
            name = "builtin",
            kernelBuiltinEnable = "echo on > /run/builtin",
            kernelBuiltinDisable = "echo builtin is off > /dev/kmsg",
            cgroupParent = "/cells/inner")
    interface Builtin {}

    @Scheduler(name = "scx-old", binary = "scx-ktstr", kernels = "5.15")
    interface ForAnOldKernel {}

    @KtstrTest(scheduler = ForAnOldKernel.class, cores = 1, durationS = 1)
    void needsAnOldKernel(Ctx ctx) {}

    @KtstrTest(cores = 1, durationS = 1)
    void boots(Ctx ctx) {}

    @KtstrTest(llcs = 2, cores = 2, durationS = 1)
    void boots4(Ctx ctx) {}

    // What workers say is held against the kernel; how the host treats the guest meanwhile is not the matter.
    @KtstrTest(cores = 2, durationS = 90, notStarved = false, failOnStall = false)
    void instrument(Ctx ctx) {}

    @KtstrTest(cores = 2, durationS = 1)
    void boots2(Ctx ctx) {}

    @KtstrTest(llcs = 2, cores = 2, memoryMb = 1024, durationS = 1)
    void boots4In1GiB(Ctx ctx) {}

    @KtstrTest(numaNodes = 2, llcs = 4, cores = 2, threads = 2, durationS = 1)
    void bootsTwoNodes(Ctx ctx) {}

    @KtstrTest(
            numaNodes = 2,
            llcs = 2,
            cores = 1,
            durationS = 1,
            memoryNodes = {
                "512M latency=90 bandwidth=50000 distances=10,20,40",
                "256M latency=90 bandwidth=50000 distances=20,10,30",
                "512M latency=300 bandwidth=20000 cache=64M distances=40,30,10"
            })
    void memoryBehindTwoNodes(Ctx ctx) {}

    @KtstrTest(cores = 1, memoryMb = 1 << 30, durationS = 1)
    void asksForAPetabyte(Ctx ctx) {}

    @KtstrTest(scheduler = Healthy.class, numaNodes = 2, llcs = 2, cores = 2, durationS = 2)
    void operations(Ctx ctx) {}

    @KtstrTest(scheduler = Healthy.class, llcs = 2, cores = 2, durationS = 2, isolation = true)
    AssertResult confined(Ctx ctx) {
        return spin(ctx, CpusetSpec.llc(0), 2);
    }

    @KtstrTest(llcs = 2, cores = 2, durationS = 4, isolation = true, notStarved = false)
    AssertResult clearedCpuset(Ctx ctx) {
        return spin(ctx, CpusetSpec.llc(0), 4);
    }

    @KtstrTest(scheduler = Stalling.class, cores = 2, durationS = 15)
    AssertResult stalls(Ctx ctx) {
        return spin(ctx, CpusetSpec.exact(0, 1), 4);
    }

    @KtstrTest(scheduler = Stalling.class, cores = 2, durationS = 15, watchdogTimeoutS = 5)
    AssertResult stallsUnderALongerLimit(Ctx ctx) {
        return spin(ctx, CpusetSpec.exact(0, 1), 4);
    }

    @KtstrTest(scheduler = WithALongLimit.class, cores = 2, durationS = 4, watchdogTimeoutS = 1, notStarved = false)
    AssertResult livesUnderAShorterLimit(Ctx ctx) {
        return spin(ctx, CpusetSpec.exact(0, 1), 2);
    }

    @KtstrTest(
            scheduler = Healthy.class,
            cores = 2,
            durationS = 10,
            expectErr = true,
            expectScxBpfErrorContains = "host-triggered crash",
            bpfMapWrite = @BpfMapWrite(map = ".bss", variable = "crash", value = 1))
    AssertResult crashesByAMapWrite(Ctx ctx) {
        return spin(ctx, CpusetSpec.exact(0, 1), 2);
    }

    @KtstrTest(scheduler = Healthy.class, cores = 2, durationS = 3, numSnapshots = 4, postVm = "dispatchesOnAndOn")
    AssertResult isCaptured(Ctx ctx) {
        return ctx.executeSteps(new Step(
                List.of(CgroupDef.named("captured").workers(2)), List.of(Op.captureSnapshot("before")), HoldSpec.FULL));
    }

    void dispatchesOnAndOn(VmResult result) {
        result.samples().periodicOnly().longs("nr_dispatched").strictlyIncreasing(result.claims());
        result.claims()
                .record(
                        result.samples().samples().size() == 5,
                        "not five captures but " + result.samples().samples());
        if (result.snapshot("before").var("slice_ns").asLong() != 10_000_000) {
            throw new AssertionError("slice_ns is " + result.snapshot("before").var("slice_ns"));
        }
    }

    /** A known number of writes to one global, by a task that sleeps and wakes again and again. */
    @Scheduler(
            name = "scx-beats",
            binary = "scx-ktstr",
            schedArgs = {"--beats", "7"})
    interface Beating {}

    @KtstrTest(
            scheduler = Beating.class,
            cores = 2,
            durationS = 2,
            notStarved = false,
            failOnStall = false,
            numSnapshots = 2,
            postVm = "everyBeatIsThere")
    AssertResult isWatched(Ctx ctx) {
        return ctx.executeSteps(new Step(
                List.of(CgroupDef.named("beaters").workers(1).comm("beater").workType(WorkType.ioSyncWrite())),
                List.of(
                        Op.watchSnapshot("beats"),
                        Op.watchSnapshot("vmlinux/panic_timeout"),
                        Op.watchSnapshot("crash")),
                HoldSpec.FULL));
    }

    static void everyBeatIsThere(VmResult result) {
        List<Sample> beats = result.samples().writesTo("beats").samples();
        result.claims().claim("captures of beats", beats.size()).equalTo(7);
        for (int i = 0; i < beats.size(); i++) {
            Snapshot seen = beats.get(i).snapshot();
            result.claims().claim("beat " + i, seen.var("beats").asLong()).equalTo(i + 1);
            result.claims()
                    .claim(
                            "registers of CPU 0 and 1",
                            seen.cpus().stream()
                                    .filter(cpu -> cpu.register("rip") != 0 && cpu.counter("nr_switches") > 0)
                                    .count())
                    .equalTo(2);
        }
    }

    @KtstrTest(scheduler = Healthy.class, cores = 2, durationS = 1, notStarved = false, failOnStall = false)
    void watches(Ctx ctx) {}

    @KtstrTest(scheduler = Healthy.class, cores = 1, durationS = 1, numSnapshots = 2, postVm = "findsFault")
    AssertResult isFoundWanting(Ctx ctx) {
        return spin(ctx, CpusetSpec.exact(0), 1);
    }

    static void findsFault(VmResult result) {
        result.samples().longs("nr_dispatchd").nondecreasing(result.claims());
        throw new IllegalStateException("of " + result.samples().samples().size() + " captures none is good");
    }

    @KtstrTest(
            scheduler = Healthy.class,
            cores = 1,
            durationS = 1,
            bpfMapWrite = @BpfMapWrite(map = ".bss", variable = "crsh", value = 1))
    void writesIntoWhatIsNotThere(Ctx ctx) {}

    @KtstrTest(
            scheduler = Crashing.class,
            cores = 2,
            durationS = 10,
            expectErr = true,
            expectScxBpfErrorContains = "host-triggered crash",
            expectScxBpfErrorMatches = "runtime error|ktstr")
    AssertResult crashesAsExpected(Ctx ctx) {
        return spin(ctx, CpusetSpec.exact(0, 1), 2);
    }

    @KtstrTest(
            scheduler = CrashingLater.class,
            cores = 2,
            durationS = 15,
            expectErr = true,
            expectScxBpfErrorContains = "host-triggered crash")
    AssertResult crashesAfterItsRestart(Ctx ctx) {
        return ctx.executeSteps(new Step(
                List.of(CgroupDef.named("confined").workers(2).cpuset(CpusetSpec.exact(0, 1))),
                List.of(Op.restartScheduler()),
                HoldSpec.FULL));
    }

    @KtstrTest(scheduler = Healthy.class, llcs = 2, cores = 4, durationS = 1)
    void eightCpus(Ctx ctx) {}

    @KtstrTest(scheduler = Builtin.class, llcs = 2, cores = 2, durationS = 1, isolation = true, maxSpreadPct = 90.0)
    AssertResult underABuiltin(Ctx ctx) {
        return spin(ctx, CpusetSpec.llc(0), 2);
    }

    @KtstrTest(scheduler = Exiting.class, cores = 2, durationS = 6)
    AssertResult exits(Ctx ctx) {
        return spin(ctx, CpusetSpec.exact(0, 1), 2);
    }

    @KtstrTest(scheduler = FailingAtStart.class, cores = 1, durationS = 1)
    void failsAtStart(Ctx ctx) {}

    @KtstrTest(scheduler = NeverAttaching.class, cores = 1, durationS = 1)
    void neverAttaches(Ctx ctx) {}

    @KtstrTest(scheduler = Missing.class, cores = 1, durationS = 1)
    void missing(Ctx ctx) {}

    // Four presets of the gauntlet, for what is measured over several topologies.
    @KtstrTest(llcs = 2, cores = 2, durationS = 1, notStarved = false)
    AssertResult tiny2Llc(Ctx ctx) {
        return Workloads.mixed(ctx);
    }

    @KtstrTest(llcs = 3, cores = 2, threads = 2, durationS = 1, notStarved = false)
    AssertResult smt3Llc(Ctx ctx) {
        return Workloads.mixed(ctx);
    }

    @KtstrTest(numaNodes = 2, llcs = 4, cores = 4, durationS = 1, notStarved = false)
    AssertResult numa2With4Llc(Ctx ctx) {
        return Workloads.mixed(ctx);
    }

    @KtstrTest(llcs = 4, cores = 4, threads = 2, durationS = 1, notStarved = false)
    AssertResult medium4Llc(Ctx ctx) {
        return Workloads.mixed(ctx);
    }

    // Wide limits: what it measures is compared between runs, and a busy host must not decide the verdict.
    @KtstrTest(cores = 2, durationS = 1, maxSpreadPct = 90.0, maxGapMs = 10_000)
    AssertResult contended(Ctx ctx) {
        return Workloads.contended(ctx);
    }

    // What the workers say of themselves is looked at, not how a busy host treated them.
    @KtstrTest(cores = 2, durationS = 20, notStarved = false, failOnStall = false)
    void anyWork(Ctx ctx) {}

    @KtstrTest(cores = 1, durationS = 1, performanceMode = true)
    AssertResult isPinned(Ctx ctx) {
        return spin(ctx, CpusetSpec.exact(0), 1);
    }

    @KtstrTest(llcs = 8, cores = 8, durationS = 1, performanceMode = true)
    void isPinnedOn64(Ctx ctx) {}

    // What runs in it judges itself.
    @KtstrTest(
            numaNodes = 2,
            llcs = 2,
            cores = 2,
            durationS = 1,
            notStarved = false,
            failOnStall = false,
            maxImbalanceRatio = 1000)
    void takesTheHostsPart(Ctx ctx) {}

    @KtstrTest(cores = 2, durationS = 60)
    AssertResult runsForAMinute(Ctx ctx) {
        return spin(ctx, CpusetSpec.exact(0, 1), 2);
    }

    // The machines of the catalogue: two caches, two nodes, cores of two threads, six CPUs.
    @KtstrTest(llcs = 2, cores = 2, durationS = 1)
    void catalogue(Ctx ctx) {}

    @KtstrTest(numaNodes = 2, llcs = 2, cores = 2, durationS = 1)
    void catalogueTwoNodes(Ctx ctx) {}

    @KtstrTest(cores = 2, threads = 2, durationS = 1)
    void catalogueThreads(Ctx ctx) {}

    @KtstrTest(llcs = 2, cores = 3, durationS = 1)
    void catalogueSixCpus(Ctx ctx) {}

    static AssertResult spin(Ctx ctx, CpusetSpec cpus, int workers) {
        return ctx.executeDefs(CgroupDef.named("confined").workers(workers).cpuset(cpus));
    }
}
