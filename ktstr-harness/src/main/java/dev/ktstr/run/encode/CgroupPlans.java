package dev.ktstr.run.encode;

import dev.ktstr.CgroupDef;
import dev.ktstr.CgroupSettings;
import dev.ktstr.CpuMax;
import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.WorkGroup;
import java.util.List;
import java.util.Optional;

/** A cgroup as the agent makes it. */
public final class CgroupPlans {
    /** In the plan: a limit that is left as the kernel made it. */
    private static final long LEAVE = -1;

    private CgroupPlans() {}

    /**
     * The plan for a definition whose cpuset and workers are resolved.
     *
     * @param path below the root of the cgroups
     */
    public static CgroupPlan of(CgroupDef def, String path, List<Integer> cpus, List<WorkGroup> works) {
        CgroupSettings settings = def.settings();
        Optional<CpuMax> max = Optional.ofNullable(settings.cpuMax());
        return new CgroupPlan(
                path,
                cpus,
                List.copyOf(settings.cpusetMems()),
                Optional.ofNullable(settings.cpuWeight()).orElse(0),
                max.map(m -> m.quota().toNanos() / 1000).orElse(LEAVE),
                max.map(m -> m.period().toNanos() / 1000).orElse(0L),
                Optional.ofNullable(settings.memoryMax()).orElse(LEAVE),
                Optional.ofNullable(settings.pidsMax()).orElse(LEAVE),
                works);
    }
}
