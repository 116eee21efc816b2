package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.TestFactory;

/**
 * The catalogue under the kernel's own scheduler, one guest per scenario, a second each: two scenarios of three, so that each
 * group is there; all of them with {@code -Dktstr.catalogue.all=true}, those that a filter selects with {@code
 * -Dktstr.catalogue=nested/*}.
 */
class CatalogueIT {
    @TestFactory
    Stream<DynamicTest> scenariosHoldUnderTheKernelsOwnScheduler() {
        return chosen().stream().map(scenario -> DynamicTest.dynamicTest(scenario.toString(), () -> holds(scenario)));
    }

    private static List<CatalogueScenario> chosen() {
        List<CatalogueScenario> all = Catalogue.matching(System.getProperty("ktstr.catalogue", ""));
        if (System.getProperty("ktstr.catalogue") != null || Boolean.getBoolean("ktstr.catalogue.all")) {
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
        assertThat(ended.outcome().verdict())
                .as(
                        "%s: %s%n%s",
                        scenario,
                        ended.outcome().details(),
                        ended.outcome().stats())
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
