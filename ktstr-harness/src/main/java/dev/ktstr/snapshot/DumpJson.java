package dev.ktstr.snapshot;

import dev.ktstr.vm.bpf.BpfEntry;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.BtfType;
import dev.ktstr.vm.btf.BtfValue;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A captured state as a tree for JSON: CPUs with registers in hexadecimal, and maps. Numbers are numbers; pointers, and numbers that
 * a double cannot hold, are text; what cannot be read has its reason in the key {@code unread}.
 */
public final class DumpJson {
    private static final int MAX_ENTRIES = 1024;
    private static final int MAX_ELEMENTS = 256;
    private static final int MAX_DEPTH = 8;
    private static final int MAX_HEX = 256;
    private static final long SAFE = 1L << 53;

    private final Pointees pointees;

    private DumpJson(Pointees pointees) {
        this.pointees = pointees;
    }

    /** The tree of a state: maps, lists, text, numbers. */
    public static Map<String, Object> of(CapturedState state) {
        DumpJson json = new DumpJson(state.pointees());
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("cpus", state.cpus().stream().map(DumpJson::cpu).toList());
        root.put("maps", state.captured().stream().map(json::map).toList());
        return root;
    }

    private static Map<String, Object> cpu(CpuState cpu) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("cpu", cpu.cpu());
        cpu.at().ifPresent(at -> one.put("at", at));
        if (!cpu.registers().isEmpty()) {
            Map<String, Object> registers = new LinkedHashMap<>();
            cpu.registers().forEach((name, value) -> registers.put(name, "0x" + Long.toHexString(value)));
            one.put("registers", registers);
        }
        if (!cpu.counters().isEmpty()) {
            one.put("counters", cpu.counters());
        }
        return one;
    }

    private Map<String, Object> map(CapturedMap map) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("name", map.name());
        one.put("id", map.map().id());
        one.put("type", map.map().type());
        one.put("valueSize", map.map().valueSize());
        one.put("maxEntries", Integer.toUnsignedLong(map.map().maxEntries()));
        map.unread().ifPresent(why -> one.put("unread", why));
        try {
            if (map.map().section().isPresent()) {
                one.put("section", map.map().section().get());
                Map<String, Object> variables = new LinkedHashMap<>();
                map.variables().forEach(v -> variables.put(v.name(), told(v.value())));
                one.put("variables", variables);
            } else if (map.unread().isEmpty()) {
                one.put(
                        "entries",
                        map.raw().stream().limit(MAX_ENTRIES).map(this::entry).toList());
                if (map.cut() || map.raw().size() > MAX_ENTRIES) {
                    one.put("cut", true);
                }
            }
        } catch (SnapshotException e) {
            one.put("unread", String.valueOf(e.getMessage()));
        }
        return one;
    }

    private Map<String, Object> entry(BpfEntry entry) {
        Map<String, Object> one = new LinkedHashMap<>();
        boolean typed = entry.map().btf().isPresent() && entry.map().valueType() != 0;
        one.put("key", key(entry));
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < entry.values().size(); i++) {
            values.add(typed ? value(entry, i) : hex(entry.values().get(i)));
        }
        one.put(values.size() == 1 ? "value" : "perCpu", values.size() == 1 ? values.get(0) : values);
        return one;
    }

    private Object key(BpfEntry entry) {
        try {
            return entry.typedKey().map(this::told).orElseGet(() -> hex(entry.key()));
        } catch (BpfException e) {
            return hex(entry.key());
        }
    }

    private Object value(BpfEntry entry, int i) {
        try {
            return told(entry.value(i));
        } catch (BpfException e) {
            return Map.of("unread", String.valueOf(e.getMessage()));
        }
    }

    private static String hex(byte[] bytes) {
        String hex = "0x" + HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, MAX_HEX));
        return bytes.length > MAX_HEX ? hex + "…" : hex;
    }

    private Object told(BtfValue value) {
        try {
            return tree(value, 0);
        } catch (BtfException e) {
            return Map.of("unread", String.valueOf(e.getMessage()));
        }
    }

    private Object tree(BtfValue value, int depth) {
        BtfType type = value.btf().type(value.btf().resolve(value.where().type()));
        boolean number = type.kind() == BtfKind.INT && type.size() <= Long.BYTES;
        if (number) {
            long n = value.asLong();
            return n > -SAFE && n < SAFE ? (Object) n : type.signed() ? Long.toString(n) : Long.toUnsignedString(n);
        }
        if (ValueText.isText(value, type)) {
            return value.asText();
        }
        boolean mask = type.kind() == BtfKind.STRUCT && type.name().endsWith("cpumask");
        if (depth == MAX_DEPTH || mask) {
            return ValueText.of(value, pointees);
        }
        return switch (type.kind()) {
            case STRUCT, UNION -> {
                Map<String, Object> members = new LinkedHashMap<>();
                value.names().forEach(name -> members.put(name, tree(value.get(name), depth + 1)));
                yield members;
            }
            case ARRAY -> elements(value, type, depth);
            // What it points to in words: its members are the kernel's, and many.
            case PTR -> ValueText.of(value, pointees);
            default -> ValueText.of(value, pointees);
        };
    }

    private List<Object> elements(BtfValue value, BtfType type, int depth) {
        List<Object> elements = new ArrayList<>();
        for (int i = 0; i < Math.min(type.count(), MAX_ELEMENTS); i++) {
            elements.add(tree(value.get("[" + i + "]"), depth + 1));
        }
        if (type.count() > MAX_ELEMENTS) {
            elements.add("… (" + type.count() + ")");
        }
        return elements;
    }
}
