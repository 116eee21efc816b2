package dev.ktstr.vm.sched;

import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.BtfType;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * sched_ext's event counters, which have had three places: {@code scx_sched.pcpu->event_stats} (6.18, and 6.17.7),
 * {@code scx_sched.event_stats_cpu} (6.16), and a per-CPU variable {@code event_stats_cpu} (6.14). Which it is, BTF and
 * symbols tell. Older kernels have none.
 */
final class ScxEvents {
    private enum Place {
        IN_PCPU,
        IN_SCHED,
        STATIC
    }

    private final KernelMemory memory;
    private final Place place;
    private final int pointer;
    private final int inside;
    private final Map<String, Integer> offsets = new LinkedHashMap<>();
    private final int size;

    private ScxEvents(KernelStructs structs, Place place, int pointer, int inside) {
        this.memory = structs.memory();
        this.place = place;
        this.pointer = pointer;
        this.inside = inside;
        int stats = structs.btf().struct("scx_event_stats");
        this.size = structs.btf().size(stats);
        for (BtfType.Member member : structs.btf().type(stats).members()) {
            if (structs.btf().size(member.type()) == Long.BYTES && member.bitOffset() / 8 + Long.BYTES <= size) {
                offsets.put(member.name(), (int) (member.bitOffset() / 8));
            }
        }
    }

    static Optional<ScxEvents> of(KernelStructs structs) {
        boolean root = structs.memory().findSymbol("scx_root").isPresent();
        if (root && structs.has("scx_sched", "pcpu") && structs.has("scx_sched_pcpu", "event_stats")) {
            return Optional.of(new ScxEvents(
                    structs,
                    Place.IN_PCPU,
                    structs.field("scx_sched", "pcpu").offset(),
                    structs.field("scx_sched_pcpu", "event_stats").offset()));
        } else if (root && structs.has("scx_sched", "event_stats_cpu")) {
            return Optional.of(new ScxEvents(
                    structs,
                    Place.IN_SCHED,
                    structs.field("scx_sched", "event_stats_cpu").offset(),
                    0));
        } else if (structs.memory().findSymbol("event_stats_cpu").isPresent()
                && structs.btf().find("scx_event_stats", BtfKind.STRUCT).isPresent()) {
            return Optional.of(new ScxEvents(structs, Place.STATIC, 0, 0));
        }
        return Optional.empty();
    }

    /** The per-CPU address of the counters now, or empty when no scheduler is loaded. */
    OptionalLong base() {
        if (place == Place.STATIC) {
            return OptionalLong.of(memory.symbol("event_stats_cpu"));
        }
        long root = memory.readLong(memory.symbol("scx_root"));
        return root == 0 ? OptionalLong.empty() : OptionalLong.of(memory.readLong(root + pointer) + inside);
    }

    Map<String, Long> read(long base, int cpu) {
        ByteBuffer bytes =
                ByteBuffer.wrap(memory.read(memory.perCpu(base, cpu), size)).order(ByteOrder.LITTLE_ENDIAN);
        Map<String, Long> values = new LinkedHashMap<>();
        offsets.forEach((name, offset) -> values.put(name, bytes.getLong(offset)));
        return values;
    }
}
