package dev.ktstr.processor.rules;

import dev.ktstr.processor.model.SchedulerModel;
import dev.ktstr.processor.model.TestModel;
import java.util.List;
import javax.lang.model.element.Element;

/** All rules. One instance sees a whole compilation, since names must be unique in it. */
public final class Rules {
    private final TestShapeRules shape;
    private final TestRules numbers;
    private final TopologyRules topology;
    private final SchedulerRules schedulers;
    private final FlagRules flags;
    private final CheckRules checks;

    /** Makes rules that report to {@code out}. */
    public Rules(Diagnostics out) {
        shape = new TestShapeRules(out);
        numbers = new TestRules(out);
        topology = new TopologyRules(out);
        schedulers = new SchedulerRules(out);
        flags = new FlagRules(out);
        checks = new CheckRules(out);
    }

    /** Checks a scheduler of this compilation. */
    public void check(SchedulerModel scheduler) {
        schedulers.check(scheduler);
        topology.check(scheduler);
        flags.check(scheduler);
        checks.check(scheduler);
    }

    /** Checks an element annotated {@code @Flag}. */
    public void checkFlag(Element flag) {
        flags.checkPlace(flag);
    }

    /** Checks the tests of one type, in source order. */
    public void check(List<TestModel> testsOfOneType) {
        for (TestModel test : testsOfOneType) {
            shape.check(test);
            numbers.check(test);
            topology.check(test);
            checks.check(test);
        }
        shape.checkNames(testsOfOneType);
    }
}
