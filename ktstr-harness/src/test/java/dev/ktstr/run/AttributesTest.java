package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.Threshold;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.rules.Thresholds;
import dev.ktstr.run.TestEntry.Expectation;
import dev.ktstr.run.TestEntry.Profile;
import dev.ktstr.spec.CpuTopology;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the attributes of tests and schedulers come to at run time. */
class AttributesTest {
    private static final String SCHEDULER = """
            {"name":"layered","type":"acme.S","definition":null,"binary":"scx_layered","binaryPath":null,"kernelBuiltin":null,
             "schedArgs":["-v"],"kernels":["6.12","7.1..7.2"],"sysctls":{},"kargs":[],"cgroupParent":"/cells",
             "configFile":%s,"configFileArg":%s,"configFileGuestPath":"/include-files/layered.json"}""";

    private static TestEntry test(String scheduler, String more) throws IOException {
        return Registry.of(new ObjectMapper().readTree("""
                {"schema":2,"future":{"x":1},"schedulers":[%s],"tests":[
                 {"id":"acme.T#m","class":"acme.T","method":"m","scheduler":"acme.S","extraSchedArgs":["-x"]%s,
                  "gauntlet":{"presets":["tiny-1llc"],"profiles":[
                    {"name":"llc","flags":["llc"],"args":["--llc"]},
                    {"name":"llc+steal","flags":["llc","steal"],"args":["--llc","--steal"]}]}}]}""".formatted(scheduler, more)))
                .test("acme.T#m");
    }

    private static KernelImage kernel(String version) {
        Path none = Path.of("/nowhere");
        return new KernelImage(version, version, none, none, null, null, "0".repeat(64), "a test", null);
    }

    @Test
    void aConfigFileComesFirstAndTheProfilesArgumentsLast() throws IOException {
        TestEntry test = test(SCHEDULER.formatted("\"conf/layered.json\"", "null"), "");
        assertThat(Shape.named(test, "tiny-1llc", "llc+steal").schedulerArgs())
                .containsExactly(
                        "--config",
                        "/include-files/layered.json",
                        "--cell-parent-cgroup",
                        "/cells",
                        "-v",
                        "-x",
                        "--llc",
                        "--steal");
        assertThat(Shape.base(test).schedulerArgs()).endsWith("-x", "--llc");
    }

    @Test
    void anInlineConfigIsNamedByTheTemplate() throws IOException {
        TestEntry test = test(SCHEDULER.formatted("null", "\"--config file:{file}\""), ",\"config\":\"{}\"");
        assertThat(Shape.base(test).schedulerArgs())
                .startsWith("--config", "file:/include-files/layered.json", "--cell-parent-cgroup");
    }

    @Test
    void theBaseCaseRunsUnderTheFirstProfile() throws IOException {
        TestEntry test = test(SCHEDULER.formatted("null", "null"), "");
        assertThat(Shape.base(test).profile().name()).isEqualTo("llc");
        assertThat(Shape.all(test))
                .extracting(Shape::displayName)
                .containsExactly("ktstr/m", "gauntlet/m/tiny-1llc/llc", "gauntlet/m/tiny-1llc/llc+steal");
        assertThat(Shape.all(test).get(1).topology()).isEqualTo(CpuTopology.parse("1n1l4c1t"));
        assertThat(Shape.all(test).get(1).tags()).containsExactly("gauntlet");
    }

    @Test
    void memoryOfNodesIsTheBaseCasesAlone() throws IOException {
        TestEntry test = test(SCHEDULER.formatted("null", "null"), """
                ,"memoryNodes":["512M","256M distances=20,10"]""");
        assertThat(Shape.base(test).memory().orElseThrow().texts()).containsExactly("512M", "256M distances=20,10");
        assertThat(Shape.base(test).memoryMb()).isEqualTo(768);
        assertThat(Shape.all(test).get(1).memory()).isEmpty();
        assertThat(Shape.all(test).get(1).memoryMb()).isEqualTo(2048);
    }

    @Test
    void aKernelOutsideTheSchedulersListIsASkip() throws IOException {
        Shape shape = Shape.base(test(SCHEDULER.formatted("null", "null"), ""));
        assertThat(Applicability.withoutHost(shape, Optional.of(kernel("6.12.117"))))
                .isEmpty();
        assertThat(Applicability.withoutHost(shape, Optional.of(kernel("7.2.13+deb14"))))
                .isEmpty();
        assertThat(Applicability.withoutHost(shape, Optional.of(kernel("6.14.2"))))
                .hasValue("kernel 6.14.2 is none of those that scheduler 'layered' is for: kernels = 6.12, 7.1..7.2");
    }

