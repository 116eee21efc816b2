package dev.ktstr.guest;

import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.Iterations;
import dev.ktstr.guest.wire.LiveAction;
import dev.ktstr.guest.wire.LiveSpawn;
import dev.ktstr.guest.wire.LiveSpawned;
import dev.ktstr.guest.wire.LiveWorkers;
import dev.ktstr.guest.wire.MessageType;
import dev.ktstr.guest.wire.OpDone;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.PayloadDone;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.guest.wire.Wire;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkerReport;
import java.time.Duration;
import java.util.List;

/**
 * Single operations on a guest, done at once. What they make lives until {@link #end}; a scenario may run meanwhile, and
 * they are then done while a step of it holds. Thread-safe; one operation at a time.
 */
public final class LiveWork {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /**
     * What came of single operations.
     *
     * @param workers those that ended since the last call, {@link #stop} not counted
     * @param payloads programs that ended
     * @param events what was done
     */
    public record Ended(List<WorkerReport> workers, List<PayloadDone> payloads, List<StimulusEvent> events) {
        public Ended {
            workers = List.copyOf(workers);
            payloads = List.copyOf(payloads);
            events = List.copyOf(events);
        }
    }

    private final AgentSession session;
    private final Collected ended;

    LiveWork(AgentSession session, Collected ended) {
        this.session = session;
        this.ended = ended;
    }

    /**
     * Does one operation. Workers that it starts run at once.
     *
     * @throws GuestException AGENT when it fails, with the operation and its cgroup in the message
     */
    public OpDone op(OpPlan op) {
        return ask(MessageType.OP, op.kind().toString(), op, TIMEOUT.plusNanos(op.timeoutNs()), OpDone.class);
    }

    /**
     * Starts workers that wait to be {@linkplain #start started}; they are in their cgroup and configured.
     *
     * @param cgroup where; empty for the root
     */
    public LiveSpawned spawn(String cgroup, WorkGroup group) {
        return ask(MessageType.LIVE_SPAWN, "spawn workers", new LiveSpawn(cgroup, group), TIMEOUT, LiveSpawned.class);
    }

    /** Lets workers begin. */
    public void start(int handle) {
        act("start workers", handle, LiveAction.START, "", List.of());
    }

    /** Moves workers to another cgroup. */
    public void move(int handle, String cgroup) {
        act("move workers", handle, LiveAction.MOVE, cgroup, List.of());
    }

    /** Gives workers an affinity: one for all, or one for each. */
    public void setAffinity(int handle, List<CpuList> affinity) {
        act("set the affinity of workers", handle, LiveAction.SET_AFFINITY, "", affinity);
    }

    /** Iterations of each worker up to now, in order; they go on. */
    public List<Long> iterations(int handle) {
        String stage = "read iterations";
        Inbox.Pending request = send(stage, handle, LiveAction.SNAPSHOT, "", List.of());
        return AgentSession.decode(Iterations.class, request.answer().join(), stage)
                .counts();
    }

    /** Stops workers and collects their reports. */
    public List<WorkerReport> stop(int handle) {
        return send("stop workers", handle, LiveAction.STOP, "", List.of())
                .collected()
                .workers();
    }

    /** Ends everything that single operations made, and gives what has ended since the last call. */
    public synchronized Ended end() {
        Inbox.Pending request = session.ask(MessageType.LIVE_END, "end single operations", new byte[0], TIMEOUT);
        ended.add(request.collected());
        return ended.takeEnded();
    }

    /** What has ended since the last call; nothing is ended for it. A payload's end is here before whoever waits for it has its answer. */
    public Ended takeEnded() {
        return ended.takeEnded();
    }

    private void act(String stage, int handle, LiveAction action, String cgroup, List<CpuList> affinity) {
        ended.add(send(stage, handle, action, cgroup, affinity).collected());
    }

    private synchronized Inbox.Pending send(
            String stage, int handle, LiveAction action, String cgroup, List<CpuList> affinity) {
        byte[] ask = Wire.encode(new LiveWorkers(handle, action, cgroup, affinity));
        return session.ask(MessageType.LIVE_WORKERS, stage, ask, TIMEOUT);
    }

    private synchronized <T extends Record> T ask(
            MessageType type, String stage, Record ask, Duration timeout, Class<T> answer) {
        Inbox.Pending request = session.ask(type, stage, Wire.encode(ask), timeout);
        ended.add(request.collected());
        return AgentSession.decode(answer, request.answer().join(), stage);
    }
}
