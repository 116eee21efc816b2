package dev.ktstr.catalogue;

import static java.time.Duration.ofMillis;

import dev.ktstr.CgroupDef;
import dev.ktstr.CpusetSpec;
import dev.ktstr.Phase;
import dev.ktstr.WorkType;
import java.util.List;
import java.util.function.Function;

/** Plain load that every scheduler must carry. */
final class BasicScenarios {
    private static final int OVERSUBSCRIBED_WORKERS = 32;

    private BasicScenarios() {}

    private static CatalogueScenario of(
            String name, String description, Needs needs, Function<Setting, Built> builder) {
        return new CatalogueScenario(name, Group.BASIC, description, needs, builder);
    }

    static List<CatalogueScenario> all() {
        return List.of(
                of(
                        "steady",
                        "Two cgroups spin side by side; none is confined.",
                        Needs.NOTHING,
                        s -> Built.defs(s.spinning("cg_0"), s.spinning("cg_1"))),
                of(
                        "steadyLlc",
                        "Two cgroups spin, each on a last-level cache of its own.",
                        Needs.llcs(2),
                        s -> Built.defs(
                                        s.spinning("cg_0").cpuset(CpusetSpec.llc(0)),
                                        s.spinning("cg_1").cpuset(CpusetSpec.llc(1)))
                                .isolated()),
                of(
                        "steadyEveryLlc",
                        "A cgroup on each last-level cache, and as many workers in it as it has CPUs.",
                        Needs.NOTHING,
                        BasicScenarios::everyLlc),
                of(
                        "singleWorker",
                        "One worker alone: an idle machine must run it at once and keep running it.",
                        Needs.NOTHING,
                        s -> Built.defs(s.spinning("cg_0").workers(1))),
                of(
                        "fullyLoaded",
                        "As many spinning workers as there are CPUs.",
                        Needs.NOTHING,
                        s -> Built.defs(s.spinning("cg_0").workers(s.cpus()))),
                of(
                        "oversubscribed",
                        "Two cgroups of 32 workers that spin and yield: many more than there are CPUs.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                s.doing("cg_0", WorkType.mixed()).workers(OVERSUBSCRIBED_WORKERS),
                                s.doing("cg_1", WorkType.mixed()).workers(OVERSUBSCRIBED_WORKERS))),
                of(
                        "mixedWorkloads",
                        "Workers that spin, that come in bursts and that do I/O, each kind in a cgroup.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                s.doing("spin", WorkType.spinWait()),
                                s.doing("burst", WorkType.bursty()),
                                s.doing("io", WorkType.ioSyncWrite()))),
                of(
                        "bursts",
                        "Workers that run for 5 ms and sleep for 10: every wake-up is a placement.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                s.doing("cg_0", WorkType.bursty(ofMillis(5), ofMillis(10))),
                                s.doing("cg_1", WorkType.bursty(ofMillis(5), ofMillis(10))))),
                of(
                        "yieldersBesideSpinners",
                        "Workers that give up the CPU all the time beside workers that never do.",
                        Needs.NOTHING,
                        // Who yields gives up what it is owed: how much that is depends on who else is there, and
                        // differs.
                        s -> Built.defs(s.doing("yield", WorkType.yieldHeavy()), s.doing("spin", WorkType.spinWait()))
                                .unequal()),
                of(
                        "phases",
                        "Workers that go through spinning, yielding, sleeping and I/O in turn.",
                        Needs.NOTHING,
                        s -> Built.defs(s.doing(
                                "cg_0",
                                WorkType.sequence(
                                        Phase.spin(ofMillis(40)),
                                        Phase.yield(ofMillis(20)),
                                        Phase.sleep(ofMillis(10)),
                                        Phase.io(ofMillis(10)))))),
                of(
                        "onePerCore",
                        "One worker per core, confined to the cores' first threads: no sibling is to be used.",
                        Needs.threads(),
                        s -> Built.defs(s.spinning("cg_0")
                                        .workers(s.topology().firstThreads().size())
                                        .cpuset(CpusetSpec.exact(s.topology().firstThreads())))
                                .isolated()));
    }

    private static Built everyLlc(Setting s) {
        CgroupDef[] defs = new CgroupDef[s.topology().llcs().size()];
        for (int llc = 0; llc < defs.length; llc++) {
            defs[llc] = s.spinning("llc_" + llc)
                    .workers(s.topology().llcs().get(llc).cpus().size())
                    .cpuset(CpusetSpec.llc(llc));
        }
        return Built.defs(defs).isolated();
    }
}
