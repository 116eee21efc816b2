package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.CgroupStats;
import dev.ktstr.TestTopology;
import dev.ktstr.TestWorkers;
import dev.ktstr.WorkType;
import dev.ktstr.WorkerStats;
import dev.ktstr.guest.ScenarioResult;
import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.CloneMode;
import dev.ktstr.guest.wire.CpuUse;
import dev.ktstr.guest.wire.HistogramBucket;
import dev.ktstr.guest.wire.HoldPlan;
import dev.ktstr.guest.wire.MemoryMode;
import dev.ktstr.guest.wire.MemoryPlan;
import dev.ktstr.guest.wire.Migration;
import dev.ktstr.guest.wire.NodePages;
import dev.ktstr.guest.wire.PolicyPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import dev.ktstr.guest.wire.StepReport;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import dev.ktstr.guest.wire.WorkerReport;
import dev.ktstr.run.encode.EncodedScenario;
import dev.ktstr.run.encode.GroupLabel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatsDecoderTest {
    private static final long SECOND = 1_000_000_000L;

    private final TestTopology topology = TestWorkers.topology("2n2l2c1t");

    /** A report to be changed: a worker that worked for 10 s. */
    private static final class Report {
        private final int step;
        private final String cgroup;
        private final int label;
        private final int index;
        private long units = 5;
        private List<CpuUse> use = List.of(new CpuUse(List.of(0, 1), List.of(0)));
        private List<HistogramBucket> wakes = List.of();
        private List<NodePages> pages = List.of();
        private long migrated = -1;
        private long schedstat = -1;
        private int gapCpu = 3;
        private long wakeSum = 600;
        private boolean completed = true;
        private String error = "";

        Report(int step, String cgroup, int label, int index) {
            this.step = step;
            this.cgroup = cgroup;
            this.label = label;
            this.index = index;
        }

        WorkerReport build() {
            return new WorkerReport(
                    step,
                    cgroup,
                    label,
                    index,
                    70,
                    100 * (label + 1) + index,
                    3 * SECOND,
                    units,
                    4,
                    9 * SECOND,
                    10 * SECOND,
                    SECOND,
                    2,
                    use,
                    List.of(new Migration(7, 0, 1)),
                    30,
                    gapCpu,
                    20,
                    label == 9,
                    wakes,
                    wakes.size(),
                    wakes.isEmpty() ? 0 : 300,
                    wakes.isEmpty() ? 0 : 5,
                    wakes.isEmpty() ? 0 : wakeSum,
                    pages,
                    migrated,
                    schedstat,
                    schedstat,
                    schedstat,
                    0,
                    completed,
                    error);
        }
    }

    private static WorkGroup group(int label, MemoryPlan memory) {
        return new WorkGroup(
                1,
                WorkKind.SPIN_WAIT,
                WorkParameters.bursty(0, 0),
                List.of(),
                List.of(),
                PolicyPlan.NORMAL,
                0,
                List.of(),
                memory,
                CloneMode.PROCESS,
                "",
                "",
                false,
                label);
    }

    /** A scenario with those cgroups, whose groups are labelled in their order. */
    private static EncodedScenario scenario(String prefix, CgroupPlan... cgroups) {
        List<GroupLabel> labels = new ArrayList<>();
        for (CgroupPlan cgroup : cgroups) {
            for (WorkGroup work : cgroup.works()) {
                labels.add(new GroupLabel(
                        work.label(), 0, cgroup.name().substring(prefix.length()), WorkType.spinWait(), cgroup.cpus()));
            }
        }
        StepPlan step = new StepPlan(List.of(), List.of(cgroups), HoldPlan.fixed(SECOND));
        return new EncodedScenario(new ScenarioPlan(List.of(), List.of(step), false, 0), labels);
    }

    private static ScenarioResult result(WorkerReport... reports) {
        return new ScenarioResult(
                List.of(new StepReport(0, 5 * SECOND, 15 * SECOND, "", "")),
                List.of(reports),
                List.of(),
                List.of(),
                4 * SECOND,
                16 * SECOND,
                1,
                Optional.empty());
    }

    private WorkerStats one(Report report, CgroupPlan cgroup) {
        return new StatsDecoder(topology)
                .decode(scenario("", cgroup), result(report.build()))
                .get(0)
                .workers()
                .get(0);
    }

    @Test
    void cgroupsComeInTheOrderOfThePlanAndWorkersInThatOfTheirGroups() {
        EncodedScenario scenario = scenario(
                "cells/",
                CgroupPlan.of(
                        "cells/b", List.of(0, 1), List.of(group(0, MemoryPlan.DEFAULT), group(1, MemoryPlan.DEFAULT))),
                CgroupPlan.of("cells/silent", List.of(), List.of(group(3, MemoryPlan.DEFAULT))),
                CgroupPlan.of("cells/a/deep", List.of(), List.of(group(2, MemoryPlan.DEFAULT))));
        List<CgroupStats> stats = new StatsDecoder(topology)
                .decode(
                        scenario,
                        result(
                                new Report(-1, "", 7, 0).build(),
                                new Report(0, "cells/a/deep", 2, 0).build(),
                                new Report(0, "cells/b", 1, 0).build(),
                                new Report(0, "cells/b", 0, 1).build(),
                                new Report(0, "cells/b", 0, 0).build()));
        assertThat(stats).extracting(CgroupStats::name).containsExactly("b", "a/deep", "(host)");
        assertThat(stats).extracting(CgroupStats::step).containsExactly(0, 0, -1);
        assertThat(stats.get(0).workers()).extracting(WorkerStats::tid).containsExactly(100, 101, 200);
        assertThat(stats.get(0).cpuset()).containsExactly(0, 1);
    }

    @Test
    void whatWasNotMeasuredIsAbsent() {
        Report report = new Report(0, "cg", 0, 0);
        report.gapCpu = -1;
        report.migrated = 0;
        WorkerStats worker = one(report, CgroupPlan.of("cg", List.of(), List.of(group(0, MemoryPlan.DEFAULT))));
        assertThat(worker.schedStats()).isEmpty();
        assertThat(worker.pages()).isEmpty();
        assertThat(worker.longestGap()).isEmpty();
        assertThat(worker.wakeLatency().isEmpty()).isTrue();
        assertThat(worker.error()).isEmpty();
        assertThat(worker.releasedNs()).isEqualTo(3 * SECOND);
    }

    @Test
    void whatWasMeasuredComesThrough() {
        Report report = new Report(0, "cg", 9, 3);
        report.schedstat = 8;
        report.error = "write: No space left on device";
        report.wakes = List.of(new HistogramBucket(5, 1), new HistogramBucket(278, 2), new HistogramBucket(6, 0));
        report.pages = List.of(new NodePages(0, 30), new NodePages(1, 10));
        report.migrated = 4;
        WorkerStats worker = one(report, CgroupPlan.of("cg", List.of(), List.of(group(9, MemoryPlan.DEFAULT))));
        assertThat(worker.messenger()).isTrue();
        assertThat(worker.error()).hasValue("write: No space left on device");
        assertThat(worker.group()).isEqualTo(9);
        assertThat(worker.index()).isEqualTo(3);
        assertThat(worker.longestGap()).hasValue(new WorkerStats.Gap(30, 3, 20));
        assertThat(worker.lastMigrations()).containsExactly(new WorkerStats.Migration(7, 0, 1));
        assertThat(worker.runDelayNs()).hasValue(8);
        assertThat(worker.wakeLatency().count()).isEqualTo(3);
        assertThat(worker.wakeLatency().maxNs()).hasValue(300);
        assertThat(worker.pages().orElseThrow().migrated()).hasValue(4);
        assertThat(worker.pages().orElseThrow().total()).isEqualTo(40);
    }

    @Test
    void pagesBelongWhereThePolicyElseTheCpusetElseTheCpusAre() {
        assertThat(local(MemoryPlan.DEFAULT, List.of(), List.of(0, 1))).isEqualTo(30);
        assertThat(local(MemoryPlan.DEFAULT, List.of(), List.of())).isEqualTo(40);
        assertThat(local(MemoryPlan.DEFAULT, List.of(1), List.of(0, 1))).isEqualTo(10);
        assertThat(local(new MemoryPlan(MemoryMode.BIND, List.of(1), 0), List.of(0), List.of(0, 1)))
                .isEqualTo(10);
        assertThat(local(new MemoryPlan(MemoryMode.BIND, List.of(0), 1 << 14), List.of(1), List.of(0, 1)))
                .as("node 0 of the cpuset's nodes is node 1")
                .isEqualTo(10);
    }

    private long local(MemoryPlan memory, List<Integer> mems, List<Integer> allowed) {
        Report report = new Report(0, "cg", 0, 0);
        report.use = List.of(new CpuUse(allowed, List.of(0)));
        report.pages = List.of(new NodePages(0, 30), new NodePages(1, 10));
        CgroupPlan cgroup = new CgroupPlan("cg", List.of(), mems, 0, -1, 0, -1, -1, List.of(group(0, memory)));
        return one(report, cgroup).pages().orElseThrow().local();
    }

    @Test
    void aReportThatContradictsItselfIsRefusedWithItsWorker() {
        CgroupPlan cgroup = CgroupPlan.of("cg", List.of(), List.of());
        Report bucket = new Report(0, "cg", 0, 0);
        bucket.wakes = List.of(new HistogramBucket(1 << 20, 1));
        assertThatThrownBy(() -> one(bucket, cgroup))
                .isInstanceOf(RunException.class)
                .hasMessageStartingWith(
                        "the agent's report of tid 100 in cgroup 'cg' contradicts itself: bucket 1048576");
        Report negative = new Report(0, "cg", 0, 0);
        negative.units = -5;
        assertThatThrownBy(() -> one(negative, cgroup)).hasMessageEndingWith("work units of -5");
        Report pages = new Report(0, "cg", 0, 0);
        pages.pages = List.of(new NodePages(0, 30), new NodePages(0, 10));
        assertThatThrownBy(() -> one(pages, cgroup)).hasMessageEndingWith("10 pages on node 0");
    }

    @Test
    void aWorkerThatWasKilledWhileItCountedKeepsWhatItHad() {
        Report torn = new Report(0, "cg", 0, 0);
        torn.wakes = List.of(new HistogramBucket(5, 1));
        torn.wakeSum = 5;
        CgroupPlan cgroup = CgroupPlan.of("cg", List.of(), List.of());
        assertThatThrownBy(() -> one(torn, cgroup)).hasMessageContaining("that add up to 5.0 ns");
        torn.completed = false;
        assertThat(one(torn, cgroup).wakeLatency().count()).isEqualTo(1);
    }
}
