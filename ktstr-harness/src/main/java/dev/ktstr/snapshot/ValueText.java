package dev.ktstr.snapshot;

import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.BtfType;
import dev.ktstr.vm.btf.BtfValue;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value in words, as a failure shows it: {@code {nr=3, state=RUNNING}}, CPU masks as ranges, {@code {0-3,8}}, pointers with what they
 * point to, {@code 0xffff888103b40000 → task_ctx{cpu_id=2}}.
 */
final class ValueText {
    private static final int MAX_ELEMENTS = 64;
    private static final int MAX_DEPTH = 8;
    private static final int MAX_FOLLOWED = 2;
    private static final int MAX_MEMBERS = 24;
    private static final int MAX_TEXT = 4096;

    /** Of structs of the kernel with hundreds of members, those that say what a scheduler wants to know. */
    private static final Map<String, List<String>> CHOSEN = Map.of(
            "task_struct",
            List.of(
                    "pid",
                    "comm",
                    "prio",
                    "on_cpu",
                    "on_rq",
                    "scx.weight",
                    "scx.slice",
                    "scx.dsq_vtime",
                    "scx.flags",
                    "cpus_ptr"));

    private final Pointees pointees;
    private final StringBuilder out = new StringBuilder();

    private ValueText(Pointees pointees) {
        this.pointees = pointees;
    }

    /** The text of a value. @throws BtfException when its type cannot be followed */
    static String of(BtfValue value, Pointees pointees) {
        ValueText text = new ValueText(pointees);
        text.print(value, 0, 0);
        return text.out.toString();
    }

    private static BtfType type(BtfValue value) {
        return value.btf().type(value.btf().resolve(value.where().type()));
    }

    private void print(BtfValue value, int depth, int followed) {
        BtfType type = type(value);
        if (out.length() > MAX_TEXT) {
            out.append('…');
            return;
        }
        Optional<String> mask = mask(value, type);
        if (mask.isPresent()) {
            out.append(mask.get());
            return;
        }
        switch (type.kind()) {
            case STRUCT, UNION -> members(value, value.names(), depth, followed);
            case ARRAY -> elements(value, type, depth, followed);
            case PTR -> pointer(value, depth, followed);
            default -> out.append(value);
        }
    }

    private void members(BtfValue value, List<String> names, int depth, int followed) {
        if (depth == MAX_DEPTH) {
            out.append("{…}");
            return;
        }
        String separator = "{";
        for (String name : names) {
            out.append(separator).append(name).append('=');
            print(value.get(name), depth + 1, followed);
            separator = ", ";
        }
        out.append(separator.equals("{") ? "{}" : "}");
    }

    private void elements(BtfValue value, BtfType type, int depth, int followed) {
        if (isText(value, type) && value.asText().isEmpty()) {
            out.append("\"\"");
            return;
        }
        BtfKind element = value.btf().kind(value.btf().resolve(type.ref()));
        boolean plain = !element.isComposite() && element != BtfKind.PTR && element != BtfKind.ARRAY;
        if (plain || depth == MAX_DEPTH) {
            out.append(value);
            return;
        }
        out.append('[');
        for (int i = 0; i < Math.min(type.count(), MAX_ELEMENTS); i++) {
            out.append(i == 0 ? "" : ", ");
            print(value.get("[" + i + "]"), depth + 1, followed);
        }
        out.append(type.count() > MAX_ELEMENTS ? ", …]" : "]");
    }

    /** Whether it is an array of bytes that reads as text: printable up to its first zero byte, and zero behind it. */
    static boolean isText(BtfValue value, BtfType type) {
        if (type.kind() != BtfKind.ARRAY || type.count() == 0 || value.btf().size(type.ref()) != 1) {
            return false;
        }
        byte[] bytes = value.bytes();
        long from = value.where().offset();
        String text = value.asText();
        long end = Math.min(from + type.count(), bytes.length);
        for (long i = from + text.length(); i < end; i++) {
            if (bytes[(int) i] != 0) {
                return false;
            }
        }
        return text.chars().allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\n' || c == '\t');
    }

    private void pointer(BtfValue value, int depth, int followed) {
        long address = value.asLong();
        if (address == 0) {
            out.append("NULL");
            return;
        }
        out.append("0x").append(Long.toHexString(address));
        Optional<Pointees.Pointee> target = followed == MAX_FOLLOWED ? Optional.empty() : pointees.at(value);
        if (target.isEmpty()) {
            return;
        }
        BtfValue pointee = target.get().value();
        out.append(target.get().arena() ? " (arena) → " : " → ");
        Optional<String> mask = mask(pointee, type(pointee));
        if (mask.isPresent()) {
            out.append("cpus=").append(mask.get());
            return;
        }
        out.append(target.get().struct());
        members(pointee, shown(target.get().struct(), pointee), depth + 1, followed + 1);
    }

    /** Members worth a line: chosen ones of the kernel's large structs, and the first of others. */
    private static List<String> shown(String struct, BtfValue value) {
        List<String> names = value.names();
        if (names.size() <= MAX_MEMBERS) {
            return names;
        }
        return CHOSEN.getOrDefault(struct, names.subList(0, MAX_MEMBERS)).stream()
                .filter(path -> has(value, path))
                .toList();
    }

    /** Not every kernel has every member. */
    private static boolean has(BtfValue value, String path) {
        try {
            value.get(path);
            return true;
        } catch (BtfException e) {
            return false;
        }
    }

    /** The CPUs of a {@code struct cpumask}, or of a {@code struct bpf_cpumask} around one, as ranges. */
    private Optional<String> mask(BtfValue value, BtfType type) {
        if (type.kind() != BtfKind.STRUCT) {
            return Optional.empty();
        } else if (type.name().equals("bpf_cpumask") && value.names().contains("cpumask")) {
            BtfValue inner = value.get("cpumask");
            return mask(inner, type(inner));
        } else if (!type.name().equals("cpumask") || !value.names().contains("bits")) {
            return Optional.empty();
        }
        BtfValue bits = value.get("bits");
        BitSet cpus = new BitSet();
        for (int cpu = 0; cpu < Math.min(bits.length() * Long.SIZE, pointees.cpuLimit()); cpu++) {
            if ((bits.get("[" + cpu / Long.SIZE + "]").asLong() >>> cpu & 1) == 1) {
                cpus.set(cpu);
            }
        }
        return Optional.of("{" + ranges(cpus) + "}");
    }

    /** {@code 0-3,8}. */
    static String ranges(BitSet cpus) {
        List<String> parts = new ArrayList<>();
        for (int from = cpus.nextSetBit(0); from >= 0; ) {
            int end = cpus.nextClearBit(from);
            parts.add(end == from + 1 ? String.valueOf(from) : from + "-" + (end - 1));
            from = cpus.nextSetBit(end);
        }
        return String.join(",", parts);
    }
}
