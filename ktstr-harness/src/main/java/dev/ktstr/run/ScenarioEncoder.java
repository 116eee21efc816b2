package dev.ktstr.run;

import dev.ktstr.CgroupDef;
import dev.ktstr.Phase;
import dev.ktstr.Step;
import dev.ktstr.TestTopology;
import dev.ktstr.WorkSpec;
import dev.ktstr.WorkType;
import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.HoldPlan;
import dev.ktstr.guest.wire.PhaseKind;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns a scenario in the author's words into the agent's plan. */
public final class ScenarioEncoder {
    private ScenarioEncoder() {}

    /**
     * Resolves every count, cpuset and hold.
     *
     * @param cgroupParent the cgroup below which those of the scenario are made, {@code /} for the root
     * @throws IllegalArgumentException when a cpuset cannot be met on that topology
     */
    public static ScenarioPlan encode(
            List<Step> steps,
            TestTopology topology,
            Duration duration,
            int workersPerCgroup,
            boolean schedulerRequired,
            String cgroupParent) {
        String below = cgroupParent.equals("/") ? "" : cgroupParent.substring(1) + "/";
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a scenario needs at least one step");
        }
        List<StepPlan> plans = new ArrayList<>();
        for (Step step : steps) {
            List<CgroupPlan> cgroups = new ArrayList<>();
            for (CgroupDef def : step.setup()) {
                cgroups.add(CgroupPlan.of(below + def.name(), cpus(def, topology), groups(def, workersPerCgroup)));
            }
            plans.add(new StepPlan(
                    List.of(),
                    cgroups,
                    HoldPlan.fixed(step.hold().resolve(duration).toNanos())));
        }
        return new ScenarioPlan(List.of(), plans, schedulerRequired, 0);
    }

    private static List<Integer> cpus(CgroupDef def, TestTopology topology) {
        if (def.cpus() == null) {
            return List.of();
        }
        try {
            return List.copyOf(def.cpus().resolve(topology));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cgroup '" + def.name() + "': CpusetSpec validation failed: " + e.getMessage(), e);
        }
    }

    private static List<WorkGroup> groups(CgroupDef def, int workersPerCgroup) {
        int count = Optional.ofNullable(def.workerCount()).orElse(workersPerCgroup);
        List<WorkSpec> specs = def.works().isEmpty() ? List.of(WorkSpec.inherit()) : def.works();
        List<WorkGroup> groups = new ArrayList<>();
        for (WorkSpec spec : specs) {
            WorkType type = Optional.ofNullable(spec.workType()).orElse(def.type());
            groups.add(WorkGroup.of(
                    Optional.ofNullable(spec.workers()).orElse(count),
                    kind(type),
                    WorkParameters.bursty(type.burst().toNanos(), type.sleep().toNanos()),
                    type.phases().stream().map(ScenarioEncoder::phase).toList()));
        }
        return groups;
    }

    private static WorkKind kind(WorkType type) {
        return switch (type.name()) {
            case "SpinWait" -> WorkKind.SPIN_WAIT;
            case "YieldHeavy" -> WorkKind.YIELD_HEAVY;
            case "Bursty" -> WorkKind.BURSTY;
            case "Sequence" -> WorkKind.SEQUENCE;
            default ->
                throw new IllegalArgumentException("the agent has no work type '" + type.name() + "'. The names are "
                        + String.join(", ", WorkType.names()) + ".");
        };
    }

    private static dev.ktstr.guest.wire.Phase phase(Phase phase) {
        PhaseKind kind = switch (phase.kind()) {
            case SPIN -> PhaseKind.SPIN;
            case SLEEP -> PhaseKind.SLEEP;
            case YIELD -> PhaseKind.YIELD;
            case IO -> PhaseKind.IO;
        };
        return new dev.ktstr.guest.wire.Phase(kind, phase.duration().toNanos());
    }
}
