package dev.ktstr.vm.kernel;

import dev.ktstr.vm.GuestMemory;
import dev.ktstr.vm.symbols.SymbolTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds a kernel in guest memory, without registers and without assuming where it was put.
 *
 * <p>The kernel's image is one run of physical memory that begins on a 2 MiB boundary ({@code CONFIG_PHYSICAL_ALIGN} is at
 * least that). For each such place the words {@code Linux version} are looked for where {@code linux_banner} would be; a
 * match counts only when the page tables at {@code init_top_pgt}, in the same image, map a kernel address to that very
 * place, and the banner read through them is the same. Leftovers of the decompressor fail the second test. KASLR moves the
 * image in physical and, by another amount, in virtual memory; the first is where the match was, the second is where the
 * tables map it.
 */
final class KernelLocator {
    static final long ALIGN = 2L << 20;

    /** The kernel's half: the last 2 GiB hold its image ({@code Documentation/arch/x86/x86_64/mm.rst}). */
    private static final long IMAGE_BASE = 0xffffffff80000000L;

    private static final long IMAGE_SIZE = 1L << 30;
    private static final byte[] BANNER = "Linux version ".getBytes(StandardCharsets.US_ASCII);

    /** PCI holes are small; no RAM this far behind the last means there is none. */
    private static final long MAX_HOLE = 1L << 40;

    private final GuestMemory memory;
    private final long text;
    private final long banner;
    private final long top;

    /**
     * Where the kernel is.
     *
     * @param physical guest-physical address of {@code _text}
     * @param virtual its virtual address
     * @param slide what is added to the symbols' addresses
     * @param tables its page tables
     */
    record Found(long physical, long virtual, long slide, PageTables tables) {}

    KernelLocator(GuestMemory memory, SymbolTable symbols) {
        this.memory = memory;
        this.text = symbols.address("_text");
        this.banner = symbols.address("linux_banner") - text;
        this.top = first(symbols, "init_top_pgt", "swapper_pg_dir") - text;
        if (banner < 0 || banner > IMAGE_SIZE || top < 0 || top > IMAGE_SIZE || (top & 0xfff) != 0) {
            throw new KernelAccessException(
                    "the symbols are no kernel's: linux_banner and init_top_pgt do not lie behind _text");
        }
    }

    private static long first(SymbolTable symbols, String name, String other) {
        OptionalLong found = symbols.find(name);
        return found.isPresent() ? found.getAsLong() : symbols.address(other);
    }

    Found find() {
        long seen = 0;
        long lastRam = 0;
        int candidates = 0;
        for (long at = 0; seen < memory.size() && at - lastRam < MAX_HOLE; at += ALIGN) {
            if (!memory.contains(at, 1)) {
                continue;
            }
            seen += ALIGN;
            lastRam = at;
            if (hasBanner(at + banner)) {
                candidates++;
                for (int levels = 4; levels <= 5; levels++) {
                    Found found = check(at, levels);
                    if (found != null) {
                        return found;
                    }
                }
            }
        }
        throw new KernelAccessException(
                "no running kernel was found in " + (memory.size() >> 20) + " MiB of guest memory"
                        + (candidates == 0
                                ? ""
                                : "; " + candidates + " places look like its image, but no page table maps them")
                        + ". Has it booted, and are the symbols those of this kernel?");
    }

    private boolean hasBanner(long gpa) {
        return memory.contains(gpa, BANNER.length) && Arrays.equals(bytes(gpa, BANNER.length), BANNER);
    }

    private byte[] bytes(long gpa, int length) {
        byte[] bytes = new byte[length];
        memory.read(gpa, bytes, 0, length);
        return bytes;
    }

    private @Nullable Found check(long physical, int levels) {
        if (!memory.contains(physical + top, 1 << 12)) {
            return null;
        }
        PageTables tables = new PageTables(memory, physical + top, levels);
        for (long va = IMAGE_BASE; va < IMAGE_BASE + IMAGE_SIZE; va += ALIGN) {
            if (tables.translate(va) == physical && tables.translate(va + banner) == physical + banner) {
                return new Found(physical, va, va - text, tables);
            }
        }
        return null;
    }
}
