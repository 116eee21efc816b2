package dev.ktstr.rules;

import java.util.List;

/** All rules. Each method judges one declaration by itself; {@link UniqueNames} sees a whole module. */
public final class Rules {
    private Rules() {}

    /** Judges a scheduler. */
    public static List<Finding> check(SchedulerModel scheduler) {
        Findings out = new Findings();
        new SchedulerRules(out).check(scheduler);
        new ConfigRules(out).check(scheduler);
        new TopologyRules(out).check(scheduler);
        new LimitRules(out).check(scheduler);
        new FlagRules(out).check(scheduler);
        new CheckRules(out).check(scheduler);
        return out.all();
    }

    /** Judges what a test adds to its scheduler. */
    public static List<Finding> check(TestModel test) {
        Findings out = new Findings();
        new TestRules(out).check(test);
        new TopologyRules(out).check(test);
        new TopologyRules(out).checkMemory(test);
        new LimitRules(out).check(test);
        new FlagChoiceRules(out).check(test);
        new CheckRules(out).check(test);
        new ConfigRules(out).check(test);
        new OptionRules(out).check(test);
        new PayloadRules(out).check(test);
        return out.all();
    }

    /** Judges a payload. */
    public static List<Finding> check(PayloadModel payload) {
        Findings out = new Findings();
        new PayloadRules(out).check(payload);
        return out.all();
    }

    /** The gauntlet's bounds of a scheduler or a test. */
    public static dev.ktstr.spec.TopologyLimits limits(Attributes values) {
        return LimitRules.limits(values);
    }
}
