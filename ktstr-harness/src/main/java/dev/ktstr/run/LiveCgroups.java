package dev.ktstr.run;

import dev.ktstr.CgroupDef;
import dev.ktstr.Cgroups;
import dev.ktstr.CpusetSpec;
import dev.ktstr.TestTopology;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.rules.Suggestions;
import dev.ktstr.run.encode.CgroupPlans;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Carries out operations on cgroups one at a time, and knows which there are. Used by one thread. */
final class LiveCgroups implements Cgroups {
    private final TestTopology topology;
    private final String below;
    private final Consumer<OpPlan> agent;

    /** The CPUs of each, empty for those of the cgroup above it. */
    private final Map<String, List<Integer>> cpusets = new LinkedHashMap<>();

    /**
     * Those of one run.
     *
     * @param parent the cgroup below which they are made, {@code /} for the root
     * @param agent carries out an operation
     */
    LiveCgroups(TestTopology topology, String parent, Consumer<OpPlan> agent) {
        this.topology = topology;
        this.below = parent.equals("/") ? "" : parent.substring(1) + "/";
        this.agent = agent;
    }

    @Override
    public void add(String name) {
        add(CgroupDef.named(name));
    }

    @Override
    public void add(String name, CpusetSpec cpuset) {
        add(CgroupDef.named(name).cpuset(cpuset));
    }

    @Override
    public void add(CgroupDef def) {
        if (cpusets.containsKey(def.name())) {
            throw new IllegalArgumentException(
                    "there is a cgroup '" + def.name() + "' already. Hint: give each its own name, or remove it first");
        }
        CpusetSpec spec = def.cpuset();
        List<Integer> cpus = spec == null ? List.of() : resolve(def.name(), spec);
        agent.accept(OpPlan.of(OpKind.ADD_CGROUP)
                .on(path(def.name()))
                .withDef(CgroupPlans.of(def, path(def.name()), cpus, List.of())));
        cpusets.put(def.name(), cpus);
    }

    @Override
    public void setCpuset(String name, CpusetSpec cpuset) {
        List<Integer> cpus = resolve(known(name), cpuset);
        agent.accept(OpPlan.of(OpKind.SET_CPUSET).on(path(name)).withCpus(cpus));
        cpusets.put(name, cpus);
    }

    @Override
    public void clearCpuset(String name) {
        on(OpKind.CLEAR_CPUSET, name);
        cpusets.put(name, List.of());
    }

    @Override
    public void moveTasks(String from, String to) {
        agent.accept(OpPlan.of(OpKind.MOVE_ALL_TASKS).on(path(known(from))).and(path(known(to))));
    }

    @Override
    public void freeze(String name) {
        on(OpKind.FREEZE_CGROUP, name);
    }

    @Override
    public void unfreeze(String name) {
        on(OpKind.UNFREEZE_CGROUP, name);
    }

    @Override
    public void remove(String name) {
        on(OpKind.REMOVE_CGROUP, name);
        cpusets.keySet().removeIf(other -> other.equals(name) || other.startsWith(name + "/"));
    }

    private void on(OpKind kind, String name) {
        agent.accept(OpPlan.of(kind).on(path(known(name))));
    }

    @Override
    public List<String> names() {
        return new ArrayList<>(cpusets.keySet());
    }

    /** The path that the agent knows it by; empty for the root. */
    String path(String name) {
        return name.isEmpty() ? "" : below + name;
    }

    /** The CPUs that tasks in it may use: its own, else those of the nearest above it, else empty for all. */
    List<Integer> cpusOf(String name) {
        for (String at = name; !at.isEmpty(); at = at.contains("/") ? at.substring(0, at.lastIndexOf('/')) : "") {
            List<Integer> cpus = cpusets.getOrDefault(at, List.of());
            if (!cpus.isEmpty()) {
                return cpus;
            }
        }
        return List.of();
    }

    /** @throws IllegalArgumentException when there is none of that name */
    String known(String name) {
        if (!cpusets.containsKey(name)) {
            throw new IllegalArgumentException("there is no cgroup '" + name + "'"
                    + Suggestions.nearest(name, cpusets.keySet())
                            .map(near -> " (did you mean '" + near + "'?)")
                            .orElse("")
                    + ". Hint: make it first with ctx.cgroups().add(…); there are "
                    + (cpusets.isEmpty() ? "none" : String.join(", ", cpusets.keySet())));
        }
        return name;
    }

    private List<Integer> resolve(String name, CpusetSpec cpuset) {
        try {
            return List.copyOf(cpuset.resolve(topology));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cgroup '" + name + "': CpusetSpec validation failed: " + e.getMessage(), e);
        }
    }
}
