package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.ktstr.Assert;
import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.HoldSpec;
import dev.ktstr.Step;
import dev.ktstr.catalogue.Catalogue;
import dev.ktstr.catalogue.CatalogueScenario;
import dev.ktstr.catalogue.Needs;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.VariantRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The catalogue under the kernel's own scheduler, one guest per scenario, a second each: two scenarios of three, of every
 * group. {@code ./check --full} runs all of them; {@code -Dktstr.catalogue=nested/*} those that the filter selects.
 */
class CatalogueIT {
    @TestFactory
    Stream<DynamicTest> scenariosHoldUnderTheKernelsOwnScheduler() {
        return chosen().stream().map(scenario -> DynamicTest.dynamicTest(scenario.toString(), () -> holds(scenario)));
    }

    @Test
    void theThresholdsOfOneScenarioAreNotThoseOfTheNext() {
        VariantRun.Ended ended = Runs.run("catalogue", ctx -> {
            List<Step> steps = List.of(Step.of(HoldSpec.FULL, CgroupDef.named("cg_0")));
            AssertResult beyondReach = ctx.executeStepsWith(Assert.NO_OVERRIDES.minWorkRate(1e15), steps);
            assertThat(beyondReach.details()).isNotEmpty();
            return ctx.executeSteps(steps);
        });
        assertThat(ended.outcome().details()).isEmpty();
        assertThat(ended.outcome().verdict()).isEqualTo(Verdict.PASS);
    }

    private static List<CatalogueScenario> chosen() {
        List<CatalogueScenario> all = Catalogue.matching(System.getProperty("ktstr.catalogue", ""));
        if (System.getProperty("ktstr.catalogue") != null || Boolean.getBoolean("ktstr.full")) {
            return all;
        }
        List<CatalogueScenario> twoOfThree = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (i % 3 != 2) {
                twoOfThree.add(all.get(i));
            }
        }
        return twoOfThree;
    }

    private static void holds(CatalogueScenario scenario) {
        VariantRun.Ended ended = Runs.run(
                fixture(scenario.needs()),
                Map.of("ktstr.sidecar.dir", "target/ktstr/catalogue/" + scenario.name()),
                scenario::run);
        // The host could not give the guest what a limit needs: neither a pass nor a finding.
        assumeThat(ended.outcome().verdict())
                .as("%s: %s", scenario, ended.outcome().details())
                .isNotEqualTo(Verdict.INCONCLUSIVE);
        assertThat(ended.outcome().verdict())
                .as(
                        "%s: %s%n%s",
                        scenario, ended.outcome().details(), ended.outcome().stats())
                .isEqualTo(Verdict.PASS);
        assertThat(ended.outcome().stats()).isNotEmpty();
    }

    private static String fixture(Needs needs) {
        if (needs.minNodes() > 1) {
            return "catalogueTwoNodes";
        }
        return needs.smt() ? "catalogueThreads" : needs.minCpus() > 4 ? "catalogueSixCpus" : "catalogue";
    }
}
