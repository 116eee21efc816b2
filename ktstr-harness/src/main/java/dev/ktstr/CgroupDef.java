package dev.ktstr;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Declares a cgroup and the workers in it. An immutable value: every method returns a changed copy.
 *
 * @param name path below the cgroup root of the scenario, {@code cg_0} or {@code parent/child}
 * @param cpuset where its workers may run, or null for every CPU of the cgroup above it
 * @param defaults what its groups of workers have unless they say otherwise
 * @param works groups that run side by side; a cgroup that names none has one group of the defaults
 * @param populated whether it has workers at all
 * @param settings further settings
 */
public record CgroupDef(
        String name,
        @Nullable CpusetSpec cpuset,
        WorkSpec defaults,
        List<WorkSpec> works,
        boolean populated,
        CgroupSettings settings) {
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}");

    /** Names of the kernel's own files in a cgroup begin so. */
    private static final Pattern RESERVED =
            Pattern.compile("(cgroup|cpuset|cpu|memory|pids|io|irq|hugetlb|misc|rdma)\\..*");

    private static final int MAX_DEPTH = 8;

    /** @throws IllegalArgumentException when the name is no usable path, or a group of workers is not sound */
    public CgroupDef {
        requireName(name);
        works = List.copyOf(works);
        if (!populated && !works.isEmpty()) {
            throw new IllegalArgumentException("cgroup '" + name + "': it has groups of workers and noWorkers()");
        }
        if (populated) {
            for (WorkSpec work : works.isEmpty() ? List.of(WorkSpec.inherit()) : works) {
                at(name, () -> work.over(defaults).requireSound());
            }
        }
    }

    /** A cgroup with default workers: spinning, on every CPU. */
    public static CgroupDef named(String name) {
        return new CgroupDef(name, null, WorkSpec.inherit(), List.of(), true, CgroupSettings.NONE);
    }

    /** The same cgroup with that many workers in each group that names no count. */
    public CgroupDef workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("cgroup '" + name + "': workers must be at least 1, got " + count
                    + ". Hint: noWorkers() declares an empty cgroup.");
        }
        return with(at(name, () -> defaults.workers(count)));
    }

    /** The same cgroup without workers: for limits over its children, or to move tasks into. */
    public CgroupDef noWorkers() {
        return new CgroupDef(name, cpuset, defaults, works, false, settings);
    }

    /** The same cgroup, its workers doing that. */
    public CgroupDef workType(WorkType type) {
        return with(defaults.workType(type));
    }

    /** The same cgroup, its workers under that policy. */
    public CgroupDef policy(SchedPolicy policy) {
        return with(defaults.policy(policy));
    }

    /** The same cgroup, its workers with that affinity. */
    public CgroupDef affinity(Affinity affinity) {
        return with(defaults.affinity(affinity));
    }

    /** The same cgroup, its workers' memory from there. */
    public CgroupDef memPolicy(MemPolicy policy) {
        return with(defaults.memPolicy(policy));
    }

    /** The same cgroup, its workers' memory from there. */
    public CgroupDef memPolicy(MemPolicy policy, MpolFlags flags) {
        return with(at(name, () -> defaults.memPolicy(policy, flags)));
    }

    /** The same cgroup, its workers at that nice level. */
    public CgroupDef nice(int level) {
        return with(at(name, () -> defaults.nice(level)));
    }

    /** The same cgroup, its workers' threads with that name. */
    public CgroupDef comm(String comm) {
        return with(at(name, () -> defaults.comm(comm)));
    }

    /** The same cgroup, its workers threads of one process with that name. */
    public CgroupDef pcomm(String pcomm) {
        return with(at(name, () -> defaults.pcomm(pcomm)));
    }

    /** The same cgroup, its workers processes or threads. */
    public CgroupDef cloneMode(CloneMode mode) {
        return with(defaults.cloneMode(mode));
    }

    /** The same cgroup; {@code -Dktstr.workType} may put other work in the place of its workers', or not. */
    public CgroupDef swappable(boolean may) {
        return with(defaults.swappable(may));
    }

    /** The same cgroup with one more group of workers. */
    public CgroupDef work(WorkSpec spec) {
        List<WorkSpec> more = new ArrayList<>(works);
        more.add(spec);
        return new CgroupDef(name, cpuset, defaults, more, populated, settings);
    }

    /** The same cgroup, confined to those CPUs. */
    public CgroupDef cpuset(CpusetSpec spec) {
        return new CgroupDef(name, spec, defaults, works, populated, settings);
    }

    /** The same cgroup, its memory confined to those nodes. */
    public CgroupDef cpusetMems(Integer... nodes) {
        return with(
                settings.cpuWeight(),
                settings.cpuMax(),
                settings.memoryMax(),
                settings.pidsMax(),
                new TreeSet<>(List.of(nodes)));
    }

    /** The same cgroup with that {@code cpu.weight}, 1 to 10000. */
    public CgroupDef cpuWeight(int weight) {
        return with(weight, settings.cpuMax(), settings.memoryMax(), settings.pidsMax(), settings.cpusetMems());
    }

    /** The same cgroup limited to {@code quota} of CPU time in each {@code period}. */
    public CgroupDef cpuMax(Duration quota, Duration period) {
        CpuMax max = at(name, () -> new CpuMax(quota, period));
        return with(settings.cpuWeight(), max, settings.memoryMax(), settings.pidsMax(), settings.cpusetMems());
    }

    /** The same cgroup limited to {@code bytes} of memory. */
    public CgroupDef memoryMax(long bytes) {
        return with(settings.cpuWeight(), settings.cpuMax(), bytes, settings.pidsMax(), settings.cpusetMems());
    }

    /** The same cgroup limited to that many tasks. */
    public CgroupDef pidsMax(long tasks) {
        return with(settings.cpuWeight(), settings.cpuMax(), settings.memoryMax(), tasks, settings.cpusetMems());
    }

    /** Its groups of workers, each laid over the defaults; none when it has no workers. */
    public List<WorkSpec> groups() {
        if (!populated) {
            return List.of();
        }
        return works.isEmpty()
                ? List.of(defaults)
                : works.stream().map(work -> work.over(defaults)).toList();
    }

    private CgroupDef with(WorkSpec newDefaults) {
        return new CgroupDef(name, cpuset, newDefaults, works, populated, settings);
    }

    private CgroupDef with(
            @Nullable Integer weight,
            @Nullable CpuMax cpuMax,
            @Nullable Long memoryMax,
            @Nullable Long pidsMax,
            SortedSet<Integer> mems) {
        return new CgroupDef(
                name,
                cpuset,
                defaults,
                works,
                populated,
                at(name, () -> new CgroupSettings(weight, cpuMax, memoryMax, pidsMax, mems)));
    }

    /** Refuses a path that cannot be a cgroup's. */
    static String requireName(String name) {
        String[] segments = name.split("/", -1);
        for (String segment : segments) {
            if (!SEGMENT.matcher(segment).matches() || RESERVED.matcher(segment).matches()) {
                throw new IllegalArgumentException("cgroup name '" + name
                        + "' is not usable: it becomes a folder of the guest's cgroup tree. Hint: use up to 64 letters,"
                        + " digits, '_', '-' and '.' per level, starting with a letter, digit or '_', not like a file of the"
                        + " kernel's (cpu.max), and '/' between the levels.");
            }
        }
        if (segments.length > MAX_DEPTH) {
            throw new IllegalArgumentException("cgroup name '" + name + "' has " + segments.length + " levels, at most "
                    + MAX_DEPTH + " are allowed");
        }
        return name;
    }

    /** Does something for a cgroup; a refusal names it. */
    private static <T> T at(String cgroup, java.util.function.Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cgroup '" + cgroup + "': " + e.getMessage(), e);
        }
    }

    private static void at(String cgroup, Runnable work) {
        at(cgroup, () -> {
            work.run();
            return cgroup;
        });
    }
}
