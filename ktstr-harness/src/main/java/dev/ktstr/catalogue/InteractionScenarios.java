package dev.ktstr.catalogue;

import static java.time.Duration.ofMillis;

import dev.ktstr.HoldSpec;
import dev.ktstr.Op;
import dev.ktstr.SchedPolicy;
import dev.ktstr.Step;
import dev.ktstr.WorkSpec;
import dev.ktstr.WorkType;
import java.util.List;
import java.util.function.Function;

/** Unequal neighbours: policies, weights, nice levels, load from outside. */
final class InteractionScenarios {
    private static final WorkType SHORT_BURSTS = WorkType.bursty(ofMillis(2), ofMillis(10));
    private static final SchedPolicy FIFTH_OF_A_CPU = SchedPolicy.deadline(ofMillis(2), ofMillis(10), ofMillis(10));

    private InteractionScenarios() {}

    private static CatalogueScenario of(
            String name, String description, Needs needs, Function<Setting, Built> builder) {
        return new CatalogueScenario(name, Group.INTERACTION, description, needs, builder);
    }

    static List<CatalogueScenario> all() {
        return List.of(
                of(
                        "hostContention",
                        "A worker per CPU outside the managed cgroups competes with two cgroups.",
                        Needs.NOTHING,
                        s -> Built.steps(Step.ops(
                                                HoldSpec.FULL,
                                                Op.spawnHost(WorkSpec.inherit().workers(s.cpus())))
                                        .with(s.spinning("cg_0"), s.spinning("cg_1")))
                                .unequal()),
                of(
                        "hostBurst",
                        "Load from outside comes for the middle third of the time.",
                        Needs.NOTHING,
                        s -> Built.steps(
                                        Step.ops(HoldSpec.frac(0.33)),
                                        Step.ops(
                                                HoldSpec.frac(0.33),
                                                Op.spawnHost(WorkSpec.inherit().workers(s.cpus()))),
                                        Step.ops(HoldSpec.frac(0.33)))
                                .before(s.spinning("cg_0"))
                                .unequal()),
                of(
                        "realtimeBesideFair",
                        "FIFO workers in short bursts beside a spinning worker per CPU.",
                        Needs.NOTHING.niceness(),
                        s -> Built.defs(
                                        s.doing("rt", SHORT_BURSTS).policy(SchedPolicy.fifo(50)),
                                        s.spinning("fair").workers(s.cpus()))
                                .unequal()),
                of(
                        "roundRobinBesideFair",
                        "Round-robin workers in short bursts beside a spinning worker per CPU.",
                        Needs.NOTHING.niceness(),
                        s -> Built.defs(
                                        s.doing("rt", SHORT_BURSTS).policy(SchedPolicy.roundRobin(10)),
                                        s.spinning("fair").workers(s.cpus()))
                                .unequal()),
                of(
                        "deadlineBesideFair",
                        "A deadline worker that is promised a fifth of a CPU beside a spinning worker per CPU.",
                        Needs.NOTHING.niceness(),
                        s -> Built.defs(
                                        s.doing("deadline", WorkType.spinWait())
                                                .workers(1)
                                                .policy(FIFTH_OF_A_CPU),
                                        s.spinning("fair").workers(s.cpus()))
                                .unequal()),
                of(
                        "idleBesideNormal",
                        "Idle workers beside a cgroup that sleeps at times: they may run, and must not be in the way.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                        s.spinning("idle").policy(SchedPolicy.idle()),
                                        s.doing("normal", WorkType.bursty(ofMillis(5), ofMillis(5))))
                                .unequal()),
                of(
                        "batchBesideNormal",
                        "Batch workers beside workers that wake up often.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                        s.spinning("batch").policy(SchedPolicy.batch()),
                                        s.doing("normal", SHORT_BURSTS))
                                .unequal()),
                of(
                        "extBesideNormal",
                        "Workers of policy EXT beside workers of policy NORMAL.",
                        Needs.NOTHING,
                        s -> Built.defs(s.spinning("ext").policy(SchedPolicy.ext()), s.spinning("normal"))),
                of(
                        "niceContrast",
                        "Nice 0 beside nice 10 in one cgroup, a worker of each per CPU.",
                        Needs.NOTHING,
                        s -> Built.defs(s.spinning("cg_0")
                                        .work(WorkSpec.inherit().workers(s.cpus()))
                                        .work(WorkSpec.inherit()
                                                .workers(s.cpus())
                                                .nice(10)))
                                .paused()),
                of(
                        "negativeNice",
                        "Nice -10 beside nice 0 in one cgroup, a worker of each per CPU.",
                        Needs.NOTHING.niceness(),
                        s -> Built.defs(s.spinning("cg_0")
                                        .work(WorkSpec.inherit().workers(s.cpus()))
                                        .work(WorkSpec.inherit()
                                                .workers(s.cpus())
                                                .nice(-10)))
                                .paused()),
                of(
                        "weightContrast",
                        "A cgroup of cpu.weight 1000 beside one of 100, a worker per CPU in each.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                        s.spinning("heavy").workers(s.cpus()).cpuWeight(1000),
                                        s.spinning("light").workers(s.cpus()).cpuWeight(100))
                                .unequal()),
                of(
                        "quotaBesideUnlimited",
                        "A cgroup that may use half a CPU beside one that may use all.",
                        Needs.NOTHING,
                        s -> Built.defs(s.spinning("quota").cpuMax(ofMillis(25), ofMillis(50)), s.spinning("unlimited"))
                                .unequal()),
                of(
                        "interactiveBesideBatch",
                        "Workers that wake up for 2 ms every 12 beside two spinning workers per CPU.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                        s.doing("interactive", SHORT_BURSTS),
                                        s.spinning("hogs").workers(2 * s.cpus()))
                                .unequal()),
                of(
                        "ioBesideSpinners",
                        "Workers that write and sleep beside two spinning workers per CPU.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                        s.doing("io", WorkType.ioSyncWrite()),
                                        s.spinning("hogs").workers(2 * s.cpus()))
                                .unequal()),
                of(
                        "unequalLockHolders",
                        "A mutex among workers of nice 10 beside spinning hogs: its holder may be off the CPU.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                        s.doing("locks", WorkType.mutexContention())
                                                .nice(10),
                                        s.spinning("hogs").workers(s.cpus()))
                                .paused()));
    }
}
