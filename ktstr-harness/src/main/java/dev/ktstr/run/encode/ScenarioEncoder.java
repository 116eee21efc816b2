package dev.ktstr.run.encode;

import dev.ktstr.Affinity;
import dev.ktstr.Backdrop;
import dev.ktstr.CgroupDef;
import dev.ktstr.Op;
import dev.ktstr.Step;
import dev.ktstr.TestTopology;
import dev.ktstr.WorkSpec;
import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.HoldKind;
import dev.ktstr.guest.wire.HoldPlan;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import dev.ktstr.guest.wire.WorkGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Turns a scenario in the author's words into the agent's plan. */
public final class ScenarioEncoder {
    private final Encoding encoding;
    private final Walk walk;
    private final boolean onlyStep;

    private ScenarioEncoder(Encoding encoding, boolean onlyStep) {
        this.encoding = encoding;
        this.walk = new Walk(encoding);
        this.onlyStep = onlyStep;
    }

    /**
     * Resolves every count, CPU, node and time, and checks everything that can be known before the guest touches it.
     *
     * @throws IllegalArgumentException when the scenario is not sound there; the message says where and why
     */
    public static EncodedScenario encode(Backdrop backdrop, List<Step> steps, Encoding encoding) {
        if (steps.isEmpty()) {
            throw new IllegalArgumentException(
                    "a scenario needs at least one step. Hint: Step.ops(HoldSpec.FULL) holds a backdrop alone");
        }
        return new ScenarioEncoder(encoding, steps.size() == 1).encode(backdrop, steps);
    }

    private EncodedScenario encode(Backdrop backdrop, List<Step> steps) {
        List<HoldPlan> holds = Holds.of(steps, encoding.duration());
        List<OpPlan> before = backdrop(backdrop);
        List<StepPlan> plans = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            walk.enter(i);
            plans.add(step(i, steps.get(i), holds.get(i)));
            int index = i;
            Place.at("step " + (i + 1), () -> {
                walk.leave();
                return index;
            });
        }
        ScenarioPlan plan = new ScenarioPlan(before, plans, encoding.schedulerRequired(), encoding.seed());
        return new EncodedScenario(plan, walk.labels());
    }

    private List<OpPlan> backdrop(Backdrop backdrop) {
        List<OpPlan> plans = new ArrayList<>(encoding.workloads());
        for (CgroupPlan cgroup : setup(-1, backdrop.setup())) {
            plans.add(OpPlan.of(OpKind.ADD_CGROUP_DEF).on(cgroup.name()).withDef(cgroup));
        }
        plans.addAll(ops(-1, backdrop.ops()));
        return plans;
    }

    private StepPlan step(int index, Step step, HoldPlan hold) {
        if (hold.kind() == HoldKind.FIXED) {
            List<OpPlan> ops = ops(index, step.ops());
            return new StepPlan(ops, setup(index, step.setup()), hold);
        }
        List<CgroupPlan> setup = setup(index, step.setup());
        return new StepPlan(loop(index, step.ops(), hold), setup, hold);
    }

    /** Walks two rounds of a loop: the second must be possible, and mean the same. */
    private List<OpPlan> loop(int index, List<Op> ops, HoldPlan hold) {
        List<OpPlan> first = ops(index, ops);
        int before = walk.world().live();
        long more = (hold.totalNs() - 1) / hold.intervalNs();
        if (more < 1) {
            return first;
        }
        List<OpPlan> second = Place.at("the second round of the loop", () -> ops(index, ops));
        if (!second.equals(first)) {
            throw new IllegalArgumentException("step " + (index + 1)
                    + ": an affinity of its loop means other CPUs in the second round than in the first, for a cpuset changes"
                    + " in between. Hint: Affinity.exact, or Affinity.inherit");
        }
        int growth = walk.world().live() - before;
        Place.at("step " + (index + 1) + ", which starts " + growth + " more workers in each round of its loop", () -> {
            World.requireRoom(walk.world().peak() + Math.max(0, growth) * (more - 1));
            return growth;
        });
        return first;
    }

    private List<OpPlan> ops(int step, List<Op> ops) {
        List<OpPlan> plans = new ArrayList<>();
        for (int i = 0; i < ops.size(); i++) {
            Op op = ops.get(i);
            int index = i;
            plans.addAll(Place.at(Place.of(step, i, op), () -> walk.op(op, index)));
        }
        return plans;
    }

    private List<CgroupPlan> setup(int step, List<CgroupDef> defs) {
        List<CgroupPlan> plans = new ArrayList<>();
        for (int i = 0; i < defs.size(); i++) {
            CgroupDef def = defs.get(i);
            int part = -1 - i;
            plans.add(Place.at(Place.of(step, onlyStep, def.name()), () -> walk.make(def, part)));
        }
        return plans;
    }

    /**
     * A single group of workers, for those who start it themselves.
     *
     * @param cgroup the CPUs of its cgroup; empty for every CPU
     * @param label the number under which the agent reports on it
     * @throws IllegalArgumentException when the group is not sound
     */
    public static WorkGroup workGroup(
            WorkSpec spec, int workers, List<Integer> cgroup, TestTopology topology, int label) {
        WorkSpec counted = spec.workers(workers);
        counted.requireSound();
        SortedSet<Integer> cpus = cgroup.isEmpty() ? topology.cpus() : new TreeSet<>(cgroup);
        Affinity affinity = spec.affinity() == null ? Affinity.inherit() : spec.affinity();
        List<CpuList> sets = Affinities.of(affinity, workers, cpus, topology, new Random64(label));
        return WorkGroups.of(
                counted,
                counted.workTypeOrDefault(),
                workers,
                sets,
                counted.workTypeOrDefault().command(),
                label);
    }
}
