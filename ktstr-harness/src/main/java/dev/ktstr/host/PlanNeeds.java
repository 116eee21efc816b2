package dev.ktstr.host;

import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import java.util.Set;
import java.util.TreeSet;

/** Which controllers of cgroup v2 a plan needs. In a guest all are there; on a host some may be bound to cgroup v1. */
final class PlanNeeds {
    private final Set<String> controllers = new TreeSet<>();

    private PlanNeeds() {}

    static Set<String> controllers(ScenarioPlan plan) {
        PlanNeeds needs = new PlanNeeds();
        plan.backdrop().forEach(needs::op);
        for (StepPlan step : plan.steps()) {
            step.ops().forEach(needs::op);
            step.setup().forEach(needs::cgroup);
        }
        return needs.controllers;
    }

    private void op(OpPlan op) {
        if (op.kind() == OpKind.SET_CPUSET || op.kind() == OpKind.SWAP_CPUSETS || op.kind() == OpKind.CLEAR_CPUSET) {
            controllers.add("cpuset");
        }
        op.def().forEach(this::cgroup);
    }

    private void cgroup(CgroupPlan cgroup) {
        if (!cgroup.cpus().isEmpty() || !cgroup.mems().isEmpty()) {
            controllers.add("cpuset");
        }
        if (cgroup.cpuWeight() != 0 || cgroup.cpuMaxQuotaUs() >= 0) {
            controllers.add("cpu");
        }
        if (cgroup.memoryMax() >= 0) {
            controllers.add("memory");
        }
        if (cgroup.pidsMax() >= 0) {
            controllers.add("pids");
        }
    }
}
