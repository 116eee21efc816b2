package dev.ktstr.run;

import dev.ktstr.CgroupStats;
import dev.ktstr.Cgroups;
import dev.ktstr.TestTopology;
import dev.ktstr.WorkSpec;
import dev.ktstr.WorkloadConfig;
import dev.ktstr.WorkloadHandle;
import dev.ktstr.guest.GuestException;
import dev.ktstr.guest.LiveWork;
import dev.ktstr.guest.ScenarioResult;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.LiveSpawned;
import dev.ktstr.guest.wire.PayloadDone;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkerReport;
import dev.ktstr.run.encode.CustomPrograms;
import dev.ktstr.run.encode.EncodedScenario;
import dev.ktstr.run.encode.GroupLabel;
import dev.ktstr.run.encode.ScenarioEncoder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The low-level API of one run: single operations on its agent, each done when its call returns. Used by one thread.
 */
final class LiveOperations {
    /** Above the labels that scenarios give to their groups, which count from 0. */
    private static final int FIRST_LABEL = 1 << 20;

    private final LiveWork agent;
    private final TestTopology topology;
    private final CustomPrograms programs;
    private final Runnable sendFiles;
    private final UnaryOperator<RuntimeException> explain;
    private final LiveCgroups cgroups;
    private int nextLabel = FIRST_LABEL;
    private boolean used;

    /**
     * Those of one run.
     *
     * @param parent the cgroup below which a test's are made, {@code /} for the root
     * @param programs puts programs of custom workers where they run
     * @param sendFiles sends what was put there
     * @param explain puts a failure of the agent in words that say what became of its machine
     */
    LiveOperations(
            LiveWork agent,
            TestTopology topology,
            String parent,
            CustomPrograms programs,
            Runnable sendFiles,
            UnaryOperator<RuntimeException> explain) {
        this.agent = agent;
        this.topology = topology;
        this.programs = programs;
        this.sendFiles = sendFiles;
        this.explain = explain;
        this.cgroups = new LiveCgroups(topology, parent, op -> agent(live -> live.op(op)));
    }

    /** The cgroups that the test makes itself. */
    Cgroups cgroups() {
        return cgroups;
    }

    /** Spawns workers that wait. */
    WorkloadHandle spawn(WorkloadConfig config) {
        WorkSpec work = config.work();
        int label = nextLabel++;
        String path = pathOf(config.cgroup());
        WorkGroup group = group(work, config.cgroup(), label);
        WorkGroup packed =
                group.command().isEmpty() ? group : withCommand(group, programs.guestCommand(group.command()));
        sendFiles.run();
        LiveSpawned spawned = ask(live -> live.spawn(path, packed));
        return new LiveHandle(this, spawned, label, work, config.cgroup());
    }

    private WorkGroup group(WorkSpec work, String cgroup, int label) {
        return ScenarioEncoder.workGroup(
                work, Objects.requireNonNull(work.workers()), cgroups.cpusOf(cgroup), topology, label);
    }

    private static WorkGroup withCommand(WorkGroup g, List<String> command) {
        return new WorkGroup(
                g.workers(),
                g.kind(),
                g.parameters(),
                g.phases(),
                command,
                g.policy(),
                g.nice(),
                g.affinity(),
                g.memory(),
                g.cloneMode(),
                g.comm(),
                g.pcomm(),
                g.swappable(),
                g.label());
    }

    /** The CPUs that an affinity means for workers in a cgroup. */
    List<CpuList> affinity(WorkSpec work, String cgroup, int label) {
        return group(work, cgroup, label).affinity();
    }

    /** @throws IllegalArgumentException when the test made no such cgroup; the root has the empty name */
    String pathOf(String cgroup) {
        return cgroups.path(cgroup.isEmpty() ? "" : cgroups.known(cgroup));
    }

    /** Stops workers; what they report. */
    CgroupStats collect(int handle, int label, WorkSpec work, String cgroup) {
        List<WorkerReport> reports = ask(live -> live.stop(handle));
        List<Integer> cpus = cgroups.cpusOf(cgroup);
        EncodedScenario shape = new EncodedScenario(
                new ScenarioPlan(List.of(), List.of(), false, 0),
                List.of(new GroupLabel(label, 0, cgroup, work.workTypeOrDefault(), cpus)));
        ScenarioResult result = new ScenarioResult(List.of(), reports, List.of(), List.of(), 0, 0, 0, Optional.empty());
        return new StatsDecoder(topology)
                .decode(shape, result).stream()
                        .findFirst()
                        .orElseGet(() -> new CgroupStats(0, cgroup, cpus, List.of()));
    }

    /** Ends and removes what single operations left; does nothing when none was done. The payloads that ended by that. */
    List<PayloadDone> end() {
        return used ? ask(LiveWork::end).payloads() : List.of();
    }

    /** Lets the agent do something. */
    void agent(Consumer<LiveWork> operation) {
        ask(live -> {
            operation.accept(live);
            return true;
        });
    }

    /** Lets the agent do something that has an answer. */
    <T> T ask(Function<LiveWork, T> operation) {
        used = true;
        try {
            return operation.apply(agent);
        } catch (GuestException e) {
            throw explain.apply(e);
        }
    }
}
