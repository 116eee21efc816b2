package dev.ktstr.run.encode;

import dev.ktstr.SchedPolicy;
import dev.ktstr.TestTopology;
import dev.ktstr.WorkSpec;
import dev.ktstr.rules.Suggestions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the guest will look like at a point of the scenario: its cgroups with their cpusets and workers. Every change is
 * refused that the kernel or the agent would refuse, or that the author cannot have meant. Refusals are {@link
 * IllegalArgumentException}s without the place; the caller adds it.
 */
final class World {
    /** Workers that were started together: how many, who ends them (-1: the backdrop), and their policy. */
    record Crew(int workers, int owner, @Nullable SchedPolicy policy) {}

    /** A cgroup. */
    static final class Cgroup {
        private final String name;
        private final int owner;
        private final List<Crew> crews = new ArrayList<>();
        private @Nullable SortedSet<Integer> cpus;
        private SortedSet<Integer> mems = new TreeSet<>();
        private boolean frozen;

        private Cgroup(String name, int owner) {
            this.name = name;
            this.owner = owner;
        }

        List<Crew> crews() {
            return crews;
        }
    }

    /** The share of each CPU that deadline tasks may be promised, kernel.sched_rt_runtime_us / _period_us. */
    private static final double DEADLINE_SHARE = 0.95;

    private final TestTopology topology;
    private final SortedSet<Integer> everyCpu;
    private final TreeMap<String, Cgroup> cgroups = new TreeMap<>();
    private final Map<String, String> gone = new HashMap<>();
    private final List<Crew> outside = new ArrayList<>();
    private int peak;

    World(TestTopology topology) {
        this.topology = topology;
        this.everyCpu = topology.cpus();
    }

    /** The cgroup of that name. */
    Cgroup cgroup(String name) {
        Cgroup found = cgroups.get(name);
        if (found != null) {
            return found;
        }
        String fate = gone.get(name);
        if (fate != null) {
            throw new IllegalArgumentException("cgroup '" + name + "' is gone: " + fate);
        }
        throw new IllegalArgumentException("there is no cgroup '" + name + "' here."
                + Suggestions.nearest(name, cgroups.keySet())
                        .map(near -> " Did you mean '" + near + "'?")
                        .orElse("")
                + (cgroups.isEmpty()
                        ? " None has been made yet."
                        : " There are " + String.join(", ", cgroups.keySet()) + "."));
    }

