package dev.ktstr.vm.sched;

import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.kernel.KernelStructs;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A scheduling domain of one CPU.
 *
 * @param level from 0, the smallest
 * @param name {@code SMT}, {@code MC}, {@code PKG}; empty where the kernel keeps none
 * @param flags {@code SD_…}
 * @param cpus those it spans; empty when this kernel's layout does not tell
 */
public record SchedDomain(int level, Optional<String> name, int flags, int weight, Optional<BitSet> cpus) {
    private static final int MAX_LEVELS = 32;

    /** The domains of a CPU, smallest first; none where it is alone. */
    public static List<SchedDomain> of(KernelStructs structs, Monitor monitor, int cpu) {
        List<SchedDomain> domains = new ArrayList<>();
        long at = structs.number(monitor.runqueue(cpu), "rq", "sd");
        while (at != 0) {
            if (domains.size() == MAX_LEVELS) {
                throw new KernelAccessException(
                        "CPU " + cpu + " has more than " + MAX_LEVELS + " scheduling domains; they changed while read");
            }
            domains.add(read(structs, at));
            at = structs.number(at, "sched_domain", "parent");
        }
        return domains;
    }

    private static SchedDomain read(KernelStructs structs, long at) {
        Optional<String> name = structs.has("sched_domain", "name")
                ? Optional.of(structs.number(at, "sched_domain", "name"))
                        .filter(address -> address != 0)
                        .map(address -> structs.memory().readText(address, 16))
                : Optional.empty();
        int weight = (int) structs.number(at, "sched_domain", "span_weight");
        return new SchedDomain(
                (int) structs.number(at, "sched_domain", "level"),
                name,
                (int) structs.number(at, "sched_domain", "flags"),
                weight,
                span(structs, at, weight));
    }

    /** The mask follows the struct ({@code sched_domain_span}); it is believed when it has as many bits as the weight says. */
    private static Optional<BitSet> span(KernelStructs structs, long at, int weight) {
        OptionalInt span = structs.find("sched_domain", "span").stream()
                .mapToInt(f -> f.offset())
                .findFirst();
        int offset = span.orElseGet(() -> structs.btf().sizeOf("sched_domain"));
        int[] cpus = structs.memory().possibleCpus();
        int words = cpus.length == 0 ? 0 : cpus[cpus.length - 1] / Long.SIZE + 1;
        long[] bits = new long[words];
        for (int i = 0; i < words; i++) {
            bits[i] = structs.memory().readLong(at + offset + 8L * i);
        }
        BitSet set = BitSet.valueOf(bits);
        return set.cardinality() == weight ? Optional.of(set) : Optional.empty();
    }
}
