package dev.ktstr.vm.kvm.machine;

import dev.ktstr.vm.MachineLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The address map that firmware would report (ACPI 6.5, section 15), known as e820 after the BIOS call.
 *
 * @param entries ascending, without overlaps
 */
public record MemoryMap(List<Entry> entries) {
    /** Where a PC's conventional memory ends and its extended BIOS data area would start. */
    public static final long CONVENTIONAL_END = 0x9fc00;

    /** Where video memory and ROMs start on a PC. */
    public static final long LEGACY_HOLE = 0xa0000;

    /** The ACPI tables: in the part of the BIOS's ROM that is also searched for an RSDP (ACPI 6.5, 5.2.5.1). */
    public static final MemoryRange ACPI_TABLES = new MemoryRange(0xe0000, 0x20000);

    /** First address of extended memory. */
    public static final long EXTENDED_START = 0x100000;

    /** Kinds of ranges; {@link #code} is that of section 15 and of both boot protocols. */
    public enum Kind {
        RAM(1),
        RESERVED(2),
        ACPI(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** The number in tables. */
        public int code() {
            return code;
        }
    }

    /**
     * A range and what it is.
     *
     * @param range the addresses
     * @param kind what is there
     */
    public record Entry(MemoryRange range, Kind kind) {}

    public MemoryMap {
        entries = List.copyOf(entries);
    }

    /**
     * Makes the map of a machine: its nodes' RAM, without the legacy hole and without the window shared with the host,
     * which is reserved.
     */
    public static MemoryMap of(MachineDescription machine) {
        MemoryRange window = new MemoryRange(MachineLayout.SHM_BASE, MachineLayout.SHM_SIZE);
        List<MemoryRange> taken = List.of(new MemoryRange(CONVENTIONAL_END, EXTENDED_START - CONVENTIONAL_END), window);
        List<Entry> entries = new ArrayList<>();
        for (MemoryRange ram : merged(machine)) {
            for (MemoryRange part : without(ram, taken)) {
                entries.add(new Entry(part, Kind.RAM));
            }
        }
        entries.add(new Entry(new MemoryRange(CONVENTIONAL_END, LEGACY_HOLE - CONVENTIONAL_END), Kind.RESERVED));
        entries.add(new Entry(ACPI_TABLES, Kind.ACPI));
        entries.add(new Entry(window, Kind.RESERVED));
        entries.sort(Comparator.comparingLong(e -> e.range().start()));
        return new MemoryMap(entries);
    }

    /** The RAM that the kernel may use. */
    public List<MemoryRange> ram() {
        return entries.stream()
                .filter(e -> e.kind() == Kind.RAM)
                .map(Entry::range)
                .toList();
    }

    /** All nodes' RAM, with ranges that touch made one. */
    private static List<MemoryRange> merged(MachineDescription machine) {
        List<MemoryRange> ranges = machine.nodes().stream()
                .flatMap(n -> n.memory().stream())
                .sorted(Comparator.comparingLong(MemoryRange::start))
                .toList();
        List<MemoryRange> merged = new ArrayList<>();
        for (MemoryRange range : ranges) {
            int last = merged.size() - 1;
            if (last >= 0 && merged.get(last).end() == range.start()) {
                MemoryRange before = merged.get(last);
                merged.set(last, new MemoryRange(before.start(), before.length() + range.length()));
            } else {
                merged.add(range);
            }
        }
        return merged;
    }

    /** What is left of a range when others are taken out. */
    public static List<MemoryRange> without(MemoryRange whole, List<MemoryRange> taken) {
        List<MemoryRange> left = List.of(whole);
        for (MemoryRange hole : taken) {
            List<MemoryRange> next = new ArrayList<>();
            for (MemoryRange part : left) {
                if (!part.overlaps(hole)) {
                    next.add(part);
                    continue;
                }
                if (part.start() < hole.start()) {
                    next.add(new MemoryRange(part.start(), hole.start() - part.start()));
                }
                if (hole.end() < part.end()) {
                    next.add(new MemoryRange(hole.end(), part.end() - hole.end()));
                }
            }
            left = next;
        }
        return left;
    }
}
