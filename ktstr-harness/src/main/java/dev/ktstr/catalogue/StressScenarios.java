package dev.ktstr.catalogue;

import dev.ktstr.CgroupDef;
import dev.ktstr.CloneMode;
import dev.ktstr.WorkType;
import java.util.List;
import java.util.function.Function;

/** Many of one thing at once. */
final class StressScenarios {
    private static final int MANY_CGROUPS = 24;
    private static final int MOST_WORKERS = 512;

    private StressScenarios() {}

    private static CatalogueScenario of(
            String name, String description, Needs needs, Function<Setting, Built> builder) {
        return new CatalogueScenario(name, Group.STRESS, description, needs, builder);
    }

    /** So many workers per CPU, in full groups, at most 512. */
    private static CgroupDef perCpu(Setting s, WorkType type, int each) {
        return CgroupDef.named("cg_0")
                .workType(type)
                .workers(Setting.full(type, Math.min(MOST_WORKERS - type.groupSize(), each * s.cpus())));
    }

    static List<CatalogueScenario> all() {
        return List.of(
                of(
                        "crowd",
                        "Eight spinning workers per CPU, at most 512.",
                        Needs.NOTHING,
                        s -> Built.defs(perCpu(s, WorkType.spinWait(), 8)).unequal()),
                of(
                        "manyCgroups",
                        "Twenty-four cgroups of one worker each.",
                        Needs.NOTHING,
                        StressScenarios::manyCgroups),
                of(
                        "threadSwarm",
                        "One process of four threads per CPU that spin and yield.",
                        Needs.NOTHING,
                        s -> Built.defs(perCpu(s, WorkType.mixed(), 4).cloneMode(CloneMode.THREAD))
                                .unequal()),
                of(
                        "forkStorm",
                        "A worker per CPU forks children that exit at once: tasks come and go by the thousand.",
                        Needs.NOTHING,
                        s -> Built.defs(perCpu(s, WorkType.forkExit(), 1)).unequal()),
                of(
                        "yieldStorm",
                        "Two workers per CPU that do nothing but yield.",
                        Needs.NOTHING,
                        s -> Built.defs(perCpu(s, WorkType.yieldHeavy(), 2)).unequal()),
                of(
                        "signalStorm",
                        "Pairs that signal each other without a pause.",
                        Needs.NOTHING,
                        s -> Built.defs(perCpu(s, WorkType.signalStorm(), 1)).unequal()),
                of(
                        "wakeStorm",
                        "Fan-outs of eight: bursts of wake-ups from one CPU.",
                        Needs.NOTHING,
                        s -> Built.defs(perCpu(s, WorkType.futexFanOut(8), 2)).unequal()),
                of(
                        "pipeStorm",
                        "Pairs that pass a byte to and fro, two workers per CPU.",
                        Needs.NOTHING,
                        s -> Built.defs(perCpu(s, WorkType.pipeIo(), 2)).unequal()),
                of(
                        "lockConvoy",
                        "Eight workers per mutex, which is held most of the time.",
                        Needs.NOTHING,
                        s -> Built.defs(perCpu(
                                        s,
                                        WorkType.mutexContention(8).with(dev.ktstr.WorkParameter.HOLD_ITERS, 4096),
                                        2))
                                .unequal()),
                of(
                        "pageFaultStorm",
                        "A worker per CPU touches pages and drops them: the kernel is entered all the time.",
                        Needs.NOTHING,
                        s -> Built.defs(perCpu(s, WorkType.pageFaultChurn(), 1)).unequal()),
                of(
                        "niceStorm",
                        "Workers that change their nice level all the time, from -20 to 19.",
                        Needs.NOTHING.niceness(),
                        s -> Built.defs(perCpu(s, WorkType.niceSweep(), 2)).unequal()),
                of(
                        "policyStorm",
                        "Workers that change their scheduling policy all the time: tasks enter and leave the class.",
                        Needs.NOTHING.niceness(),
                        s -> Built.defs(perCpu(s, WorkType.policyChurn(), 2)).unequal()),
                of(
                        "everythingStorm",
                        "Forks, faults, signals, yields, wake-ups and moves at once.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                        s.doing("fork", WorkType.forkExit()),
                                        s.doing("fault", WorkType.pageFaultChurn()),
                                        s.doing("signal", WorkType.signalStorm()),
                                        s.doing("yield", WorkType.yieldHeavy()),
                                        s.doing("wake", WorkType.futexFanOut()),
                                        s.doing("move", WorkType.affinityChurn()))
                                .unequal()));
    }

    private static Built manyCgroups(Setting s) {
        CgroupDef[] defs = new CgroupDef[MANY_CGROUPS];
        for (int i = 0; i < defs.length; i++) {
            defs[i] = s.spinning("cg_" + i).workers(1);
        }
        return Built.defs(defs);
    }
}
