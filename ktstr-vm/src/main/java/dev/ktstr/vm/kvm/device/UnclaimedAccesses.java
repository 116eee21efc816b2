package dev.ktstr.vm.kvm.device;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Counts accesses to addresses without a device: how many, and for the first {@value #TRACKED} different addresses, where.
 * Bounded, whatever the guest does.
 */
public final class UnclaimedAccesses {
    /** Addresses that are counted one by one. */
    public static final int TRACKED = 64;

    private final long[] addresses = new long[TRACKED];
    private final long[] readCounts = new long[TRACKED];
    private final long[] writeCounts = new long[TRACKED];
    private int used;
    private long reads;
    private long writes;

    UnclaimedAccesses() {}

    /**
     * Accesses to one address.
     *
     * @param address port or physical address
     * @param reads how often it was read
     * @param writes how often it was written
     */
    public record Count(long address, long reads, long writes) {}

    synchronized void read(long address) {
        reads++;
        int i = slot(address);
        if (i >= 0) {
            readCounts[i]++;
        }
    }

    synchronized void written(long address) {
        writes++;
        int i = slot(address);
        if (i >= 0) {
            writeCounts[i]++;
        }
    }

    /** All reads. */
    public synchronized long reads() {
        return reads;
    }

    /** All writes. */
    public synchronized long writes() {
        return writes;
    }

    /** The addresses that were tracked, most accesses first. */
    public synchronized List<Count> counts() {
        List<Count> counts = new ArrayList<>();
        for (int i = 0; i < used; i++) {
            counts.add(new Count(addresses[i], readCounts[i], writeCounts[i]));
        }
        counts.sort(Comparator.comparingLong((Count c) -> -(c.reads + c.writes)).thenComparingLong(Count::address));
        return counts;
    }

    private int slot(long address) {
        for (int i = 0; i < used; i++) {
            if (addresses[i] == address) {
                return i;
            }
        }
        if (used == TRACKED) {
            return -1;
        }
        addresses[used] = address;
        return used++;
    }
}
