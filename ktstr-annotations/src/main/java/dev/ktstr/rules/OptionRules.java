package dev.ktstr.rules;

import dev.ktstr.rules.TestModel.MapWrite;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Options of a test that exclude or need each other, and what it expects of a run that fails. */
final class OptionRules {
    private static final long MAX_U32 = 0xffff_ffffL;
    private static final List<String> OF_A_GUEST =
            List.of("numaNodes", "llcs", "cores", "threads", "numSnapshots", "performanceMode");
    private static final List<String> OF_A_GAUNTLET = List.of(
            "minLlcs",
            "maxLlcs",
            "minCpus",
            "maxCpus",
            "minNumaNodes",
            "maxNumaNodes",
            "requiresSmt",
            "memoryMb",
            "noPerfMode",
            "watchdogTimeoutS",
            "autoRepro");

    private final Findings out;

    OptionRules(Findings out) {
        this.out = out;
    }

    void check(TestModel test) {
        Attributes values = test.values();
        if (values.bool("performanceMode").value() && values.bool("noPerfMode").value()) {
            out.add(
                    Codes.PERFORMANCE_BOTH,
                    values.bool("noPerfMode").place(),
                    test.name() + " has both performanceMode and noPerfMode",
                    "The first pins vCPUs to host CPUs, the second asks not to",
                    "drop one of them");
        }
        if (values.bool("hostOnly").value()) {
            checkHostOnly(test);
        }
        checkExpectation(test, values.string("expectScxBpfErrorContains"));
        checkExpectation(test, values.string("expectScxBpfErrorMatches"));
        test.mapWrites().forEach(write -> checkMapWrite(test, write));
    }

    private void checkHostOnly(TestModel test) {
        if (test.scheduler().written() && !test.scheduler().isKernels()) {
            reportHostOnly(test, "scheduler", test.scheduler().place());
        }
        if (!test.mapWrites().isEmpty()) {
            reportHostOnly(test, "bpfMapWrite", test.mapWrites().get(0).place());
        }
        if (test.values().list("memoryNodes").written()) {
            reportHostOnly(
                    test, "memoryNodes", test.values().list("memoryNodes").place());
        }
        for (String name : OF_A_GUEST) {
            test.values()
                    .find(name)
                    .filter(a -> a.origin() == Origin.TEST)
                    .filter(a -> !Boolean.FALSE.equals(a.value()))
                    .ifPresent(a -> reportHostOnly(test, name, a.place()));
        }
        for (String name : OF_A_GAUNTLET) {
            test.values()
                    .find(name)
                    .filter(a -> a.origin() == Origin.TEST)
                    .ifPresent(a -> out.add(
                            Codes.NO_EFFECT,
                            a.place(),
                            name + " of " + test.name() + " has no effect with hostOnly = true",
                            "The test boots no guest and has no gauntlet",
                            "drop " + name));
        }
    }

    private void reportHostOnly(TestModel test, String attribute, Place place) {
        out.add(
                Codes.HOST_ONLY_WITH,
                place,
                test.name() + " has hostOnly = true and " + attribute,
                "The test boots no guest that " + attribute + " could apply to",
                "drop " + attribute + ", or hostOnly");
    }

    private void checkExpectation(TestModel test, Attribute<String> expected) {
        if (!expected.written()) {
            return;
        }
        if (!test.values().bool("expectErr").value()) {
            out.add(
                    Codes.EXPECT_WITHOUT_ERR,
                    expected.place(),
                    expected.name() + " of " + test.name() + " needs expectErr = true",
                    "The test passes only when the run does not fail, and then there is no error to compare",
                    "write expectErr = true, or drop " + expected.name());
        }
        String problem = problem(expected);
        if (problem != null) {
            out.add(
                    Codes.EXPECT_PATTERN,
                    expected.place(),
                    expected.text() + " of " + test.name() + " " + problem,
                    "It could not tell one error from another",
                    "write words of the error that is expected");
        }
    }

    private static String problem(Attribute<String> expected) {
        if (expected.name().equals("expectScxBpfErrorContains")) {
            return expected.value().isEmpty() ? "is empty, and every text holds that" : null;
        }
        try {
            return Pattern.compile(expected.value()).matcher("").find() ? "is found even in an empty text" : null;
        } catch (PatternSyntaxException e) {
            return "is no regular expression: " + e.getDescription() + " near index " + e.getIndex();
        } catch (StackOverflowError e) {
            return "is nested too deeply for a regular expression";
        }
    }

    private void checkMapWrite(TestModel test, MapWrite write) {
        if (test.scheduler().isKernels()) {
            out.add(
                    Codes.MAP_WRITE_WITHOUT_SCHEDULER,
                    write.place(),
                    "bpfMapWrite of " + test.name() + " needs a scheduler",
                    "The test runs on the kernel's own scheduler, EEVDF, which has no BPF maps",
                    "name a scheduler, or drop bpfMapWrite");
        }
        Attribute<String> variable = write.values().string("variable");
        Attribute<Integer> offset = write.values().integer("offset");
        boolean named = !variable.value().isBlank();
        if (named && offset.written()) {
            reportPlace(offset.place(), test, "has both variable and offset", "drop one of them");
        } else if (!named && !offset.written()) {
            reportPlace(
                    write.place(), test, "has neither variable nor offset", "write variable = \"name of a global\"");
        } else if (offset.value() < 0 || offset.value() % 4 != 0) {
            reportPlace(
                    offset.place(),
                    test,
                    "has " + offset.text() + ", which is not a multiple of 4, 0 or above",
                    "write the offset of a 32-bit variable");
        }
        if (write.values().string("map").value().isBlank()) {
            reportPlace(
                    write.values().string("map").place(), test, "names no map", "write map = \".bss\" or \".data\"");
        }
        if (write.value().value() < 0 || write.value().value() > MAX_U32) {
            reportPlace(
                    write.value().place(),
                    test,
                    "has " + write.value().text() + ", which is no unsigned 32-bit number",
                    "write a value from 0 to " + MAX_U32);
        }
    }

    private void reportPlace(Place place, TestModel test, String problem, String hint) {
        out.add(
                Codes.MAP_WRITE_PLACE,
                place,
                "a bpfMapWrite of " + test.name() + " " + problem,
                "The host writes 32 bits at one place of one map",
                hint);
    }
}
