package dev.ktstr.vm.bpf;

import dev.ktstr.vm.btf.BtfField;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.kernel.KernelStructs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;

/**
 * Walks an IDR's xarray ({@code include/linux/xarray.h}): an entry whose two lowest bits are 10 and that is above 4096 points
 * to a node of 64 slots, which resolve {@code shift} and more bits of the index.
 */
final class Xarray {
    private static final int MAX_ENTRIES = 1 << 16;
    private static final int MAX_NODES = 1 << 14;
    private static final int CHUNK_BITS = 6;

    private final KernelStructs structs;
    private final int shiftOffset;
    private final int slotsOffset;
    private final Map<Integer, Long> found = new TreeMap<>();
    private int nodes;

    private Xarray(KernelStructs structs) {
        this.structs = structs;
        this.shiftOffset = structs.field("xa_node", "shift").offset();
        this.slotsOffset = structs.field("xa_node", "slots").offset();
    }

    /** Id to pointer of all entries of the {@code struct idr} at an address. */
    static Map<Integer, Long> idr(KernelStructs structs, long idr) {
        Xarray walk = new Xarray(structs);
        BtfField head = structs.field("idr", "idr_rt.xa_head");
        long base = structs.number(idr, "idr", "idr_base");
        walk.entry(structs.memory().readLong(idr + head.offset()), base, 64);
        return walk.found;
    }

    private void entry(long entry, long index, int above) {
        if ((entry & 3) == 2 && Long.compareUnsigned(entry, 4096) > 0) {
            node(entry - 2, index, above);
        } else if (entry != 0 && (entry & 3) == 0 && index >= 0 && index <= Integer.MAX_VALUE) {
            if (found.size() == MAX_ENTRIES) {
                throw new BpfException(
                        "the kernel's IDR has more than " + MAX_ENTRIES + " entries; it changed while read");
            }
            found.put((int) index, entry);
        }
    }

    private void node(long node, long index, int above) {
        if (nodes++ == MAX_NODES) {
            throw new BpfException("the kernel's IDR has more than " + MAX_NODES + " nodes; it changed while read");
        }
        byte[] bytes;
        try {
            bytes = structs.memory().read(node, slotsOffset + (8 << CHUNK_BITS));
        } catch (KernelAccessException e) {
            throw new BpfException("a node of the kernel's IDR went away while read: " + e.getMessage(), e);
        }
        int shift = bytes[shiftOffset];
        // Each level resolves fewer bits than the one above: a node that was freed and used again cannot make a circle.
        if (shift < 0 || shift % CHUNK_BITS != 0 || shift >= above) {
            throw new BpfException("a node of the kernel's IDR has shift " + shift + "; it changed while read");
        }
        ByteBuffer slots = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 1 << CHUNK_BITS; i++) {
            long slot = slots.getLong(slotsOffset + 8 * i);
            if (shift > 0 || (slot & 3) == 0) {
                entry(slot, index + ((long) i << shift), shift);
            }
        }
    }
}
