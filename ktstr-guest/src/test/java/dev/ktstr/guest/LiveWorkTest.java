package dev.ktstr.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.HoldPlan;
import dev.ktstr.guest.wire.LiveSpawned;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.PayloadPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import dev.ktstr.guest.wire.WorkerReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The low-level API against the real agent, on this host. */
@Timeout(120)
class LiveWorkTest {
    @TempDir
    Path dir;

    private RealAgent agent;

    @BeforeEach
    void start() throws Exception {
        agent = RealAgent.start(dir);
    }

    @AfterEach
    void stop() {
        if (agent != null) {
            agent.close();
            assertThat(agent.cgroup).doesNotExist();
        }
    }

    private LiveWork live() {
        return agent.session.live();
    }

    private static WorkGroup spinners(int workers) {
        return WorkGroup.of(workers, WorkKind.SPIN_WAIT, WorkParameters.NONE, List.of())
                .labelled(5);
    }

    private void make(String name) {
        live().op(OpPlan.of(OpKind.ADD_CGROUP).withDef(CgroupPlan.of(name, List.of(), List.of())));
    }

    private List<String> processesIn(String cgroup) throws IOException {
        return Files.readAllLines(agent.cgroup.resolve(cgroup).resolve("cgroup.procs"));
    }

    @Test
    void workersWaitInTheirCgroupUntilTheyAreStartedAndReportWhenTheyAreStopped() throws Exception {
        make("w");
        LiveSpawned spawned = live().spawn("w", spinners(2));
        assertThat(processesIn("w"))
                .containsExactlyInAnyOrderElementsOf(
                        spawned.pids().stream().map(String::valueOf).toList());
        assertThat(live().iterations(spawned.handle())).containsExactly(0L, 0L);
        live().start(spawned.handle());
        List<Long> counts = List.of(0L, 0L);
        while (counts.contains(0L)) { // bounded by the test's time-out
            counts = live().iterations(spawned.handle());
        }
        List<WorkerReport> reports = live().stop(spawned.handle());
        assertThat(reports).extracting(WorkerReport::pid).isEqualTo(spawned.pids());
        assertThat(reports).extracting(WorkerReport::label).containsOnly(5);
        assertThat(reports).allMatch(WorkerReport::completed).allMatch(w -> w.iterations() > 0);
        assertThat(processesIn("w")).isEmpty();
        LiveWork.Ended ended = live().end();
        assertThat(ended.workers()).isEmpty();
        assertThat(ended.events()).extracting(StimulusEvent::what).containsExactly("addCgroup", "spawn", "start");
        assertThat(agent.cgroup.resolve("w")).doesNotExist();
    }

    @Test
    void workersAreMovedAndGivenAffinitiesBeforeAndAfterTheirStart() throws Exception {
        make("a");
        make("b");
        LiveSpawned spawned = live().spawn("a", spinners(2));
        live().move(spawned.handle(), "b");
        live().setAffinity(spawned.handle(), List.of(new CpuList(List.of(0))));
        live().start(spawned.handle());
        assertThat(processesIn("a")).isEmpty();
        assertThat(processesIn("b")).hasSize(2);
        live().move(spawned.handle(), "a");
        assertThat(processesIn("a")).hasSize(2);
        assertThatThrownBy(() -> live().move(spawned.handle(), "none"))
                .hasMessageContaining("workers 1 in 'a' (move): ")
                .hasMessageContaining("there is no such cgroup");
        assertThat(live().stop(spawned.handle())).allMatch(w -> w.cpusUsed().equals(List.of(0)));
    }

