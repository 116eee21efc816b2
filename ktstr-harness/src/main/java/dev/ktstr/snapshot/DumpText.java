package dev.ktstr.snapshot;

import dev.ktstr.vm.bpf.BpfEntry;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.btf.BtfValue;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;

/** A captured state as text for a failure: CPUs, and every map with its header, globals by section, entries by key. Bounded. */
public final class DumpText {
    static final int MAX_ENTRIES = 32;
    private static final int MAX_LINE = 400;
    private static final int MAX_LINES = 400;
    private static final int MAX_HEX = 64;

    private final List<String> lines = new ArrayList<>();
    private final Pointees pointees;
    private int hidden;

    private DumpText(Pointees pointees) {
        this.pointees = pointees;
    }

    /** The text of a state. */
    public static String of(CapturedState state) {
        DumpText text = new DumpText(state.pointees());
        state.cpus().forEach(text::cpu);
        state.captured().forEach(text::map);
        if (text.hidden > 0) {
            text.lines.add("… " + text.hidden + " more lines");
        }
        if (state.captured().isEmpty()) {
            text.lines.add("(the kernel has no BPF maps)");
        }
        return String.join("\n", text.lines);
    }

    /** {@code cpu 0: nr_running=3 local_dsq_depth=1 at pick_next_task+0x1c}. */
    private void cpu(CpuState cpu) {
        StringBuilder line = new StringBuilder("cpu ").append(cpu.cpu()).append(':');
        for (String name : List.of("nr_running", "scx_nr_running", "local_dsq_depth", "nr_switches")) {
            Long value = cpu.counters().get(name);
            if (value != null) {
                line.append(' ').append(name).append('=').append(value);
            }
        }
        Long rip = cpu.registers().get("rip");
        if (rip != null) {
            boolean user = rip >= 0;
            line.append(" at ")
                    .append(cpu.at().orElseGet(() -> "0x" + Long.toHexString(rip) + (user ? " (user)" : "")));
        }
        add(line.toString());
    }

    private void add(String line) {
        if (lines.size() == MAX_LINES) {
            hidden++;
        } else {
            lines.add(line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE) + "…");
        }
    }

    private void map(CapturedMap map) {
        add(map.header());
        map.unread().ifPresent(why -> add("  (not read: " + why + ")"));
        if (map.map().section().isPresent()) {
            add("  " + map.map().section().get() + ":");
            map.variables().forEach(v -> add("    " + v.name() + "=" + words(() -> ValueText.of(v.value(), pointees))));
            return;
        }
        map.raw().stream().limit(MAX_ENTRIES).forEach(this::entry);
        if (map.raw().size() > MAX_ENTRIES || map.cut()) {
            add("  … " + (map.cut() ? "more" : map.raw().size() - MAX_ENTRIES + " more") + " entries");
        }
    }

    private void entry(BpfEntry entry) {
        String key = words(() -> entry.typedKey().map(BtfValue::toString).orElseGet(() -> hex(entry.key())));
        for (int i = 0; i < entry.values().size(); i++) {
            int at = i;
            String value = words(() -> {
                boolean typed = entry.map().btf().isPresent() && entry.map().valueType() != 0;
                return typed
                        ? ValueText.of(entry.value(at), pointees)
                        : hex(entry.values().get(at));
            });
            add("  entry: key=" + key + (entry.values().size() > 1 ? " cpu" + i : "") + " " + value);
        }
    }

    /** A value whose type cannot be followed is told so, and the rest of the dump stays. */
    private static String words(Supplier<String> reading) {
        try {
            return reading.get();
        } catch (BtfException | BpfException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    private static String hex(byte[] bytes) {
        String hex = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, MAX_HEX));
        return "0x" + hex + (bytes.length > MAX_HEX ? "… (" + bytes.length + " bytes)" : "");
    }
}
