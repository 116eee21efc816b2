package dev.ktstr.run.encode;

import dev.ktstr.CgroupDef;
import dev.ktstr.CgroupSettings;
import dev.ktstr.CpusetSpec;
import dev.ktstr.Op;
import dev.ktstr.WorkSpec;
import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.PayloadPlan;
import dev.ktstr.guest.wire.WorkGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** Walks a scenario from its backdrop to its last step: each op is checked against the world as it is then, and encoded. */
final class Walk {
    private static final long HOST_LIMIT_NS = Duration.ofSeconds(10).toNanos();

    private final Encoding encoding;
    private final World world;
    private final Groups groups;
    private final Handles handles = new Handles();
    private final String below;
    private int step = -1;
    private boolean attached;

    Walk(Encoding encoding) {
        this.encoding = encoding;
        this.world = new World(encoding.topology());
        this.groups = new Groups(encoding, world);
        String parent = encoding.cgroupParent();
        this.below = parent.equals("/") ? "" : parent.substring(1) + "/";
        this.attached = encoding.schedulerRequired();
        encoding.workloads().forEach(op -> op.payload().forEach(payload -> handles.start(payload.name(), -1)));
    }

    /** The groups of workers so far. */
    List<GroupLabel> labels() {
        return groups.labels();
    }

    World world() {
        return world;
    }

    /** Goes on to a step. */
    void enter(int next) {
        step = next;
    }

    /** Ends the step. */
    void leave() {
        handles.end(step);
        world.end(step);
    }

    /**
     * Makes a cgroup with its workers.
     *
     * @param part what tells its groups from those of other cgroups and ops of the step
     */
    CgroupPlan make(CgroupDef def, int part) {
        world.add(def.name(), step);
        SortedSet<Integer> cpus = null;
        if (def.cpuset() != null) {
            cpus = resolve(def.cpuset());
            world.setCpus(def.name(), cpus);
        }
        CgroupSettings settings = def.settings();
        if (!settings.cpusetMems().isEmpty()) {
            world.setMems(def.name(), settings.cpusetMems());
        }
        List<WorkGroup> works = new ArrayList<>();
        for (WorkSpec spec : def.groups()) {
            works.add(groups.start(spec, def.name(), new Groups.Position(step, part, works.size())));
        }
        return CgroupPlans.of(def, below + def.name(), cpus == null ? List.of() : List.copyOf(cpus), works);
    }

    /** Encodes an op, and does to the world what it does to the guest. */
    List<OpPlan> op(Op op, int index) {
        if (op instanceof Op.OnScheduler scheduler) {
            return scheduler(scheduler);
        }
        return List.of(single(op, index));
    }

    private OpPlan single(Op op, int index) {
        if (op instanceof Op.AddCgroup add) {
            world.add(add.cgroup(), step);
            return OpPlan.of(OpKind.ADD_CGROUP)
                    .on(below + add.cgroup())
                    .withDef(CgroupPlan.of(below + add.cgroup(), List.of(), List.of()));
        }
        if (op instanceof Op.AddCgroupDef add) {
            CgroupPlan plan = make(add.def(), index);
            return OpPlan.of(OpKind.ADD_CGROUP_DEF).on(plan.name()).withDef(plan);
        }
        if (op instanceof Op.SetCpuset set) {
            world.cgroup(set.cgroup());
            SortedSet<Integer> cpus = resolve(set.cpus());
            world.setCpus(set.cgroup(), cpus);
            return OpPlan.of(OpKind.SET_CPUSET).on(below + set.cgroup()).withCpus(List.copyOf(cpus));
        }
        if (op instanceof Op.SetAffinity set) {
            return affinity(set, index);
        }
        if (op instanceof Op.Spawn spawn) {
            world.cgroup(spawn.cgroup());
            return OpPlan.of(OpKind.SPAWN)
                    .on(below + spawn.cgroup())
                    .withWork(groups.start(spawn.work(), spawn.cgroup(), new Groups.Position(step, index, 0)));
        }
        if (op instanceof Op.SpawnHost spawn) {
            return OpPlan.of(OpKind.SPAWN_HOST)
                    .withWork(groups.start(spawn.work(), "", new Groups.Position(step, index, 0)));
        }
        if (op instanceof Op.OnCgroup on) {
            return onCgroup(on, index);
        }
        if (op instanceof Op.OnTwoCgroups on) {
            return onTwo(on);
        }
        if (op instanceof Op.OnHost host) {
            String prefix = host.kind() == Op.OnHost.Request.CAPTURE_SNAPSHOT ? "snapshot:" : "watch:";
            return OpPlan.of(OpKind.HOST_REQUEST).named(prefix + host.name()).within(HOST_LIMIT_NS);
        }
        return payload(op);
    }

    private SortedSet<Integer> resolve(CpusetSpec spec) {
        return Place.at("CpusetSpec validation failed", () -> spec.resolve(encoding.topology()));
    }

