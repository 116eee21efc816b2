package dev.ktstr.vm.kernel;

import dev.ktstr.vm.GuestMemory;

/**
 * Translates virtual addresses by walking x86_64 page tables of 4 or 5 levels with pages of 4 KiB, 2 MiB and 1 GiB (Intel
 * SDM volume 3, 4.5). Guest memory is read at every call: the tables change while the guest runs.
 */
public final class PageTables {
    private static final long PRESENT = 1;
    private static final long LARGE = 1 << 7;
    private static final long FRAME = 0x000f_ffff_ffff_f000L;

    /** What {@link #translate} answers where nothing is mapped. */
    public static final long NOT_MAPPED = -1;

    private final GuestMemory memory;
    private final long root;
    private final int levels;

    /**
     * The tables at {@code root}.
     *
     * @param root guest-physical address of the top table
     * @param levels 4 or 5
     */
    public PageTables(GuestMemory memory, long root, int levels) {
        if (levels != 4 && levels != 5) {
            throw new IllegalArgumentException(levels + " levels of page tables; x86_64 has 4 or 5");
        }
        this.memory = memory;
        this.root = root & FRAME;
        this.levels = levels;
    }

    /** Levels of the tables: 4 or 5. */
    public int levels() {
        return levels;
    }

    /** Whether the address is one this number of levels can map: its upper bits repeat the sign. */
    public boolean isCanonical(long va) {
        int unused = 64 - (12 + 9 * levels);
        return va << unused >> unused == va;
    }

    /** The guest-physical address behind a virtual one, or {@link #NOT_MAPPED}. It need not be RAM. */
    public long translate(long va) {
        if (!isCanonical(va)) {
            return NOT_MAPPED;
        }
        long table = root;
        for (int level = levels; level >= 1; level--) {
            int shift = 12 + 9 * (level - 1);
            long slot = table + ((va >>> shift & 0x1ff) << 3);
            if (!memory.contains(slot, Long.BYTES)) {
                return NOT_MAPPED;
            }
            long entry = memory.getLongAcquire(slot);
            if ((entry & PRESENT) == 0) {
                return NOT_MAPPED;
            }
            boolean leaf = level == 1 || ((entry & LARGE) != 0 && level <= 3);
            if (leaf) {
                long inside = (1L << shift) - 1;
                return (entry & FRAME & ~inside) | (va & inside);
            }
            table = entry & FRAME;
        }
        return NOT_MAPPED;
    }
}