    @Test
    void whatCannotBeActedUponYetIsNamed() throws IOException {
        TestEntry test = test(SCHEDULER.formatted("null", "null"), """
                ,"watchdogTimeoutS":{"value":9,"from":"test"},"postVm":"after","numSnapshots":4,"performanceMode":true,"notThoughtOf":true,
                "bpfMapWrite":[{"map":".bss","variable":"x","offset":null,"value":1}],
                "checks":{"maxNewerThanThis":{"value":5.0,"from":"scheduler"},
                          "maxP99WakeLatencyNs":{"value":5.0,"from":"scheduler"},"failOnStall":{"value":false,"from":"test"},
                          "maxGapMs":{"value":5,"from":"test"}}""");
        assertThat(test.pending()).extracting(Pending::attribute).containsExactly("maxNewerThanThis");
        assertThat(test.performanceMode()).isTrue();
        assertThat(test.schedulerChecks().values()).containsOnlyKeys(Threshold.MAX_P99_WAKE_LATENCY_NS);
        assertThat(test.testChecks().values()).containsOnlyKeys(Threshold.MAX_GAP_MS, Threshold.FAIL_ON_STALL);
        assertThat(test.after()).isEqualTo(new TestEntry.After(4, Optional.of("after")));
        assertThat(test.watchdog()).isEqualTo(new TestEntry.Watchdog(9, true));
        assertThat(test.mapWrites()).containsExactly(new TestEntry.MapWrite(".bss", Optional.of("x"), 0, 1));
        assertThat(Applicability.withoutHost(Shape.base(test), Optional.empty()))
                .hasValueSatisfying(reason -> assertThat(reason).contains("maxNewerThanThis is set"));
    }

    @Test
    void everyThresholdOfTheAnnotationsIsOneAtRunTime() {
        assertThat(Arrays.stream(Threshold.values()).map(Threshold::attribute))
                .containsExactlyInAnyOrderElementsOf(Thresholds.ALL.keySet());
        Thresholds.ALL.forEach((name, type) -> assertThat(
                        Threshold.byAttribute(name).orElseThrow().toggle())
                .as(name)
                .isEqualTo(type == Boolean.class));
    }

    @Test
    void theDefaultsAreNothingToActUpon() throws IOException {
        TestEntry test = test(SCHEDULER.formatted("null", "null"), """
                ,"watchdogTimeoutS":{"value":5,"from":"default"},"postVm":null,"numSnapshots":0,"performanceMode":false,"bpfMapWrite":[],
                "payload":null,"workloads":[],"hostOnly":false,"autoRepro":true""");
        assertThat(test.pending()).isEmpty();
        assertThat(test.watchdog()).isEqualTo(TestEntry.Watchdog.DEFAULT);
        assertThat(test.mapWrites()).isEmpty();
    }

    @Test
    void anExpectedErrorIsComparedWithTheKernelsWords() {
        List<String> words = ExpectedError.words(
                "starting\nEXIT: runtime error (kaboom 42)\n",
                "[    2.1] sched_ext: ktstr: kaboom 42\n[    2.2] something else\n");
        assertThat(words).containsExactly("runtime error (kaboom 42)", "sched_ext: ktstr: kaboom 42");
        assertThat(misses("kaboom", "kab+oom \\d+", words)).isEmpty();
        assertThat(misses("KABOOM", null, words))
                .singleElement()
                .asString()
                .startsWith("expectScxBpfErrorContains = \"KABOOM\": the run failed, but not with these words.")
                .contains("runtime error (kaboom 42) | sched_ext");
        assertThat(misses("kaboom", "^stall", words))
                .singleElement()
                .asString()
                .startsWith("expectScxBpfErrorMatches = \"^stall\"");
        assertThat(misses("x", null, List.of())).singleElement().asString().endsWith("words were: (none)");
    }

    private static List<String> misses(String contains, String matches, List<String> words) {
        return new ExpectedError(new Expectation(true, Optional.ofNullable(contains), Optional.ofNullable(matches)))
                .misses(words);
    }

    @Test
    void aTestWithoutFlagsHasTheDefaultProfile() {
        assertThat(Shape.base(TestEntries.of("acme.T#m")).profile()).isEqualTo(Profile.DEFAULT);
    }
}
