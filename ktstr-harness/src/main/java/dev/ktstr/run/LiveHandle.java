package dev.ktstr.run;

import dev.ktstr.Affinity;
import dev.ktstr.CgroupStats;
import dev.ktstr.WorkSpec;
import dev.ktstr.WorkloadHandle;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.LiveSpawned;
import java.util.List;

/** Workers that a test spawned itself. */
final class LiveHandle implements WorkloadHandle {
    private enum State {
        WAITING,
        STARTED,
        STOPPED
    }

    private final LiveOperations operations;
    private final LiveSpawned spawned;
    private final int label;
    private final WorkSpec work;
    private String cgroup;
    private State state = State.WAITING;

    LiveHandle(LiveOperations operations, LiveSpawned spawned, int label, WorkSpec work, String cgroup) {
        this.operations = operations;
        this.spawned = spawned;
        this.label = label;
        this.work = work;
        this.cgroup = cgroup;
    }

    @Override
    public List<Integer> tids() {
        return spawned.tids();
    }

    @Override
    public List<Integer> pids() {
        return spawned.pids();
    }

    @Override
    public void start() {
        if (state != State.WAITING) {
            throw new IllegalStateException("these workers were " + (state == State.STARTED ? "started" : "stopped")
                    + " already. Hint: spawn more with ctx.spawn(…)");
        }
        operations.agent(live -> live.start(spawned.handle()));
        state = State.STARTED;
    }

    @Override
    public void setAffinity(Affinity affinity) {
        requireLive();
        List<CpuList> sets = operations.affinity(work.affinity(affinity), cgroup, label);
        operations.agent(live -> live.setAffinity(spawned.handle(), sets));
    }

    @Override
    public void moveTo(String name) {
        requireLive();
        String path = operations.pathOf(name);
        operations.agent(live -> live.move(spawned.handle(), path));
        cgroup = name;
    }

    @Override
    public List<Long> snapshotIterations() {
        requireLive();
        return operations.ask(live -> live.iterations(spawned.handle()));
    }

    @Override
    public CgroupStats stopAndCollect() {
        requireLive();
        state = State.STOPPED;
        return operations.collect(spawned.handle(), label, work, cgroup);
    }

    @Override
    public void close() {
        if (state != State.STOPPED) {
            state = State.STOPPED;
            operations.ask(live -> live.stop(spawned.handle()));
        }
    }

    private void requireLive() {
        if (state == State.STOPPED) {
            throw new IllegalStateException("these workers were stopped already. Hint: spawn more with ctx.spawn(…)");
        }
    }
}
