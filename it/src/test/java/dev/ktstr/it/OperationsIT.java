package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.guest.BootImage;
import dev.ktstr.guest.ElfClosure;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.guest.LiveWork;
import dev.ktstr.guest.ScenarioResult;
import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.CpuUse;
import dev.ktstr.guest.wire.HoldPlan;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import dev.ktstr.guest.wire.StepReport;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import dev.ktstr.guest.wire.WorkerReport;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.run.Boot;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.SchedulerBinary;
import dev.ktstr.run.Variant;
import dev.ktstr.vm.Backends;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operations do to a real kernel's cgroups and scheduler what they say. One guest for all, under the fixture scheduler. */
class OperationsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long MS = 1_000_000;

    @TempDir
    static Path temp;

    private static BootedGuest guest;

    @BeforeAll
    static void boot() throws IOException {
        Options options = Options.ofProcess();
        Variant variant = new Variant(
                Registry.load(OperationsIT.class.getClassLoader()).test("dev.ktstr.it.Fixtures#operations"),
                KernelDiscovery.standard().find(options.get("kernel").orElse(null)));
        Path image = BootImage.cached(KernelCache.root(System.getenv()).resolve("boot"));
        guest = new Boot(Backends.select(null), options).boot(variant, image, temp, machine -> {});
        List<GuestFile> files = new ArrayList<>();
        for (ElfClosure.Entry entry : ElfClosure.of(
                SchedulerBinary.find(variant.scheduler().orElseThrow(), options, Path.of("")), List.of())) {
            files.add(GuestFile.of(entry.guestPath(), 0755, entry.hostPath()));
        }
        guest.session().send(files, LIMIT);
        List<String> argv = new ArrayList<>(List.of(files.get(0).path()));
        argv.addAll(variant.schedulerArgs());
        guest.session().startScheduler(argv, LIMIT);
    }

    @AfterAll
    static void end() {
        if (guest != null) {
            guest.close();
        }
    }

    @AfterEach
    void endLiveWork() {
        live().end();
    }

    private static LiveWork live() {
        return guest.session().live();
    }

    private static ScenarioResult run(List<OpPlan> backdrop, StepPlan... steps) {
        return guest.session().run(new ScenarioPlan(backdrop, List.of(steps), true, 1), LIMIT);
    }

    private static WorkGroup spinners(int workers) {
        return WorkGroup.of(workers, WorkKind.SPIN_WAIT, WorkParameters.NONE, List.of());
    }

    private static OpPlan op(OpKind kind, String cgroup) {
        return OpPlan.of(kind).on(cgroup);
    }

    private static OpPlan add(CgroupPlan plan) {
        return OpPlan.of(OpKind.ADD_CGROUP_DEF).withDef(plan);
    }

    private static StepPlan step(long ms, OpPlan... ops) {
        return new StepPlan(List.of(ops), List.of(), HoldPlan.fixed(ms * MS));
    }

    private static String read(String file) {
        byte[] bytes = guest.session().readFile("/sys/fs/cgroup/" + file, 1000);
        return new String(bytes, StandardCharsets.UTF_8).strip();
    }

    private static void assertNeverOutside(WorkerReport worker) {
        for (CpuUse use : worker.cpuUse()) {
            assertThat(new HashSet<>(use.allowed()).containsAll(use.used())
                            || use.allowed().isEmpty())
                    .as("tid %s: %s", worker.tid(), worker.cpuUse())
                    .isTrue();
        }
    }

    @Test
    void workersFollowTheCpusetThroughEveryChangeAndAreNeverSeenOutside() {
        ScenarioResult result = run(
                List.of(add(CgroupPlan.of("c", List.of(0, 1), List.of(spinners(2))))),
                step(300),
                step(300, op(OpKind.SET_CPUSET, "c").withCpus(List.of(2, 3))),
                step(300, op(OpKind.CLEAR_CPUSET, "c")));
        assertThat(result.workers()).hasSize(2).allMatch(WorkerReport::completed);
        for (WorkerReport worker : result.workers()) {
            assertNeverOutside(worker);
            assertThat(worker.cpuUse()).extracting(CpuUse::allowed).contains(List.of(0, 1), List.of(2, 3));
            assertThat(worker.cpusUsed()).containsAnyOf(0, 1).containsAnyOf(2, 3);
        }
    }

    /** Two workers that fork without end, in a cgroup for so many processes. */
    private static List<WorkerReport> forkers(int pidsMax) {
        WorkGroup forkers = WorkGroup.of(2, WorkKind.FORK_EXIT, WorkParameters.NONE, List.of());
        CgroupPlan cgroup = new CgroupPlan("full", List.of(), List.of(), 0, -1, 0, -1, pidsMax, List.of(forkers));
        return run(List.of(add(cgroup)), step(500)).workers();
    }

    @Test
    void workersThatForkLiveOnWhenTheirCgroupHasNoProcessLeftForThem() {
        assertThat(forkers(2)).hasSize(2).allSatisfy(worker -> {
            assertThat(worker.workUnits()).isZero();
            assertThat(worker.error()).isEmpty();
            assertThat(worker.completed()).isTrue();
        });
        assertThat(forkers(3)).hasSize(2).allSatisfy(worker -> {
            assertThat(worker.workUnits())
                    .as("one child at a time, for both of them")
                    .isPositive();
            assertThat(worker.completed()).isTrue();
        });
    }

    @Test
    void swappedCpusetsAreExchangedUnderTheFeetOfTheirWorkers() {
        ScenarioResult result = run(
                List.of(
                        add(CgroupPlan.of("a", List.of(0), List.of(spinners(1)))),
                        add(CgroupPlan.of("b", List.of(1, 2, 3), List.of(spinners(1))))),
                step(200),
                step(200, op(OpKind.SWAP_CPUSETS, "a").and("b")));
        assertThat(result.workers()).hasSize(2).allSatisfy(OperationsIT::assertNeverOutside);
        WorkerReport a = result.workers().get(0);
        assertThat(a.cgroup()).isEqualTo("a");
        assertThat(a.cpusUsed()).contains(0).containsAnyOf(1, 2, 3);
    }

    @Test
    void aCpusetWithTasksIsExchangedWithNoneAtAll() {
        live().op(add(CgroupPlan.of("a", List.of(0), List.of(spinners(1)))));
        live().op(add(CgroupPlan.of("b", List.of(), List.of(spinners(1)))));
        live().op(op(OpKind.SWAP_CPUSETS, "a").and("b"));
        assertThat(read("b/cpuset.cpus")).isEqualTo("0");
        assertThat(read("a/cpuset.cpus.effective")).isEqualTo("0-3");
    }

    @Test
    void everySettingOfACgroupIsWritten() {
        live().op(add(new CgroupPlan(
                "set/in", List.of(1, 3), List.of(1), 50, 30_000, 100_000, 64 << 20, 17, List.of(spinners(1)))));
        assertThat(read("set/in/cpuset.cpus")).isEqualTo("1,3");
        assertThat(read("set/in/cpuset.mems")).isEqualTo("1");
        assertThat(read("set/in/cpu.weight")).isEqualTo("50");
        assertThat(read("set/in/cpu.max")).isEqualTo("30000 100000");
        assertThat(read("set/in/memory.max")).isEqualTo(String.valueOf(64 << 20));
        assertThat(read("set/in/pids.max")).isEqualTo("17");
        assertThat(read("set/in/cgroup.procs").lines()).hasSize(1);
    }

    @Test
    void aNodeThatDoesNotExistAndACpuThatDoesNotAreRefusedInTheKernelsWords() {
        CgroupPlan node = new CgroupPlan("m", List.of(), List.of(7), 0, -1, 0, -1, -1, List.of());
        assertThatThrownBy(() -> run(List.of(add(node))))
                .hasMessageContaining("backdrop, op 1 (addCgroupDef 'm'): writing '7' to cpuset.mems: ");
        assertThatThrownBy(() -> run(
                        List.of(add(CgroupPlan.of("n", List.of(), List.of()))),
                        step(1, op(OpKind.SET_CPUSET, "n").withCpus(List.of(0, 1, 9)))))
                .hasMessageContaining("step 1, op 1 (setCpuset 'n'): writing '0-1,9' to cpuset.cpus: ");
    }

    @Test
    void aCgroupThatGivesControllersCannotRunTasksAndTheLineSaysSo() {
        live().op(add(CgroupPlan.of("up/down", List.of(0), List.of(spinners(1)))));
        assertThatThrownBy(() -> live().op(op(OpKind.SPAWN, "up").withWork(spinners(1))))
                .hasMessageContaining("operation (spawn 'up'): ")
                .hasMessageContaining("a cgroup that gives controllers to those below it cannot run tasks itself");
        assertThat(live().end().workers()).hasSize(1).allMatch(WorkerReport::completed);
    }

    @Test
    void theSchedulerIsTakenAwayAndPutBackWithinAScenario() {
        ScenarioResult result = run(
                List.of(),
                step(100),
                step(100, OpPlan.of(OpKind.STOP_SCHEDULER)),
                step(100, OpPlan.of(OpKind.START_SCHEDULER)));
        assertThat(result.steps()).extracting(StepReport::schedState).containsExactly("enabled", "disabled", "enabled");
        assertThat(result.events()).extracting(StimulusEvent::what).contains("stopScheduler", "startScheduler");
        assertThat(result.schedulerExit()).isEmpty();
        assertThat(guest.session().schedulerExit()).isEmpty();
    }
}
