package dev.ktstr.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.Scenarios;
import dev.ktstr.TestTopology;
import dev.ktstr.TestWorkers;
import dev.ktstr.WorkType;
import dev.ktstr.guest.wire.Layout;
import dev.ktstr.guest.wire.Wire;
import dev.ktstr.run.encode.EncodedScenario;
import dev.ktstr.run.encode.Encoding;
import dev.ktstr.run.encode.ScenarioEncoder;
import dev.ktstr.spec.GauntletPreset;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CatalogueTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void itHasAtLeastFiftyScenariosAndSomeInEachGroup() {
        assertThat(Catalogue.all()).hasSizeGreaterThanOrEqualTo(50);
        assertThat(Catalogue.all().stream()
                        .collect(Collectors.groupingBy(CatalogueScenario::group))
                        .values())
                .hasSize(Group.values().length)
                .allSatisfy(scenarios -> assertThat(scenarios).hasSizeGreaterThanOrEqualTo(6));
        assertThat(Catalogue.all())
                .allSatisfy(s -> assertThat(s.description()).endsWith(".").hasSizeGreaterThan(20));
    }

    @Test
    void eachScenarioIsSoundOnEveryPresetItAccepts() {
        int encoded = 0;
        for (GauntletPreset preset : GauntletPreset.all()) {
            TestTopology topology = TestWorkers.topology(preset.topology().toString());
            for (CatalogueScenario scenario : Catalogue.all()) {
                if (scenario.accepts(topology).isPresent()) {
                    continue;
                }
                EncodedScenario plan = encode(scenario, topology, SECOND, 2);
                assertThat(Wire.encode(plan.plan()).length).isLessThan(Layout.MAX_PAYLOAD);
                assertThat(plan.groups()).isNotEmpty();
                encoded++;
            }
        }
        assertThat(encoded).isGreaterThan(24 * 50);
    }

    @Test
    void eachScenarioRunsSomewhereInTheGauntletAndOnTheSmallestItSaysItNeeds() {
        assertThat(Catalogue.all()).allSatisfy(scenario -> {
            Needs needs = scenario.needs();
            int llcs = Math.max(needs.minLlcs(), needs.minNodes());
            int threads = needs.smt() ? 2 : 1;
            int cores = Math.max(1, (needs.minCpus() + llcs * threads - 1) / (llcs * threads));
            TestTopology smallest =
                    TestWorkers.topology(needs.minNodes() + "n" + llcs + "l" + cores + "c" + threads + "t");
            assertThat(scenario.accepts(smallest)).isEmpty();
            for (int workers : new int[] {1, 7}) {
                assertThat(encode(scenario, smallest, Duration.ofMillis(100), workers)
                                .groups())
                        .isNotEmpty();
            }
        });
    }

    @Test
    void workersOfOtherKindsMayTakeThePlaceOfSwappableOnes() {
        TestTopology topology = TestWorkers.topology("2n4l2c2t");
        for (CatalogueScenario scenario : Catalogue.all()) {
            Built built = scenario.build(topology, SECOND, 2);
            EncodedScenario swapped = ScenarioEncoder.encode(
                    built.backdrop(),
                    built.steps(),
                    Encoding.of(topology, SECOND, 2).workType(Optional.of(WorkType.futexFanOut())));
            assertThat(swapped.groups())
                    .hasSameSizeAs(encode(scenario, topology, SECOND, 2).groups());
        }
    }

    private static EncodedScenario encode(
            CatalogueScenario scenario, TestTopology topology, Duration duration, int workers) {
        Built built = scenario.build(topology, duration, workers);
        try {
            return ScenarioEncoder.encode(built.backdrop(), built.steps(), Encoding.of(topology, duration, workers));
        } catch (IllegalArgumentException e) {
            throw new AssertionError(
                    scenario + " on " + topology.requested() + " with " + workers + ": " + e.getMessage(), e);
        }
    }

    @Test
    void aTopologyThatIsTooSmallIsRefusedWithTheReason() {
        CatalogueScenario scenario = Catalogue.named("steadyLlc");
        TestTopology small = TestWorkers.topology("1n1l4c1t");
        assertThat(scenario.accepts(small)).hasValue("needs 2 last-level caches, there are 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> scenario.build(small, SECOND, 2))
                .withMessageStartingWith("scenario 'steadyLlc' needs 2 last-level caches, there are 1.");
        assertThat(Catalogue.named("cpusetNuma").accepts(TestWorkers.topology("1n2l4c1t")))
                .hasValue("needs 2 NUMA nodes with CPUs and memory, there are 1");
        assertThat(Catalogue.named("onePerCore").accepts(small)).hasValue("needs cores of more than one thread");
    }

    @Test
    void namesAndGlobsSelect() {
        assertThat(Catalogue.matching("steady, nested/*"))
                .extracting(CatalogueScenario::name)
                .contains("steady", "nestedSteady", "nestedDeep")
                .doesNotContain("steadyLlc", "cpusetApply");
        assertThat(Catalogue.matching("cpuset*"))
                .allSatisfy(s -> assertThat(s.group()).isEqualTo(Group.CPUSET));
        assertThat(Catalogue.matching("")).isEqualTo(Catalogue.all());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Catalogue.named("stedy"))
                .withMessageStartingWith("the catalogue has no scenario 'stedy'. Did you mean 'steady'?");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Catalogue.matching("steady,nothing*"))
                .withMessageContaining("no scenario that 'nothing*' selects");
    }

    @Test
    void whatATestMayCallIsInTheCatalogueUnderTheSameName() {
        List<String> callable = Arrays.stream(Scenarios.class.getDeclaredMethods())
                .filter(m -> Modifier.isPublic(m.getModifiers()))
                .filter(m -> m.getReturnType() == AssertResult.class
                        && Arrays.equals(m.getParameterTypes(), new Class<?>[] {Ctx.class}))
                .map(Method::getName)
                .toList();
        assertThat(callable)
                .containsExactlyInAnyOrder(
                        "steady",
                        "steadyLlc",
                        "oversubscribed",
                        "cpusetApply",
                        "cpusetClear",
                        "cpusetResize",
                        "cgroupAdd",
                        "cgroupRemove",
                        "affinityChange",
                        "affinityPinned",
                        "hostContention",
                        "mixedWorkloads",
                        "nestedSteady",
                        "nestedTaskMove");
        assertThat(callable)
                .allSatisfy(name -> assertThat(Catalogue.named(name).name()).isEqualTo(name));
    }

    @Test
    void theDocumentationListsEachWithItsDescription() throws IOException {
        String page = Files.readString(Path.of("../src/site/markdown/scenarios.md"));
        assertThat(Catalogue.all())
                .allSatisfy(s -> assertThat(page).contains("| " + s.name() + " | " + s.description() + " |"));
        assertThat(page.lines()
                        .filter(line -> line.matches("\\| [a-z]\\w+ \\| .*\\. \\|.*\\|"))
                        .count())
                .isEqualTo(Catalogue.all().size());
    }
}
