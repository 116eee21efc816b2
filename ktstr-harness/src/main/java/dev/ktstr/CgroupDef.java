package dev.ktstr;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Declares a cgroup and the workers in it. An immutable value: every method returns a changed copy.
 *
 * @param name folder name below the cgroup root of the guest
 * @param workerCount workers of the cgroup's own group, or null for the test's {@code workersPerCgroup}
 * @param type what they do; {@link WorkType#spinWait()} unless said otherwise
 * @param cpus where they may run, or null for every CPU
 * @param works further groups that run side by side; when there are any, the cgroup has no group of its own
 */
public record CgroupDef(
        String name,
        @Nullable Integer workerCount,
        WorkType type,
        @Nullable CpusetSpec cpus,
        List<WorkSpec> works) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}");

    /** @throws IllegalArgumentException when the name is no plain folder name, or the count is not positive */
    public CgroupDef {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("cgroup name '" + name
                    + "' is not usable: it becomes a folder of the guest's cgroup tree. Hint: use up to 64 letters, digits,"
                    + " '_', '-' and '.', starting with a letter, digit or '_'.");
        }
        if (workerCount != null && workerCount < 1) {
            throw new IllegalArgumentException("cgroup '" + name + "': workers must be at least 1, got " + workerCount);
        }
        works = List.copyOf(works);
    }

    /** A cgroup with default workers: spinning, on every CPU. */
    public static CgroupDef named(String name) {
        return new CgroupDef(name, null, WorkType.spinWait(), null, List.of());
    }

    /** The same cgroup with that many workers. */
    public CgroupDef workers(int count) {
        return new CgroupDef(name, count, type, cpus, works);
    }

    /** The same cgroup, its workers doing that. */
    public CgroupDef workType(WorkType newType) {
        return new CgroupDef(name, workerCount, newType, cpus, works);
    }

    /** The same cgroup, confined to those CPUs. */
    public CgroupDef cpuset(CpusetSpec spec) {
        return new CgroupDef(name, workerCount, type, spec, works);
    }

    /** The same cgroup with one more group of workers. */
    public CgroupDef work(WorkSpec spec) {
        List<WorkSpec> more = new ArrayList<>(works);
        more.add(spec);
        return new CgroupDef(name, workerCount, type, cpus, more);
    }
}
