package dev.ktstr.run.encode;

import dev.ktstr.TestTopology;
import dev.ktstr.WorkType;
import dev.ktstr.guest.wire.OpPlan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a scenario is encoded for.
 *
 * @param topology where it runs
 * @param duration of the scenario
 * @param workersPerCgroup workers of a group that names no count
 * @param schedulerRequired whether the scheduler under test is a process, with whose end the scenario ends
 * @param cgroupParent the cgroup below which those of the scenario are made, {@code /} for the root
 * @param seed of whatever is random
 * @param workType put in the place of work that is marked swappable
 * @param payloads the declared payloads
 * @param programs the programs of custom workers
 * @param workloads payloads that run beside the whole scenario
 */
public record Encoding(
        TestTopology topology,
        Duration duration,
        int workersPerCgroup,
        boolean schedulerRequired,
        String cgroupParent,
        long seed,
        Optional<WorkType> workType,
        PayloadResolver payloads,
        CustomPrograms programs,
        List<OpPlan> workloads) {
    /** Copies the list. */
    public Encoding {
        workloads = List.copyOf(workloads);
    }

    /** Under the kernel's own scheduler, without payloads, seed 0. */
    public static Encoding of(TestTopology topology, Duration duration, int workersPerCgroup) {
        return new Encoding(
                topology,
                duration,
                workersPerCgroup,
                false,
                "/",
                0,
                Optional.empty(),
                PayloadResolver.NONE,
                CustomPrograms.IN_PLACE,
                List.of());
    }

    /** The same with a scheduler under test that is a process, or without. */
    public Encoding schedulerRequired(boolean required) {
        return new Encoding(
                topology,
                duration,
                workersPerCgroup,
                required,
                cgroupParent,
                seed,
                workType,
                payloads,
                programs,
                workloads);
    }

    /** The same below another cgroup. */
    public Encoding cgroupParent(String parent) {
        return new Encoding(
                topology,
                duration,
                workersPerCgroup,
                schedulerRequired,
                parent,
                seed,
                workType,
                payloads,
                programs,
                workloads);
    }

    /** The same with another seed. */
    public Encoding seed(long newSeed) {
        return new Encoding(
                topology,
                duration,
                workersPerCgroup,
                schedulerRequired,
                cgroupParent,
                newSeed,
                workType,
                payloads,
                programs,
                workloads);
    }

    /** The same with other work in the place of what is swappable. */
    public Encoding workType(Optional<WorkType> type) {
        return new Encoding(
                topology,
                duration,
                workersPerCgroup,
                schedulerRequired,
                cgroupParent,
                seed,
                type,
                payloads,
                programs,
                workloads);
    }

    /** The same with programs of custom workers. */
    public Encoding programs(CustomPrograms newPrograms) {
        return new Encoding(
                topology,
                duration,
                workersPerCgroup,
                schedulerRequired,
                cgroupParent,
                seed,
                workType,
                payloads,
                newPrograms,
                workloads);
    }

    /**
     * The same with payloads.
     *
     * @param resolver the declared ones
     * @param beside those that run beside the whole scenario
     */
    public Encoding payloads(PayloadResolver resolver, List<OpPlan> beside) {
        return new Encoding(
                topology,
                duration,
                workersPerCgroup,
                schedulerRequired,
                cgroupParent,
                seed,
                workType,
                resolver,
                programs,
                beside);
    }
}
