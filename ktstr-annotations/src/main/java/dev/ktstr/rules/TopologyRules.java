package dev.ktstr.rules;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.NumaMemory;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Collectors;

/** A topology has positive dimensions, LLCs that divide over its nodes, and no more CPUs than a guest can have. */
final class TopologyRules {
    private final Findings out;

    TopologyRules(Findings out) {
        this.out = out;
    }

    void check(SchedulerModel scheduler) {
        if (dimensions(scheduler.values()).stream().anyMatch(Attribute::written)) {
            check(new Subject(scheduler.values(), Origin.SCHEDULER, scheduler.display(), "", scheduler.place()));
        }
    }

    /** Checks what a test adds: a topology inherited as a whole was checked where it is written. */
    void check(TestModel test) {
        if (dimensions(test.values()).stream().anyMatch(d -> d.origin() == Origin.TEST)) {
            check(new Subject(
                    test.values(), Origin.TEST, test.name(), test.scheduler().display(), test.place()));
        }
    }

    /** Checks the memory of a test's nodes, which are at least those that have CPUs. */
    void checkMemory(TestModel test) {
        Attribute<List<Attribute<String>>> nodes = test.values().list("memoryNodes");
        if (!nodes.written()) {
            return;
        }
        try {
            NumaMemory memory = NumaMemory.parse(test.values().texts("memoryNodes"));
            Attribute<Integer> wanted = test.values().integer("numaNodes");
            if (memory.nodes().size() < wanted.value()) {
                reportMemory(
                        test,
                        nodes.place(),
                        "has " + memory.nodes().size() + " nodes, and " + wanted.text() + " have CPUs",
                        "write the memory of every node");
            }
            if (test.values().integer("memoryMb").written()) {
                reportMemory(
                        test,
                        test.values().integer("memoryMb").place(),
                        "and memoryMb are both written",
                        "drop memoryMb: the guest has what its nodes have, " + memory.totalMb() + " MiB");
            }
        } catch (IllegalArgumentException e) {
            reportMemory(
                    test,
                    nodes.place(),
                    "cannot be: " + e.getMessage(),
                    "write it like \"512M\" or \"1G latency=300 bandwidth=20000 distances=20,10\"");
        }
    }

    private void reportMemory(TestModel test, Place place, String problem, String hint) {
        out.add(
                Codes.MEMORY_NODES,
                place,
                "memoryNodes of " + test.name() + " " + problem,
                "No guest can be made with that",
                hint);
    }

    private static List<Attribute<Integer>> dimensions(Attributes values) {
        return List.of(
                values.integer("numaNodes"),
                values.integer("llcs"),
                values.integer("cores"),
                values.integer("threads"));
    }

    /**
     * What is checked.
     *
     * @param own the origin of what is written on the subject itself
     * @param name the subject, as a message calls it
     * @param parent what it inherits from, or empty
     */
    private record Subject(Attributes values, Origin own, String name, String parent, Place place) {
        /** Place of the first of these that is written here. */
        Place locate(List<Attribute<Integer>> dimensions) {
            return dimensions.stream()
                    .filter(d -> d.origin() == own)
                    .map(Attribute::place)
                    .findFirst()
                    .orElse(place);
        }

        /** {@code llcs = 3}, and where that comes from when it is not written on the subject. */
        String explain(Attribute<Integer> dimension) {
            if (dimension.origin() == own) {
                return dimension.text();
            }
            return dimension.text() + (dimension.written() ? " (inherited from " + parent + ")" : " (the default)");
        }
    }

    private void check(Subject s) {
        boolean positive = true;
        for (Attribute<Integer> d : dimensions(s.values())) {
            if (d.value() < 1) {
                positive = false;
                if (d.origin() == s.own()) {
                    out.add(
                            Codes.DIMENSION_NOT_POSITIVE,
                            d.place(),
                            d.text() + " of " + s.name() + " is not above 0",
                            "A guest has at least one of each: NUMA node, LLC, core and thread",
                            "write " + d.name() + " = 1 or more");
                }
            }
        }
        if (positive) {
            checkDivisible(s);
            checkCpus(s);
        }
    }

    private void checkDivisible(Subject s) {
        Attribute<Integer> llcs = s.values().integer("llcs");
        Attribute<Integer> nodes = s.values().integer("numaNodes");
        if (llcs.value() % nodes.value() == 0 || (llcs.origin() != s.own() && nodes.origin() != s.own())) {
            return;
        }
        long multiple = ((long) llcs.value() / nodes.value() + 1) * nodes.value();
        out.add(
                Codes.LLCS_NOT_DIVISIBLE,
                s.locate(List.of(llcs, nodes)),
                s.explain(llcs) + " of " + s.name() + " does not divide over " + s.explain(nodes),
                "llcs is the total over all NUMA nodes, and every node gets the same number",
                "write llcs = " + multiple);
    }

    private void checkCpus(Subject s) {
        List<Attribute<Integer>> factors = dimensions(s.values()).subList(1, 4);
        // Exact, since the dimensions may be any int.
        BigInteger cpus =
                factors.stream().map(d -> BigInteger.valueOf(d.value())).reduce(BigInteger.ONE, BigInteger::multiply);
        if (cpus.compareTo(BigInteger.valueOf(CpuTopology.MAX_CPUS)) <= 0) {
            return;
        }
        if (factors.stream().noneMatch(d -> d.origin() == s.own())) {
            return;
        }
        out.add(
                Codes.TOO_MANY_CPUS,
                s.locate(factors),
                s.name() + " asks for " + cpus + " CPUs: "
                        + factors.stream().map(s::explain).collect(Collectors.joining(", ")),
                "A guest has at most " + CpuTopology.MAX_CPUS,
                "lower llcs, cores or threads until their product is at most " + CpuTopology.MAX_CPUS);
    }
}