    @Test
    void theEndStopsWhateverIsLeftAndGivesItsReports() {
        make("w");
        LiveSpawned never = live().spawn("w", spinners(1));
        live().start(live().spawn("w", spinners(1)).handle());
        live().op(OpPlan.of(OpKind.RUN_PAYLOAD)
                .withPayload(new PayloadPlan("p", List.of("sleep", "1000"), "w", 0, 10)));
        LiveWork.Ended ended = live().end();
        assertThat(ended.workers()).hasSize(2);
        assertThat(ended.payloads()).hasSize(1).allMatch(p -> p.stopped());
        assertThatThrownBy(() -> live().start(never.handle()))
                .hasMessageContaining("there are no workers " + never.handle());
        assertThat(live().end().workers()).isEmpty();
    }

    @Test
    void aPayloadsEndIsThereOnceItsWaitIsAnswered() {
        live().op(OpPlan.of(OpKind.RUN_PAYLOAD).withPayload(new PayloadPlan("p", List.of("echo", "hi"), "", 0, 10)));
        live().op(OpPlan.of(OpKind.WAIT_PAYLOAD).named("p"));
        assertThat(live().takeEnded().payloads()).hasSize(1).allMatch(p -> p.exitCode() == 0);
        assertThatThrownBy(() -> live().op(OpPlan.of(OpKind.KILL_PAYLOAD).named("q")))
                .hasMessageContaining("operation (killPayload 'q'): no payload of this name was started");
    }

    @Test
    void singleOperationsAreDoneWhileAStepHolds() throws Exception {
        CgroupPlan cgroup = CgroupPlan.of("s", List.of(), List.of(spinners(1)));
        ScenarioPlan plan = new ScenarioPlan(
                List.of(), List.of(new StepPlan(List.of(), List.of(cgroup), HoldPlan.fixed(2_000_000_000L))), false, 0);
        CountDownLatch released = new CountDownLatch(1);
        CompletableFuture<ScenarioResult> running = CompletableFuture.supplyAsync(() ->
                agent.session.run(plan, Duration.ofSeconds(60), new ScenarioListener() {
                    @Override
                    public void event(StimulusEvent event) {
                        if (event.what().equals("release")) {
                            released.countDown();
                        }
                    }
                }));
        assertThat(released.await(30, TimeUnit.SECONDS)).isTrue();
        LiveSpawned beside = live().spawn("s", spinners(1));
        live().start(beside.handle());
        assertThat(live().stop(beside.handle())).hasSize(1);
        assertThat(running.isDone()).isFalse();
        assertThat(running.get(60, TimeUnit.SECONDS).workers()).hasSize(1);
    }

    @Test
    void anOperationAfterTheAgentDiedSaysSo() throws Exception {
        agent.ports.process().destroyForcibly();
        GuestException e = catchThrowableOfType(GuestException.class, () -> make("late"));
        assertThat(e.kind()).isEqualTo(GuestException.Kind.GUEST_ENDED);
        agent.removeCgroup(); // nobody else does after SIGKILL
    }

    @Test
    void theAgentEndsWithAllItStartedWhenItsHostGoesAway() throws Exception {
        make("w");
        LiveSpawned spawned = live().spawn("w", spinners(1));
        live().start(spawned.handle());
        ProcessHandle worker = ProcessHandle.of(spawned.pids().get(0)).orElseThrow();
        agent.ports.close();
        assertThat(worker.isAlive()).isFalse();
        assertThat(agent.cgroup).doesNotExist();
        assertThat(agent.ports.process().isAlive()).isFalse();
    }

    @Test
    void terminationIsLeftToWhoeverStartedIt() throws Exception {
        agent.ports.process().destroy(); // SIGTERM, as Ctrl-C's SIGINT goes to the whole foreground group
        make("still");
        assertThat(agent.cgroup.resolve("still")).exists();
    }

    @Test
    void aHostIsNotWoken() {
        assertThatThrownBy(() -> agent.session.wake(
                        new dev.ktstr.guest.wire.Wake(1, dev.ktstr.guest.wire.Blob.of(new byte[0]), 0),
                        Duration.ofSeconds(10)))
                .hasMessageContaining("a host is not woken");
    }
}
