package dev.ktstr.run.encode;

import dev.ktstr.Affinity;
import dev.ktstr.MemPolicy;
import dev.ktstr.SchedPolicy;
import dev.ktstr.TestTopology;
import dev.ktstr.WorkKind;
import dev.ktstr.WorkSpec;
import dev.ktstr.WorkType;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.WorkGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Works out groups of workers, gives them labels, and starts them in the {@link World}. */
final class Groups {
    /** Where a group stands: its step (-1 the backdrop), its op or set-up cgroup, and which of its groups. */
    record Position(int step, int part, int group) {}

    private final Encoding encoding;
    private final World world;
    private final List<GroupLabel> labels = new ArrayList<>();
    private final Map<Position, Integer> known = new HashMap<>();

    Groups(Encoding encoding, World world) {
        this.encoding = encoding;
        this.world = world;
    }

    /** The groups so far, by label. */
    List<GroupLabel> labels() {
        return labels;
    }

    /** A group that starts in a cgroup, the root when {@code cgroup} is empty. */
    WorkGroup start(WorkSpec asked, String cgroup, Position position) {
        WorkSpec spec = counted(asked);
        spec.requireSound();
        WorkType type = spec.workTypeOrDefault();
        int workers = Objects.requireNonNull(spec.workers());
        SortedSet<Integer> cpus = cgroup.isEmpty() ? encoding.topology().cpus() : world.cpus(cgroup);
        requireAllows(spec.policy(), cpus, encoding.topology());
        requireAllows(
                spec.memPolicy(),
                cgroup.isEmpty() ? encoding.topology().memoryNodes() : world.policyNodes(cgroup),
                encoding.topology());
        world.start(cgroup, workers, position.step(), spec);
        boolean everywhere = cgroup.isEmpty() || !world.confined(cgroup);
        int label = known.computeIfAbsent(position, at -> {
            labels.add(
                    new GroupLabel(labels.size(), at.step(), cgroup, type, everywhere ? List.of() : List.copyOf(cpus)));
            return labels.size() - 1;
        });
        return WorkGroups.of(
                spec,
                type,
                workers,
                affinity(spec.affinity(), workers, cpus, position),
                type.kind() == WorkKind.CUSTOM ? encoding.programs().guestCommand(type.command()) : List.of(),
                label);
    }

    /** With the work that is to be put in its place, and a count; a swapped-in type gets full groups. */
    private WorkSpec counted(WorkSpec spec) {
        int workers = Objects.requireNonNullElse(spec.workers(), encoding.workersPerCgroup());
        boolean swap = encoding.workType().isPresent() && Boolean.TRUE.equals(spec.swappable());
        if (!swap) {
            return spec.workers(workers);
        }
        WorkType type = encoding.workType().get();
        int size = type.groupSize();
        return spec.workType(type).workers((workers + size - 1) / size * size);
    }

    /** The affinity of each worker of a group, or of each crew of a cgroup. */
    List<CpuList> affinity(@Nullable Affinity affinity, int workers, SortedSet<Integer> cpus, Position position) {
        if (affinity == null) {
            return List.of();
        }
        Random64 random = Random64.at(encoding.seed(), position.step(), position.part(), position.group());
        return Affinities.of(affinity, workers, cpus, encoding.topology(), random);
    }

    /** The kernel refuses a deadline task that cannot use every CPU of its root domain, sched(7). */
    private static void requireAllows(@Nullable SchedPolicy policy, SortedSet<Integer> cpus, TestTopology topology) {
        if (policy != null && policy.kind() == SchedPolicy.Kind.DEADLINE && cpus.size() < topology.cpuCount()) {
            throw new IllegalArgumentException(
                    "SCHED_DEADLINE workers need every CPU of the machine, and the cpuset has "
                            + TestTopology.format(cpus) + " of " + TestTopology.format(topology.cpus())
                            + ": the kernel refuses them (sched(7)). Hint: leave out the cpuset");
        }
    }

    private static void requireAllows(@Nullable MemPolicy policy, SortedSet<Integer> nodes, TestTopology topology) {
        if (policy == null || nodes.containsAll(policy.nodes())) {
            return;
        }
        List<Integer> missing = policy.nodes().stream()
                .filter(node -> topology.nodes().stream().noneMatch(n -> n.id() == node))
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("MemPolicy " + policy.mode() + " names NUMA nodes "
                    + TestTopology.format(missing) + ", which do not exist; there are "
                    + TestTopology.format(
                            topology.nodes().stream().map(TestTopology.Node::id).toList()));
        }
        throw new IllegalArgumentException("MemPolicy " + policy.mode() + " names NUMA nodes "
                + TestTopology.format(policy.nodes()) + ", and the nodes of the cpuset are "
                + TestTopology.format(nodes) + ". Hint: cpusetMems(...) gives the cgroup the memory of further nodes");
    }
}
