package dev.ktstr.processor.rules;

import dev.ktstr.processor.model.ClaimableUnit;
import dev.ktstr.processor.model.PayloadUnit;
import dev.ktstr.processor.model.SchedulerUnit;
import dev.ktstr.processor.model.TestUnit;
import dev.ktstr.rules.Finding;
import dev.ktstr.rules.Findings;
import dev.ktstr.rules.Rules;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Element;

/** All rules, for what stands in the source: those over plain values, and those that look at elements. */
public final class SourceRules {
    private SourceRules() {}

    /** Judges an element annotated {@code @Flag}. */
    public static List<Finding> checkFlag(Element flag) {
        Findings out = new Findings();
        new MemberRules(out).checkFlag(flag);
        return out.all();
    }

    /** Judges a scheduler. */
    public static List<Finding> check(SchedulerUnit scheduler) {
        Findings out = new Findings();
        new MemberRules(out).checkDefinition(scheduler);
        return both(Rules.check(scheduler.model()), out);
    }

    /** Judges a payload. */
    public static List<Finding> check(PayloadUnit payload) {
        return Rules.check(payload.model());
    }

    /** Judges a type annotated {@code @Claimable}. */
    public static List<Finding> check(ClaimableUnit claimable) {
        Findings out = new Findings();
        new ClaimableRules(out).check(claimable);
        return out.all();
    }

    /** Judges the tests of one type, in source order. */
    public static List<Finding> check(List<TestUnit> testsOfOneType) {
        Findings out = new Findings();
        List<Finding> all = new ArrayList<>();
        TestShapeRules shape = new TestShapeRules(out);
        for (TestUnit test : testsOfOneType) {
            shape.check(test);
            new MemberRules(out).checkPostVm(test);
            all.addAll(Rules.check(test.model()));
        }
        shape.checkNames(testsOfOneType);
        return both(all, out);
    }

    private static List<Finding> both(List<Finding> first, Findings second) {
        List<Finding> all = new ArrayList<>(first);
        all.addAll(second.all());
        return all;
    }
}