    private OpPlan affinity(Op.SetAffinity set, int index) {
        World.Cgroup cgroup = world.cgroup(set.cgroup());
        int workers =
                cgroup.crews().stream().mapToInt(World.Crew::workers).max().orElse(0);
        if (workers == 0) {
            throw new IllegalArgumentException(
                    "cgroup '" + set.cgroup() + "' has no workers whose affinity could change");
        }
        SortedSet<Integer> cpus = world.cpus(set.cgroup());
        return OpPlan.of(OpKind.SET_AFFINITY)
                .on(below + set.cgroup())
                .withAffinity(groups.affinity(set.affinity(), workers, cpus, new Groups.Position(step, index, 0)));
    }

    private OpPlan onCgroup(Op.OnCgroup on, int index) {
        String name = on.cgroup();
        OpKind kind = OpKind.valueOf(on.kind().name());
        switch (on.kind()) {
            case REMOVE_CGROUP -> world.remove(name, Place.of(step, index, on) + " removed it");
            case CLEAR_CPUSET -> world.clearCpus(name);
            case STOP_CGROUP -> {
                if (!world.stop(name) && !handles.any()) {
                    throw new IllegalArgumentException("cgroup '" + name + "' has no workers to stop");
                }
            }
            case FREEZE_CGROUP -> world.freeze(name, true);
            case UNFREEZE_CGROUP -> world.freeze(name, false);
        }
        return OpPlan.of(kind).on(below + name);
    }

    private OpPlan onTwo(Op.OnTwoCgroups on) {
        world.cgroup(on.cgroup());
        world.cgroup(on.other());
        OpKind kind = OpKind.valueOf(on.kind().name());
        switch (on.kind()) {
            case SWAP_CPUSETS -> world.swapCpus(on.cgroup(), on.other());
            case MOVE_ALL_TASKS -> {
                if (world.cgroup(on.cgroup()).crews().isEmpty() && !handles.any()) {
                    throw new IllegalArgumentException("cgroup '" + on.cgroup() + "' has no tasks to move");
                }
                world.move(on.cgroup(), on.other());
            }
        }
        return OpPlan.of(kind).on(below + on.cgroup()).and(below + on.other());
    }

    private OpPlan payload(Op op) {
        PayloadResolver payloads = encoding.payloads();
        if (op instanceof Op.RunPayload run) {
            String handle = run.handle().isEmpty() ? payloads.name(run.payload()) : run.handle();
            if (!run.cgroup().isEmpty()) {
                world.cgroup(run.cgroup());
            }
            handles.start(handle, step);
            String cgroup = run.cgroup().isEmpty() ? "" : below + run.cgroup();
            PayloadPlan plan = payloads.plan(run.payload(), handle, run.args(), cgroup, run.timeout());
            return OpPlan.of(OpKind.RUN_PAYLOAD).on(cgroup).withPayload(plan).named(handle);
        }
        if (op instanceof Op.WaitPayload wait) {
            return OpPlan.of(OpKind.WAIT_PAYLOAD)
                    .named(finished(wait.payload(), wait.handle()))
                    .within(wait.timeout().toNanos());
        }
        if (op instanceof Op.KillPayload kill) {
            return OpPlan.of(OpKind.KILL_PAYLOAD).named(finished(kill.payload(), kill.handle()));
        }
        throw new IllegalStateException("every op has an encoding, " + op + " has none");
    }

    private String finished(Optional<Class<?>> payload, String handle) {
        String name = payload.map(encoding.payloads()::name).orElse(handle);
        handles.finish(name);
        return name;
    }

    private List<OpPlan> scheduler(Op.OnScheduler op) {
        if (!encoding.schedulerRequired()) {
            throw new IllegalArgumentException(
                    "there is no scheduler under test that is a process. Hint: name one with @KtstrTest(scheduler = …)");
        }
        boolean attach = op.kind() == Op.OnScheduler.Change.ATTACH_SCHEDULER;
        if (op.kind() == Op.OnScheduler.Change.REPLACE_SCHEDULER) {
            throw new IllegalArgumentException(
                    "a scenario can stop and start the scheduler under test, and cannot replace it"
                            + " by another. Hint: write a test per scheduler, or detachScheduler and attachScheduler");
        }
        if (attach == attached) {
            throw new IllegalArgumentException(
                    attach ? "the scheduler is attached already" : "the scheduler was detached before this op");
        }
        attached = op.kind() != Op.OnScheduler.Change.DETACH_SCHEDULER;
        OpPlan stop = OpPlan.of(OpKind.STOP_SCHEDULER);
        OpPlan start = OpPlan.of(OpKind.START_SCHEDULER);
        return switch (op.kind()) {
            case ATTACH_SCHEDULER -> List.of(start);
            case DETACH_SCHEDULER -> List.of(stop);
            default -> List.of(stop, start);
        };
    }
}
