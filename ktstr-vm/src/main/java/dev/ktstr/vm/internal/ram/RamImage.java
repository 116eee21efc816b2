package dev.ktstr.vm.internal.ram;

import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.internal.linux.Mapping;
import dev.ktstr.vm.internal.linux.Memfd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The RAM of a saved guest, read and checked once, in memory without a name: forks map it and copy a page when they write it.
 * Nobody else can change it or cut it off, which would be a fault of this process if they mapped the template's own file.
 *
 * <p>Closing it takes nothing from the RAM made of it: a mapping holds what it maps.
 */
public final class RamImage implements AutoCloseable {
    /** Holes smaller than this are mapped with what is around them: the kernel limits how many mappings there are. */
    private static final long SMALL_HOLE = 256 << 10;

    private final List<Memfd> nodes = new ArrayList<>();
    private final List<List<Memfd.Extent>> parts = new ArrayList<>();

    /**
     * Reads it.
     *
     * @throws IOException what the saved guest's reader throws; also when it has more RAM than the layout
     */
    public RamImage(RamLayout layout, SavedGuest saved) throws IOException {
        boolean whole = false;
        try {
            for (int node = 0; node < layout.nodeMb().size(); node++) {
                nodes.add(Memfd.create(
                        "ktstr-template" + node, (long) layout.nodeMb().get(node) << 20));
            }
            GuestRam.load(saved, nodes);
            for (Memfd node : nodes) {
                parts.add(joined(node.data()));
            }
            whole = true;
        } finally {
            if (!whole) {
                close();
            }
        }
    }

    static List<Memfd.Extent> joined(List<Memfd.Extent> extents) {
        List<Memfd.Extent> joined = new ArrayList<>();
        for (Memfd.Extent extent : extents) {
            Memfd.Extent last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null && extent.offset() - (last.offset() + last.length()) < SMALL_HOLE) {
                long length = extent.offset() + extent.length() - last.offset();
                joined.set(joined.size() - 1, new Memfd.Extent(last.offset(), length));
            } else {
                joined.add(extent);
            }
        }
        return joined;
    }

    /** Fresh RAM that begins as this. The caller owns it. */
    public GuestRam fork() {
        return new GuestRam(this);
    }

    int nodes() {
        return nodes.size();
    }

    Mapping map(int node) {
        return nodes.get(node).mapCopyOnWrite(parts.get(node));
    }

    /** Bytes of RAM in it. */
    public long bytes() {
        return parts.stream()
                .flatMap(List::stream)
                .mapToLong(Memfd.Extent::length)
                .sum();
    }

    @Override
    public void close() {
        nodes.forEach(Memfd::close);
    }
}
