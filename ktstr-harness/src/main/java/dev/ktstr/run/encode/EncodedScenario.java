package dev.ktstr.run.encode;

import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import java.time.Duration;
import java.util.List;

/**
 * A scenario as the agent gets it, and what the host needs to read its reports.
 *
 * @param plan for the agent
 * @param groups the groups of workers by label
 */
public record EncodedScenario(ScenarioPlan plan, List<GroupLabel> groups) {
    /** What the agent allows for starting or stopping a scheduler when the plan says nothing. */
    private static final Duration SCHEDULER_LIMIT = Duration.ofSeconds(30);

    /** Copies the list. */
    public EncodedScenario {
        groups = List.copyOf(groups);
    }

    /** How long it may take by its own words: the holds, and the ops that wait. */
    public Duration longest() {
        long ns = plan.backdrop().stream().mapToLong(EncodedScenario::longest).sum();
        for (StepPlan step : plan.steps()) {
            ns += step.hold().totalNs()
                    + step.ops().stream().mapToLong(EncodedScenario::longest).sum();
        }
        return Duration.ofNanos(ns);
    }

    private static long longest(OpPlan op) {
        boolean scheduler = op.kind() == OpKind.START_SCHEDULER || op.kind() == OpKind.STOP_SCHEDULER;
        return scheduler && op.timeoutNs() == 0 ? SCHEDULER_LIMIT.toNanos() : op.timeoutNs();
    }
}
