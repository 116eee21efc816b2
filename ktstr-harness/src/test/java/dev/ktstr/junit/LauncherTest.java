package dev.ktstr.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import dev.ktstr.junit.GeneratedIT.MixedTestKtstrIT;
import dev.ktstr.junit.GeneratedIT.MixedTest_mixed_GauntletIT;
import dev.ktstr.junit.GeneratedIT.TheirsIT;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.BootsAhead;
import dev.ktstr.run.KernelsInForce;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.Filter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** What each way of starting tests runs, through the real launcher and what it finds as services. */
@Isolated
class LauncherTest {
    private static final List<String> BUILD_TOOL = List.of("surefire.test.class.path", "surefire.real.class.path");
    private static final DiscoverySelector BASE = selectClass(MixedTestKtstrIT.class);
    private static final DiscoverySelector GAUNTLET = selectClass(MixedTest_mixed_GauntletIT.class);
    private static final String[] ALL_OF_THE_GAUNTLET = {
        "gauntlet/mixed/tiny-1llc/default",
        "gauntlet/mixed/tiny-1llc/steal",
        "gauntlet/mixed/tiny-2llc/default",
        "gauntlet/mixed/tiny-2llc/steal"
    };

    @TempDir
    Path temp;

    private final Map<String, String> before = new HashMap<>();
    private final List<Throwable> failures = new ArrayList<>();
    private ClassLoader loader;
    private URLClassLoader project;

