package dev.ktstr.catalogue;

import dev.ktstr.CgroupDef;
import dev.ktstr.TestTopology;
import dev.ktstr.WorkSpec;
import dev.ktstr.WorkType;
import java.time.Duration;

/**
 * What a scenario of the catalogue is built for.
 *
 * @param topology where it runs
 * @param duration how long
 * @param workers of a cgroup, where the scenario is not about their number
 */
record Setting(TestTopology topology, Duration duration, int workers) {
    /** A cgroup of spinning workers; other work may take their place. */
    CgroupDef spinning(String name) {
        return CgroupDef.named(name).workers(workers).swappable(true);
    }

    /** A cgroup of workers that the scenario is about, in full groups. */
    CgroupDef doing(String name, WorkType type) {
        return CgroupDef.named(name).workers(full(type, workers)).workType(type);
    }

    /** A group of workers, in full groups. */
    WorkSpec work(WorkType type) {
        return WorkSpec.of(type).workers(full(type, workers));
    }

    /** At least that many workers, so that groups come out even. */
    static int full(WorkType type, int workers) {
        int size = type.groupSize();
        return (workers + size - 1) / size * size;
    }

    int cpus() {
        return topology.cpuCount();
    }

    /** A part of the duration, for intervals of loops; at least 5 ms. */
    Duration part(double fraction) {
        return Duration.ofNanos(Math.max(5_000_000, Math.round(duration.toNanos() * fraction)));
    }
}