    /** Makes a cgroup, and those above it as needed. */
    Cgroup add(String name, int owner) {
        if (cgroups.containsKey(name)) {
            throw new IllegalArgumentException("a cgroup of that name is there already. Hint: give it another name, or"
                    + " remove the first one before");
        }
        for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
            Cgroup above = cgroups.computeIfAbsent(name.substring(0, slash), path -> new Cgroup(path, owner));
            requireNoWorkers(above, name);
        }
        Cgroup made = new Cgroup(name, owner);
        cgroups.put(name, made);
        gone.remove(name);
        return made;
    }

    private static void requireNoWorkers(Cgroup above, String below) {
        if (!above.crews.isEmpty()) {
            throw new IllegalArgumentException("cgroup '" + above.name + "' has workers, and '" + below
                    + "' lies below it: in cgroup v2 only the innermost cgroups hold tasks. Hint: move the workers into a"
                    + " child such as '" + above.name + "/own'");
        }
    }

    /** Removes a cgroup and all below it. */
    void remove(String name, String fate) {
        cgroup(name);
        below(name).forEach(path -> forget(path, fate));
        forget(name, fate);
    }

    private void forget(String name, String fate) {
        cgroups.remove(name);
        gone.put(name, fate);
    }

    /** The cgroups below that one. */
    List<String> below(String name) {
        return cgroups.keySet().stream()
                .filter(path -> path.startsWith(name + "/"))
                .toList();
    }

    /** The CPUs that tasks in it may use: its own cpuset, else that of the cgroup above it. */
    SortedSet<Integer> cpus(String name) {
        SortedSet<Integer> own = cgroup(name).cpus;
        SortedSet<Integer> above = cpusAbove(name);
        if (own == null) {
            return above;
        }
        SortedSet<Integer> both = new TreeSet<>(own);
        both.retainAll(above);
        return both.isEmpty() ? above : both;
    }

    /** Whether it or one above it has a cpuset. */
    boolean confined(String name) {
        return cgroup(name).cpus != null || (name.contains("/") && confined(parent(name)));
    }

    private SortedSet<Integer> cpusAbove(String name) {
        return name.contains("/") ? cpus(parent(name)) : everyCpu;
    }

    private static String parent(String name) {
        return name.substring(0, name.lastIndexOf('/'));
    }

    /** Confines it; what lies below must keep some CPU. */
    void setCpus(String name, SortedSet<Integer> cpus) {
        Cgroup cgroup = cgroup(name);
        SortedSet<Integer> above = cpusAbove(name);
        if (!above.containsAll(cpus)) {
            throw new IllegalArgumentException("CPUs " + TestTopology.format(cpus)
                    + " are not all in those of the cgroup above it, " + TestTopology.format(above));
        }
        for (String child : below(name)) {
            SortedSet<Integer> own = cgroup(child).cpus;
            if (own != null && Collections.disjoint(own, cpus)) {
                throw new IllegalArgumentException("CPUs " + TestTopology.format(cpus) + " leave nothing to '" + child
                        + "' below it, which has " + TestTopology.format(own));
            }
        }
        cgroup.cpus = cpus;
    }

    /** Takes its cpuset away. */
    void clearCpus(String name) {
        Cgroup cgroup = cgroup(name);
        if (cgroup.cpus == null) {
            throw new IllegalArgumentException("cgroup '" + name + "' has no cpuset to clear");
        }
        cgroup.cpus = null;
    }

    /** Gives each the other's cpuset. */
    void swapCpus(String name, String other) {
        SortedSet<Integer> mine = requireCpus(name);
        SortedSet<Integer> theirs = requireCpus(other);
        setCpus(name, theirs);
        setCpus(other, mine);
    }

    private SortedSet<Integer> requireCpus(String name) {
        SortedSet<Integer> cpus = cgroup(name).cpus;
        if (cpus == null) {
            throw new IllegalArgumentException(
                    "cgroup '" + name + "' has no cpuset to swap. Hint: give it one with cpuset(...) or setCpuset");
        }
        return cpus;
    }

    /** Confines its memory. */
    void setMems(String name, SortedSet<Integer> mems) {
        SortedSet<Integer> above = name.contains("/") ? mems(parent(name)) : topology.memoryNodes();
        if (!above.containsAll(mems)) {
            throw new IllegalArgumentException("cpuset.mems: nodes " + TestTopology.format(mems)
                    + " are not all among the nodes with memory that it may use, " + TestTopology.format(above));
        }
        cgroup(name).mems = mems;
    }

    private SortedSet<Integer> mems(String name) {
        SortedSet<Integer> own = cgroup(name).mems;
        return !own.isEmpty() ? own : name.contains("/") ? mems(parent(name)) : topology.memoryNodes();
    }

    /** The nodes that a memory policy may name there: those of its cpuset.mems, else of its CPUs where it is confined. */
    SortedSet<Integer> policyNodes(String name) {
        for (String path = name; ; path = parent(path)) {
            if (!cgroup(path).mems.isEmpty()) {
                return cgroup(path).mems;
            }
            if (!path.contains("/")) {
                return confined(name) ? topology.nodesOf(cpus(name)) : topology.memoryNodes();
            }
        }
    }

    /** Starts workers in it; the root when {@code name} is empty. */
    void start(String name, int workers, int owner, WorkSpec spec) {
        Crew crew = new Crew(workers, owner, spec.policy());
        if (name.isEmpty()) {
            outside.add(crew);
        } else {
            requireLeaf(name);
            cgroup(name).crews.add(crew);
        }
        int live = live();
        peak = Math.max(peak, live);
        requireRoom(live);
        requireBandwidth();
    }

    static void requireRoom(long live) {
        if (live > WorkSpec.MAX_WORKERS) {
            throw new IllegalArgumentException(live + " workers would live at a time, and a guest can run "
                    + WorkSpec.MAX_WORKERS + ". Hint: start fewer, or stop some before");
        }
    }

    private void requireLeaf(String name) {
        List<String> children = below(name);
        if (!children.isEmpty()) {
            throw new IllegalArgumentException("cgroup '" + name + "' cannot hold tasks, for '" + children.get(0)
                    + "' lies below it: in cgroup v2 only the innermost cgroups do. Hint: use a child such as '" + name
                    + "/own'");
        }
    }

    /** The kernel promises deadline tasks no more CPU time than there is, sched(7). */
    private void requireBandwidth() {
        double wanted = all().stream().mapToDouble(World::bandwidth).sum();
        double limit = DEADLINE_SHARE * everyCpu.size();
        if (wanted > limit) {
            throw new IllegalArgumentException(String.format(
                    java.util.Locale.ROOT,
                    "the SCHED_DEADLINE workers ask for %.2f CPUs, and the kernel admits %.2f (95 %% of %d). Hint: fewer"
                            + " workers, or a smaller runtime / period",
                    wanted,
                    limit,
                    everyCpu.size()));
        }
    }

    private static double bandwidth(Crew crew) {
        SchedPolicy policy = crew.policy();
        return policy == null || policy.kind() != SchedPolicy.Kind.DEADLINE
                ? 0
                : crew.workers()
                        * (double) policy.runtime().toNanos()
                        / policy.period().toNanos();
    }

    private List<Crew> all() {
        List<Crew> crews = new ArrayList<>(outside);
        cgroups.values().forEach(cgroup -> crews.addAll(cgroup.crews));
        return crews;
    }

    /** How many workers live. */
    int live() {
        return all().stream().mapToInt(Crew::workers).sum();
    }

    /** How many lived at most. */
    int peak() {
        return peak;
    }

    /** Stops the workers in it and below; whether there were any. */
    boolean stop(String name) {
        boolean any = !cgroup(name).crews.isEmpty();
        cgroup(name).crews.clear();
        for (String child : below(name)) {
            any |= !cgroup(child).crews.isEmpty();
            cgroup(child).crews.clear();
        }
        return any;
    }

    /** Moves all workers of one cgroup into another. */
    void move(String from, String to) {
        requireLeaf(to);
        Cgroup source = cgroup(from);
        cgroup(to).crews.addAll(source.crews);
        source.crews.clear();
    }

    /** Freezes it, or thaws it. */
    void freeze(String name, boolean on) {
        Cgroup cgroup = cgroup(name);
        if (cgroup.frozen == on) {
            throw new IllegalArgumentException("cgroup '" + name + "' is " + (on ? "frozen already" : "not frozen"));
        }
        cgroup.frozen = on;
    }

    /** Ends a step: its workers and cgroups go, what it froze is thawed. */
    void end(int step) {
        outside.removeIf(crew -> crew.owner() == step);
        for (Cgroup cgroup : cgroups.values()) {
            cgroup.crews.removeIf(crew -> crew.owner() == step);
            cgroup.frozen = false;
        }
        for (Cgroup cgroup : List.copyOf(cgroups.values())) {
            if (cgroup.owner == step) {
                requireNothingLeft(cgroup, step);
                forget(
                        cgroup.name,
                        "it ended with step " + (step + 1)
                                + ", which had made it. Hint: put what outlives a step into the" + " Backdrop");
            }
        }
    }

    private void requireNothingLeft(Cgroup cgroup, int step) {
        boolean foreign =
                !cgroup.crews.isEmpty() || below(cgroup.name).stream().anyMatch(child -> cgroup(child).owner != step);
        if (foreign) {
            throw new IllegalArgumentException("cgroup '" + cgroup.name + "' ends with step " + (step + 1)
                    + ", which had made it, and holds what belongs to the backdrop. Hint: move it back before the step ends,"
                    + " or make the cgroup in the Backdrop");
        }
    }
}
