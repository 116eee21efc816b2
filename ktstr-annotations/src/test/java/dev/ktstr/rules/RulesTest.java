package dev.ktstr.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ktstr.rules.PayloadModel.CheckModel;
import dev.ktstr.rules.PayloadModel.MetricModel;
import dev.ktstr.rules.TestModel.MapWrite;
import dev.ktstr.rules.TestModel.PayloadRef;
import dev.ktstr.rules.TestModel.SchedulerRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules by themselves. The sources that break each of them, and the text of every message, are with the processor. */
class RulesTest {
    private static SchedulerModelBuilder sound() {
        return new SchedulerModelBuilder("Mine").set("name", "mine").set("binary", "scx_mine");
    }

    private static List<Integer> codes(List<Finding> findings) {
        return findings.stream().map(f -> f.code().number()).toList();
    }

    private static List<Integer> codes(SchedulerModelBuilder scheduler) {
        return codes(Rules.check(scheduler.build()));
    }

    @Test
    void a_sound_scheduler_has_no_findings() {
        assertThat(Rules.check(sound().set("kernels", List.of("6.14", "6.12..=6.14", "6.14.2"))
                        .set("kargs", List.of("isolcpus=1"))
                        .sysctl("kernel.sched_schedstats", "1")
                        .set("cgroupParent", "/ktstr")
                        .set("configFileArg", "-c {file}")
                        .set("configFileGuestPath", "/c.json")
                        .set("maxGapMs", 1)
                        .set("maxSpreadPct", 100.0)
                        .set("minWorkRate", 0.0)
                        .set("minPageLocality", 1.0)
                        .set("maxSlowTierRatio", 0.0)
                        .set("numaNodes", 2)
                        .set("llcs", 4)
                        .set("minLlcs", 2)
                        .set("maxLlcs", 2)
                        .flag("LLC", List.of("--llc"), List.of())
                        .flag("STEAL", List.of("--steal"), List.of("LLC"))
                        .build()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "name, '', 302",
        "name, ' ', 302",
        "name, eevdf, 303",
        "binary, '', 305",
        "binaryPath, x, 305",
        "cgroupParent, a, 310",
        "cgroupParent, /, 310",
        "cgroupParent, /a/.., 310",
        "configFileArg, -c, 311",
        "configFileGuestPath, /x, 312"
    })
    void a_text_that_makes_no_sense_is_found(String attribute, String value, int code) {
        assertThat(codes(sound().set(attribute, value))).contains(code);
    }

    @ParameterizedTest
    @CsvSource({
        "numaNodes, 0, 201",
        "llcs, -1, 201",
        "cores, 0, 201",
        "threads, 0, 201",
        "numaNodes, 3, 202",
        "cores, 4097, 203",
        "minLlcs, 0, 205",
        "maxLlcs, 0, 205",
        "minCpus, 0, 205",
        "maxCpus, -1, 205",
        "minNumaNodes, 0, 205",
        "maxNumaNodes, 0, 205",
        "minLlcs, 13, 206",
        "minCpus, 193, 206",
        "minNumaNodes, 2, 206",
        "maxCpus, 3, 207",
        "minLlcs, 9, 207",
        "maxGapMs, 0, 501",
        "maxLocalDsqDepth, 0, 501",
        "sustainedSamples, 0, 501"
    })
    void a_number_that_makes_no_sense_is_found(String attribute, int value, int code) {
        assertThat(codes(sound().set(attribute, value))).containsExactly(code);
    }

    @ParameterizedTest
    @CsvSource({
        "cores, 4096",
        "minLlcs, 1",
        "maxLlcs, 1",
        "minLlcs, 8",
        "minCpus, 128",
        "maxCpus, 4",
        "maxGapMs, 1",
        "cores, 1",
        "sustainedSamples, 1",
        "llcs, 1"
    })
    void a_number_at_its_bound_is_sound(String attribute, int value) {
        assertThat(codes(sound().set(attribute, value))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "maxSpreadPct, 0, 501",
        "maxSpreadPct, 100.1, 502",
        "minWorkRate, -0.1, 503",
        "maxThroughputCv, NaN, 504",
        "maxThroughputCv, Infinity, 504",
        "minPageLocality, 1.1, 506",
        "minPageLocality, -0.1, 506",
        "maxSlowTierRatio, 1.1, 506",
        "maxCrossNodeMigrationRatio, -0.1, 506",
        "maxFallbackRate, 0, 501"
    })
    void a_threshold_that_decides_nothing_is_found(String attribute, double value, int code) {
        assertThat(codes(sound().set(attribute, value))).containsExactly(code);
    }

    @Test
    void a_fraction_says_whether_it_could_never_pass_or_never_fail() {
        assertThat(message(sound().set("minPageLocality", 2.0))).contains("never pass");
        assertThat(message(sound().set("minPageLocality", -1.0))).contains("never fail");
        assertThat(message(sound().set("maxSlowTierRatio", 2.0))).contains("never fail");
        assertThat(message(sound().set("maxSlowTierRatio", -1.0))).contains("never pass");
    }

    private static String message(SchedulerModelBuilder scheduler) {
        return Rules.check(scheduler.build()).get(0).message();
    }

    @Test
    void lists_are_judged_element_by_element() {
        assertThat(codes(sound().set("kernels", List.of("6.14", "./x", "")))).containsExactly(309, 309);
        assertThat(codes(sound().set("kargs", List.of("a --", "console=x", "quiet", "\"init=/x y\" b"))))
                .containsExactly(306, 306, 306);
        assertThat(codes(sound().sysctl("a.b", "1").sysctl("a.b", "2").sysctl("a", "1")))
                .containsExactly(307, 307);
        assertThat(codes(sound().set("kernelBuiltinEnable", List.of("x")))).containsExactly(305, 316);
        assertThat(codes(sound().set("kernelBuiltinDisable", List.of("x")))).containsExactly(305, 316);
        assertThat(codes(new SchedulerModelBuilder("K")
                        .set("name", "k")
                        .set("kernelBuiltinEnable", List.of("x"))
                        .set("kernelBuiltinDisable", List.of("y"))))
                .isEmpty();
        assertThat(codes(sound().set("notStarved", false).set("maxGapMs", 5).set("maxSpreadPct", 5.0)))
                .containsExactly(505, 505);
        assertThat(codes(sound().set("configFile", "f")
                        .set("configFileArg", "{file}")
                        .set("configFileGuestPath", "/x")))
                .containsExactly(313);
        assertThat(codes(sound().set("configFileArg", "{file}"))).containsExactly(312);
        for (String path : List.of("x", "/", "/x/", "/../x", "/a/..")) {
            assertThat(codes(sound().set("configFileArg", "{file}").set("configFileGuestPath", path)))
                    .as(path)
                    .containsExactly(312);
        }
    }

    @Test
    void flags_are_judged_against_each_other() {
        List<String> no = List.of();
        assertThat(codes(sound().flag("A", no, List.of("A")))).containsExactly(404);
        assertThat(message(sound().flag("LLC", no, no).flag("B", no, List.of("LCL"))))
                .contains("did you mean LLC?");
        assertThat(codes(sound().flag("A_B", no, no).flag("aB", no, no))).containsExactly(406);
        assertThat(message(sound().flag("A", no, List.of("C"))
                        .flag("B", no, List.of("A"))
                        .flag("C", no, List.of("B"))))
                .contains("A -> C -> B -> A");
        assertThat(codes(sound().flag("A", no, List.of("B")).flag("B", no, List.of("A"))))
                .containsExactly(405);
    }

    @Test
    void the_builder_takes_what_a_scheduler_has_and_nothing_else() {
        assertThatIllegalArgumentException().isThrownBy(() -> sound().set("binari", "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> sound().set("binary", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> sound().set("binary", List.of("x")));
        assertThatIllegalArgumentException().isThrownBy(() -> sound().set("maxGapMs", 1.0));
        assertThat(sound().set("requiresSmt", true)
                        .build()
                        .values()
                        .bool("requiresSmt")
                        .written())
                .isTrue();
    }

    @Test
    void names_are_unique_in_a_module() {
        UniqueNames names = new UniqueNames();
        names.add(new SchedulerModelBuilder("A").set("name", "x").build());
        names.add(new SchedulerModelBuilder("A").set("name", "x").build());
        assertThat(names.findings()).isEmpty();
        names.add(new SchedulerModelBuilder("B").set("name", "x").build());
        names.add(new SchedulerModelBuilder("C").build());
        names.add(new SchedulerModelBuilder("D").build());
        assertThat(codes(names.findings())).containsExactly(304);
        names.add(payload("P", "fio", "EXIT_CODE", List.of(), List.of()));
        names.add(payload("Q", "fio", "EXIT_CODE", List.of(), List.of()));
        assertThat(codes(names.findings())).containsExactly(304, 804);
    }

    private static final class T {
        private final Attributes values = new Attributes();
        private Optional<SchedulerModel> scheduler = Optional.empty();
        private final List<PayloadRef> payloads = new ArrayList<>();
        private final List<MapWrite> writes = new ArrayList<>();

        T() {
            for (String n : List.of(
                    "memoryMb",
                    "watchdogTimeoutS",
                    "durationS",
                    "workersPerCgroup",
                    "numaNodes",
                    "llcs",
                    "cores",
                    "threads",
                    "minLlcs",
                    "minCpus",
                    "minNumaNodes",
                    "maxNumaNodes")) {
                put(n, 1, Origin.DEFAULT);
            }
            put("numSnapshots", 0, Origin.DEFAULT)
                    .put("maxLlcs", 12, Origin.DEFAULT)
                    .put("maxCpus", 192, Origin.DEFAULT);
            for (String b : List.of(
                    "autoRepro", "performanceMode", "noPerfMode", "hostOnly", "ignore", "expectErr", "requiresSmt")) {
                put(b, false, Origin.DEFAULT);
            }
            for (String s : List.of("config", "expectScxBpfErrorContains", "expectScxBpfErrorMatches", "postVm")) {
                put(s, "", Origin.DEFAULT);
            }
            for (String l : List.of("extraSchedArgs", "requiredFlags", "excludedFlags", "memoryNodes")) {
                list(l, Origin.DEFAULT);
            }
        }

        T set(String name, Object value) {
            return put(name, value, Origin.TEST);
        }

        private T put(String name, Object value, Origin origin) {
            values.put(new Attribute<>(name, value, origin, Place.NOWHERE));
            return this;
        }

        T list(String name, Origin origin, String... texts) {
            List<Attribute<String>> elements = new ArrayList<>();
            for (String text : texts) {
                elements.add(new Attribute<>(name, text, origin, Place.NOWHERE));
            }
            values.putList(new Attribute<>(name, elements, origin, Place.NOWHERE));
            return this;
        }

        T on(SchedulerModelBuilder model) {
            scheduler = Optional.of(model.build());
            return this;
        }

        T payload(String attribute, String type, boolean is) {
            payloads.add(new PayloadRef(attribute, type, is, Place.NOWHERE));
            return this;
        }

        T write(String map, String variable, Integer offset, long value) {
            Attributes v = new Attributes()
                    .put(new Attribute<>("map", map, Origin.TEST, Place.NOWHERE))
                    .put(new Attribute<>("variable", variable, Origin.TEST, Place.NOWHERE))
                    .put(new Attribute<>(
                            "offset",
                            offset == null ? 0 : offset,
                            offset == null ? Origin.DEFAULT : Origin.TEST,
                            Place.NOWHERE));
            writes.add(new MapWrite(Place.NOWHERE, v, new Attribute<>("value", value, Origin.TEST, Place.NOWHERE)));
            return this;
        }

        List<Finding> check() {
            return Rules.check(new TestModel(
                    "t",
                    Place.NOWHERE,
                    values,
                    new SchedulerRef(scheduler, Optional.empty(), false, Place.NOWHERE, scheduler.isPresent()),
                    payloads,
                    writes));
        }

        List<Integer> codes() {
            return RulesTest.codes(check());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "memoryMb, 0, 204",
        "durationS, 0, 204",
        "watchdogTimeoutS, 0, 204",
        "workersPerCgroup, -1, 204",
        "numSnapshots, -1, 707",
        "numSnapshots, 65, 707",
        "numSnapshots, 64, 710",
        "numSnapshots, 1, 710",
        "llcs, 0, 201",
        "numaNodes, 2, 202",
        "cores, 5000, 203",
        "minLlcs, 13, 206",
        "maxCpus, 2, 207"
    })
    void a_number_of_a_test_that_makes_no_sense_is_found(String name, int value, int code) {
        assertThat(new T().set(name, value).codes()).contains(code).hasSizeLessThan(3);
    }

    @Test
    void a_test_that_says_nothing_has_no_findings_and_what_is_inherited_is_reported_at_its_scheduler() {
        assertThat(new T().codes()).isEmpty();
        assertThat(new T().set("durationS", 1).set("memoryMb", 1).codes()).isEmpty();
        T inherits = new T().on(sound().set("llcs", 3).set("minCpus", 300));
        inherits.put("llcs", 3, Origin.SCHEDULER)
                .put("numaNodes", 2, Origin.SCHEDULER)
                .put("minCpus", 300, Origin.SCHEDULER);
        assertThat(inherits.codes()).isEmpty();
        assertThat(inherits.set("numaNodes", 2).check().get(0).message())
                .contains("llcs = 3 (inherited from Mine) of t does not divide over numaNodes = 2.", "write llcs = 4");
        assertThat(inherits.set("maxCpus", 200).check().get(1).message())
                .contains("minCpus = 300 (inherited from Mine) of t is above maxCpus = 200");
    }

    @Test
    void options_exclude_and_need_each_other() {
        assertThat(new T().set("performanceMode", true).set("noPerfMode", true).codes())
                .containsExactly(701);
        assertThat(new T().set("performanceMode", true).codes()).isEmpty();
        for (String name : List.of("numaNodes", "llcs", "cores", "threads")) {
            assertThat(new T().set("hostOnly", true).set(name, 1).codes())
                    .as(name)
                    .containsExactly(702);
        }
        assertThat(new T().set("hostOnly", true).set("performanceMode", true).codes())
                .containsExactly(702);
        assertThat(new T().set("hostOnly", true).set("performanceMode", false).codes())
                .isEmpty();
        assertThat(new T().set("hostOnly", true).on(sound()).codes()).containsExactly(702);
        assertThat(new T()
                        .set("hostOnly", true)
                        .on(sound())
                        .write("m", "v", null, 1)
                        .codes())
                .containsExactly(702, 702);
        assertThat(new T().set("hostOnly", true).set("memoryMb", 64).codes()).containsExactly(711);
        assertThat(new T().set("expectScxBpfErrorContains", "x").codes()).containsExactly(703);
        assertThat(new T().set("expectScxBpfErrorMatches", "x").codes()).containsExactly(703);
        assertThat(new T()
                        .set("expectErr", true)
                        .set("expectScxBpfErrorContains", "")
                        .codes())
                .containsExactly(704);
        assertThat(new T()
                        .set("expectErr", true)
                        .set("expectScxBpfErrorMatches", "x*")
                        .codes())
                .containsExactly(704);
        assertThat(new T()
                        .set("expectErr", true)
                        .set("expectScxBpfErrorMatches", "(")
                        .codes())
                .containsExactly(704);
        assertThat(new T()
                        .set("expectErr", true)
                        .set("expectScxBpfErrorMatches", "x+")
                        .codes())
                .isEmpty();
        assertThat(new T()
                        .list("extraSchedArgs", Origin.TEST, "-x")
                        .set("config", "")
                        .set("watchdogTimeoutS", 9)
                        .codes())
                .containsExactly(308, 308, 308);
        assertThat(new T().on(sound()).list("extraSchedArgs", Origin.TEST, "-x").codes())
                .isEmpty();
        assertThat(new T().on(sound()).set("config", "").codes()).containsExactly(314);
        SchedulerModelBuilder takes = sound().set("configFileArg", "{file}").set("configFileGuestPath", "/x");
        assertThat(new T().on(takes).codes()).containsExactly(315);
        assertThat(new T().on(takes).set("config", "").codes()).isEmpty();
    }

    @Test
    void a_map_write_has_one_place_and_32_bits() {
        assertThat(new T().write("m", "v", null, 1).codes()).containsExactly(705);
        assertThat(new T()
                        .on(sound())
                        .write("m", "v", null, 0xffff_ffffL)
                        .write("m", "", 4, 0)
                        .codes())
                .isEmpty();
        assertThat(new T().on(sound()).write("m", "v", 4, 1).codes()).containsExactly(706);
        assertThat(new T().on(sound()).write("m", "", null, 1).codes()).containsExactly(706);
        assertThat(new T().on(sound()).write("m", "", 2, 1).codes()).containsExactly(706);
        assertThat(new T().on(sound()).write("m", "", -4, 1).codes()).containsExactly(706);
        assertThat(new T().on(sound()).write(" ", "v", null, 1).codes()).containsExactly(706);
        assertThat(new T().on(sound()).write("m", "v", null, -1).codes()).containsExactly(706);
        assertThat(new T().on(sound()).write("m", "v", null, 0x1_0000_0000L).codes())
                .containsExactly(706);
    }

    @Test
    void chosen_flags_exist_and_leave_a_profile() {
        SchedulerModelBuilder s = sound().flag("LLC", List.of(), List.of()).flag("STEAL", List.of(), List.of("LLC"));
        assertThat(new T().on(s).list("requiredFlags", Origin.TEST, "STEAL").codes())
                .isEmpty();
        assertThat(new T().on(s).list("excludedFlags", Origin.TEST, "LLC").codes())
                .isEmpty();
        assertThat(new T()
                        .on(s)
                        .list("requiredFlags", Origin.TEST, "STEEL")
                        .check()
                        .get(0)
                        .message())
                .contains("[KTSTR-407]", "did you mean STEAL?");
        assertThat(new T()
                        .on(s)
                        .list("requiredFlags", Origin.TEST, "NUMA")
                        .check()
                        .get(0)
                        .message())
                .contains("write one of LLC, STEAL");
        assertThat(new T()
                        .on(s)
                        .list("requiredFlags", Origin.TEST, "LLC")
                        .list("excludedFlags", Origin.TEST, "LLC")
                        .codes())
                .containsExactly(408);
        assertThat(new T()
                        .on(s)
                        .list("requiredFlags", Origin.TEST, "STEAL")
                        .list("excludedFlags", Origin.TEST, "LLC")
                        .codes())
                .containsExactly(410);
        assertThat(new T().on(sound()).list("requiredFlags", Origin.TEST, "LLC").codes())
                .containsExactly(409);
        assertThat(new T().list("excludedFlags", Origin.TEST, "LLC").codes()).containsExactly(409);
        SchedulerModelBuilder many = sound();
        for (int i = 0; i < 11; i++) {
            many.flag("F" + i, List.of(), List.of());
        }
        assertThat(new T().on(many).codes()).containsExactly(411);
        assertThat(new T().on(many).list("requiredFlags", Origin.TEST, "F1").codes())
                .isEmpty();
    }

    @Test
    void payloads_are_payloads_and_named_once() {
        assertThat(new T()
                        .payload("payload", "A", true)
                        .payload("workloads", "B", true)
                        .codes())
                .isEmpty();
        assertThat(new T().payload("payload", "A", false).codes()).containsExactly(801);
        assertThat(new T()
                        .payload("payload", "A", true)
                        .payload("workloads", "A", true)
                        .check()
                        .get(0)
                        .message())
                .contains("[KTSTR-802]", "in both payload and workloads");
        assertThat(new T()
                        .payload("workloads", "A", true)
                        .payload("workloads", "A", true)
                        .check()
                        .get(0)
                        .message())
                .contains("twice in workloads");
    }

    private static PayloadModel payload(
            String type, String binary, String output, List<MetricModel> metrics, List<CheckModel> checks) {
        Attributes values = new Attributes()
                .put(new Attribute<>("name", "same", Origin.TEST, Place.NOWHERE))
                .put(new Attribute<>("binary", binary, Origin.TEST, Place.NOWHERE))
                .put(new Attribute<>("output", output, Origin.TEST, Place.NOWHERE));
        return new PayloadModel(type, type, Place.NOWHERE, values, metrics, checks);
    }

    private static MetricModel metric(String name) {
        return new MetricModel(new Attribute<>("name", name, Origin.TEST, Place.NOWHERE), "UNKNOWN", "");
    }

    private static CheckModel limit(String metric, double min, double max) {
        return new CheckModel(
                new Attribute<>("metric", metric, Origin.TEST, Place.NOWHERE),
                new Attribute<>("min", min, Origin.TEST, Place.NOWHERE),
                new Attribute<>("max", max, Origin.TEST, Place.NOWHERE));
    }

    @Test
    void a_payload_has_a_program_and_figures_that_can_be_judged() {
        List<MetricModel> none = List.of();
        assertThat(codes(Rules.check(payload("P", " ", "JSON", none, List.of()))))
                .containsExactly(803);
        assertThat(codes(Rules.check(payload("P", "b", "JSON", List.of(metric("a"), metric("b")), List.of()))))
                .isEmpty();
        assertThat(codes(Rules.check(payload("P", "b", "EXIT_CODE", List.of(metric("a")), List.of()))))
                .containsExactly(711);
        assertThat(codes(Rules.check(payload(
                        "P",
                        "b",
                        "JSON",
                        List.of(metric("a"), metric("a"), metric(""), metric("exit-code")),
                        List.of()))))
                .containsExactly(805, 805, 805);
        assertThat(codes(Rules.check(
                        payload("P", "b", "JSON", none, List.of(limit("a", 1, 1), limit("exit-code", 0, 0))))))
                .isEmpty();
        assertThat(codes(Rules.check(payload(
                        "P",
                        "b",
                        "JSON",
                        none,
                        List.of(
                                limit("", 1, 1),
                                limit("a", 2, 1),
                                limit("a", Double.NaN, 1),
                                limit("a", 1, Double.NaN))))))
                .containsExactly(806, 806, 806, 806);
        assertThat(codes(Rules.check(
                        payload("P", "b", "EXIT_CODE", none, List.of(limit("a", 1, 1), limit("exit-code", 0, 0))))))
                .containsExactly(806);
    }
}
