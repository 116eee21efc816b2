package dev.ktstr;

import java.util.ArrayList;
import java.util.List;

/**
 * Cgroups that go together: {@link #close} removes them, the last first, also when the test fails in between.
 *
 * <pre>{@code
 * try (CgroupGroup group = new CgroupGroup(ctx.cgroups());
 *         WorkloadHandle spinners = ctx.spawn(WorkloadConfig.of(2, WorkType.spinWait()).in(group.add("workers")))) {
 *     spinners.start();
 *     Thread.sleep(ctx.duration().toMillis());
 *     return ctx.check(spinners.stopAndCollect());
 * }
 * }</pre>
 */
public final class CgroupGroup implements AutoCloseable {
    private final Cgroups cgroups;
    private final List<String> names = new ArrayList<>();

    /** An empty group. */
    public CgroupGroup(Cgroups cgroups) {
        this.cgroups = cgroups;
    }

    /** Makes a cgroup of the group; answers its name. */
    public String add(String name) {
        cgroups.add(name);
        names.add(name);
        return name;
    }

    /** Makes a cgroup of the group that is confined to those CPUs; answers its name. */
    public String add(String name, CpusetSpec cpuset) {
        cgroups.add(name, cpuset);
        names.add(name);
        return name;
    }

    /** Makes a cgroup of the group with the cpuset and the settings of a definition; answers its name. */
    public String add(CgroupDef def) {
        cgroups.add(def);
        names.add(def.name());
        return def.name();
    }

    /** The cgroups of the group, in order. */
    public List<String> names() {
        return List.copyOf(names);
    }

    /**
     * Removes them, the last first. One that cannot be removed keeps none of the others; the first failure is thrown, with
     * those after it as suppressed. Those that were removed otherwise are passed over.
     */
    @Override
    public void close() {
        RuntimeException failure = null;
        for (int i = names.size() - 1; i >= 0; i--) {
            if (!cgroups.names().contains(names.get(i))) {
                continue;
            }
            try {
                cgroups.remove(names.get(i));
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        names.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