    @BeforeEach
    void aProjectOnTheClassPath() throws IOException {
        Path file = temp.resolve("META-INF/ktstr/registry.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
                {"schema":2,"schedulers":[],"tests":[
                  {"id":"acme.MixedTest#mixed","class":"acme.MixedTest","method":"mixed","scheduler":null,
                   "durationS":{"value":10,"from":"test"},
                   "gauntlet":{"presets":["tiny-1llc","tiny-2llc"],"profiles":[
                     {"name":"default","flags":[],"args":[]},{"name":"steal","flags":["steal"],"args":["--steal"]}]}},
                  {"id":"acme.MixedTest#demoMixed","class":"acme.MixedTest","method":"demoMixed","scheduler":null}]}
                """);
        loader = Thread.currentThread().getContextClassLoader();
        project = new URLClassLoader(new URL[] {temp.toUri().toURL()}, loader);
        Thread.currentThread().setContextClassLoader(project);
        GeneratedIT.RAN.clear();
        // This test itself runs under a build tool, whose properties would be taken for those of the runs it makes.
        BUILD_TOOL.forEach(name -> set(name, null));
        List.of("groups", "ktstr.groups", "test", "it.test", "ktstr.budget", "ktstr.shard")
                .forEach(name -> set(name, null));
        // Their kernels are not there, and nothing is to boot.
        set("ktstr.template.ahead", "off");
        kernels("7.2.13");
    }

    @AfterEach
    void asItWas() throws IOException {
        before.forEach(LauncherTest::put);
        RunState.findKernelsWith(KernelsInForce::find);
        Thread.currentThread().setContextClassLoader(loader);
        project.close();
    }

    private void set(String name, String value) {
        before.putIfAbsent(name, System.getProperty(name));
        put(name, value);
    }

    private static void put(String name, String value) {
        if (value == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }

    private static void kernels(String... versions) {
        List<KernelImage> images = new ArrayList<>();
        for (String version : versions) {
            Path image = Path.of("/nowhere/" + version);
            images.add(new KernelImage(version, version, image, image, null, null, "f".repeat(64), "a test", null));
        }
        RunState.findKernelsWith(options -> KernelsInForce.of(images));
    }

    private List<String> run(List<DiscoverySelector> selectors, Filter<?>... filters) {
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectors)
                .filters(filters)
                .build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result.getThrowable().ifPresent(failures::add);
            }
        });
        return List.copyOf(GeneratedIT.RAN);
    }

    @Test
    void theGauntletAndDemosAreNotRunUnlessAskedFor() {
        assertThat(run(List.of(BASE, GAUNTLET))).containsExactly("ktstr/mixed");
        assertThat(failures).isEmpty();
    }

    /** What is told of a run before and while it goes on. */
    private static final class Told implements PlanWatch.Ahead {
        private final List<String> told = new ArrayList<>();

        Optional<PlanWatch.Ahead> start(List<BootsAhead.Coming> coming) {
            coming.forEach(variant -> told.add(variant.shape().displayName() + " on "
                    + variant.kernel().map(KernelImage::version).orElse("any")));
            return Optional.of(this);
        }

        @Override
        public void reached(int index) {
            told.add("reached " + index);
        }

        @Override
        public void close() {
            told.add("over");
        }
    }

    @Test
    void allVariantsOfARunAreKnownAheadInTheOrderInWhichTheyBeginPresetByPreset() {
        Told told = new Told();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(GAUNTLET)
                                .filters(TagFilter.includeTags("gauntlet"))
                                .build(),
                        new PlanWatch(told::start));
        List<String> expected = new ArrayList<>();
        GeneratedIT.RAN.forEach(name -> expected.add(name + " on 7.2.13"));
        assertThat(GeneratedIT.RAN).containsExactlyInAnyOrder(ALL_OF_THE_GAUNTLET);
        assertThat(GeneratedIT.RAN.subList(0, 2))
                .as("preset by preset")
                .extracting(name -> name.split("/", -1)[2])
                .containsOnly(GeneratedIT.RAN.get(0).split("/", -1)[2]);
        expected.addAll(List.of("reached 0", "reached 1", "reached 2", "reached 3", "over"));
        assertThat(told.told).isEqualTo(expected);
    }

    @Test
    void whatIsKnownAheadIsEmptyAndNoFailureWhereThereIsNoKernelOrNoTestOfOurs() {
        Told told = new Told();
        RunState.findKernelsWith(options -> {
            throw new KernelException("no kernel");
        });
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(TheirsIT.class))
                                .build(),
                        new PlanWatch(told::start));
        assertThat(told.told).containsExactly("over");
        assertThat(GeneratedIT.RAN).containsExactly("theirs");
    }

    @Test
    void aTagFilterAsksForThem() {
        assertThat(run(List.of(BASE, GAUNTLET), TagFilter.includeTags("gauntlet")))
                .containsExactlyInAnyOrder(ALL_OF_THE_GAUNTLET);
        GeneratedIT.RAN.clear();
        assertThat(run(List.of(BASE, GAUNTLET), TagFilter.includeTags("demo"))).containsExactly("ktstr/demoMixed");
    }

    @Test
    void aFilterThatLeavesOutATagAsksForNoOther() {
        assertThat(run(List.of(BASE, GAUNTLET), TagFilter.excludeTags("demo"))).containsExactly("ktstr/mixed");
    }

    @Test
    void ourOwnOptionAddsToWhatRuns() {
        set("ktstr.groups", "gauntlet, demo");
        assertThat(run(List.of(BASE, GAUNTLET)))
                .hasSize(6)
                .contains(ALL_OF_THE_GAUNTLET)
                .contains("ktstr/mixed", "ktstr/demoMixed");
    }

    @Test
    void anIdeRunsAClassOrAMethodThatIsNamed() {
        assertThat(run(List.of(GAUNTLET))).containsExactlyInAnyOrder(ALL_OF_THE_GAUNTLET);
        GeneratedIT.RAN.clear();
        assertThat(run(List.of(
                        selectMethod(MixedTestKtstrIT.class.getName() + "#demoMixed(dev.ktstr.junit.KtstrVariant)"))))
                .containsExactly("ktstr/demoMixed");
        GeneratedIT.RAN.clear();
        assertThat(run(List.of(selectClass(MixedTest_mixed_GauntletIT.Tiny2llc.class))))
                .containsExactly("gauntlet/mixed/tiny-2llc/default", "gauntlet/mixed/tiny-2llc/steal");
    }

    @Test
    void aPackageNamesNoTest() {
        assertThat(run(
                        List.of(selectPackage("dev.ktstr.junit")),
                        ClassNameFilter.includeClassNamePatterns(".*MixedTest_mixed_GauntletIT")))
                .isEmpty();
    }

    @Test
    void surefireWhichNamesEachClassItselfRunsOnlyWhatIsAskedFor() {
        set("surefire.test.class.path", "x");
        assertThat(run(List.of(GAUNTLET))).isEmpty();
        set("it.test", "MixedTest_mixed_GauntletIT");
        assertThat(run(List.of(GAUNTLET))).containsExactlyInAnyOrder(ALL_OF_THE_GAUNTLET);
    }

    @Test
    void testsOfOthersAreLeftAlone() {
        assertThat(run(List.of(BASE, selectClass(TheirsIT.class)))).containsExactlyInAnyOrder("ktstr/mixed", "theirs");
    }

    @Test
    void severalKernelsMakeOneInvocationEach() {
        kernels("6.12.117", "7.2.13", "7.2.13");
        assertThat(run(List.of(BASE)))
                .containsExactly(
                        "ktstr/mixed/kernel_6_12_117",
                        "ktstr/mixed/kernel_7_2_13",
                        "ktstr/mixed/kernel_7_2_13_ffffffff");
    }

    @Test
    void aBudgetHoldsInAnyLauncher() {
        set("ktstr.budget", "35");
        assertThat(run(List.of(BASE, GAUNTLET), TagFilter.includeTags("gauntlet")))
                .hasSize(2);
        assertThat(failures).isEmpty();
    }

    @Test
    void shardsTogetherRunEverythingOnce() {
        set("ktstr.groups", "gauntlet,demo");
        for (int i = 1; i <= 3; i++) {
            set("ktstr.shard", i + "/3");
            run(List.of(BASE, GAUNTLET));
        }
        assertThat(GeneratedIT.RAN).hasSize(6).doesNotHaveDuplicates();
    }

    @Test
    void aBadOptionFailsTheTestsWithItsWords() {
        set("ktstr.shard", "5/3");
        assertThat(run(List.of(BASE))).isEmpty();
        assertThat(failures).singleElement().satisfies(e -> assertThat(e).hasMessageContaining("-Dktstr.shard=5/3"));
    }

    @Test
    void aGroupThatDoesNotExistFailsTheTestsWithThoseThatDo() {
        set("ktstr.groups", "gauntelt");
        assertThat(run(List.of(BASE))).isEmpty();
        assertThat(failures)
                .singleElement()
                .satisfies(e -> assertThat(e)
                        .hasMessageContaining("no group 'gauntelt'")
                        .hasMessageContaining("demo, gauntlet"));
    }

    @Test
    void withoutAKernelEachVariantLooksForItItself() {
        RunState.findKernelsWith(options -> {
            throw new KernelException("no kernel");
        });
        assertThat(run(List.of(BASE))).containsExactly("ktstr/mixed");
    }

    @Test
    void aTestThatIsNotInTheRegistrySaysToCompileAgain() throws IOException {
        Files.writeString(
                temp.resolve("META-INF/ktstr/registry.json"), "{\"schema\":2,\"schedulers\":[],\"tests\":[]}");
        assertThat(run(List.of(BASE))).isEmpty();
        assertThat(failures).singleElement().satisfies(e -> assertThat(e).hasMessageContaining("compile again"));
    }

    @Test
    void wantedTagsAreReadFromMavensOptionsToo() {
        Optional<String> none = Optional.empty();
        Wanted plain = Wanted.of(none, none, none);
        assertThat(plain.accepts(Set.of())).isTrue();
        assertThat(plain.accepts(Set.of("gauntlet"))).isFalse();
        Wanted gauntlet = Wanted.of(Optional.of("gauntlet"), none, none);
        assertThat(gauntlet.accepts(Set.of())).isFalse();
        assertThat(gauntlet.accepts(Set.of("gauntlet"))).isTrue();
        assertThat(gauntlet.accepts(Set.of("gauntlet", "demo"))).isFalse();
        Wanted both = Wanted.of(Optional.of("gauntlet & demo"), none, none);
        assertThat(both.accepts(Set.of("gauntlet", "demo"))).isTrue();
        assertThat(both.accepts(Set.of("gauntlet"))).isFalse();
    }
}
