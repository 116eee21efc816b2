package dev.ktstr.vm.kernel;

import dev.ktstr.vm.symbols.Kallsyms;
import dev.ktstr.vm.symbols.SymbolTable;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A kernel that never ran: an image with a banner and page tables that map it and a direct map, at a place and a slide of the
 * test's choice.
 */
public final class SyntheticKernel {
    public static final long LINKED = 0xffffffff81000000L;
    public static final long TOP = 0x10000;
    public static final long BANNER = 0x2000;
    public static final long PER_CPU_OFFSET = 0x3000;
    public static final long PAGE_OFFSET = 0x8000;
    public static final long POSSIBLE = 0x8100;
    public static final long NR_CPUS = 0x8008;
    public static final long RUNQUEUES = 0x9000;
    private static final String TEXT = "Linux version 9.9.9 (a test)\n";

    private final SparseMemory memory;
    private final long physical;
    private final int levels;

    /** Lays it into memory; {@code slide}, a multiple of 2 MiB, is what KASLR adds to virtual addresses. */
    public SyntheticKernel(SparseMemory memory, long physical, long slide, long directMap, int levels) {
        this.memory = memory;
        this.physical = physical;
        this.levels = levels;
        byte[] banner = TEXT.getBytes(StandardCharsets.US_ASCII);
        memory.write(physical + BANNER, banner, 0, banner.length);
        memory.putLongRelease(physical + PAGE_OFFSET, directMap);
        map(LINKED + slide, physical, 2);
        for (long at = 0; at < memory.size(); at += 2L << 20) {
            map(directMap + at, at, 2);
        }
    }

    /** Next table to hand out: they follow the top one. */
    private int tables = 1;

    /** Maps one page: of 4 KiB at level 1, 2 MiB at level 2, 1 GiB at level 3. */
    public void map(long va, long gpa, int leafLevel) {
        long table = physical + TOP;
        for (int level = levels; level > leafLevel; level--) {
            long slot = table + ((va >>> (12 + 9 * (level - 1)) & 0x1ff) << 3);
            if (memory.getLongAcquire(slot) == 0) {
                memory.putLongRelease(slot, (physical + TOP + 0x1000L * tables++) | 1);
            }
            table = memory.getLongAcquire(slot) & ~0xfffL;
        }
        long slot = table + ((va >>> (12 + 9 * (leafLevel - 1)) & 0x1ff) << 3);
        memory.putLongRelease(slot, gpa | 1 | (leafLevel > 1 ? 0x80 : 0) | 1L << 63);
    }

    public static SymbolTable symbols() {
        return symbols(Map.of());
    }

    /** With further symbols, by their place behind {@link #LINKED}. */
    public static SymbolTable symbols(Map<String, Long> more) {
        StringBuilder text = new StringBuilder();
        line(text, 0, "_text");
        line(text, BANNER, "linux_banner");
        line(text, PER_CPU_OFFSET, "__per_cpu_offset");
        line(text, TOP, "init_top_pgt");
        line(text, PAGE_OFFSET, "page_offset_base");
        line(text, POSSIBLE, "__cpu_possible_mask");
        line(text, NR_CPUS, "nr_cpu_ids");
        line(text, RUNQUEUES, "runqueues");
        more.forEach((name, offset) -> line(text, offset, name));
        text.append("ffffffffc0000000 t of_a_module\t[mod]\n");
        return Kallsyms.parse(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private static void line(StringBuilder text, long offset, String name) {
        text.append(Long.toHexString(LINKED + offset))
                .append(" T ")
                .append(name)
                .append('\n');
    }
}
