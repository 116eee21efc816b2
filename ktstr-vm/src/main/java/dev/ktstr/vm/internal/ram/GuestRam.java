package dev.ktstr.vm.internal.ram;

import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.Mapping;
import dev.ktstr.vm.internal.linux.Memfd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The RAM of one guest: one {@link Memfd} per NUMA node, mapped here. Owns both.
 *
 * <p>All or nothing: a failure half way releases what was made.
 */
public final class GuestRam implements AutoCloseable {
    private static final long MAX_SEGMENT = 1L << 30;
    private static final int PAGE = 4096;
    /** Largest part handed to a sink at once: small enough for a processor's cache. */
    private static final int PART = 256 << 10;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(PAGE).asReadOnlyBuffer();

    private final List<Memfd> nodes = new ArrayList<>();
    private final List<Mapping> mappings = new ArrayList<>();
    private final MappedGuestMemory memory;

    /**
     * Makes and maps the RAM. Nothing is taken from the host until it is touched.
     *
     * @throws dev.ktstr.vm.VmException when the host refuses
     */
    public GuestRam(RamLayout layout) {
        this(layout, false);
    }

    /**
     * Makes and maps the RAM, of huge pages or ordinary ones.
     *
     * @throws dev.ktstr.vm.VmException when the host refuses, or has not enough huge pages
     */
    public GuestRam(RamLayout layout, boolean hugePages) {
        if (hugePages) {
            HugePages.check(layout.totalBytes());
        }
        List<MappedGuestMemory.Segment> segments = new ArrayList<>();
        try {
            long start = 0;
            for (int node = 0; node < layout.nodeMb().size(); node++) {
                Memfd memfd =
                        Memfd.create("ktstr-ram" + node, (long) layout.nodeMb().get(node) << 20, hugePages);
                nodes.add(memfd);
                Mapping mapping = memfd.map();
                mappings.add(mapping);
                addSegments(segments, mapping, start);
                start += memfd.size();
            }
        } catch (RuntimeException e) {
            release();
            throw e;
        }
        memory = new MappedGuestMemory(segments, this::release);
    }

    /**
     * RAM that begins as a saved guest's: nothing is copied before it is written. It has no {@linkplain #nodePaths() paths}, and
     * cannot be {@linkplain #save saved} again.
     */
    GuestRam(RamImage image) {
        List<MappedGuestMemory.Segment> segments = new ArrayList<>();
        try {
            long start = 0;
            for (int node = 0; node < image.nodes(); node++) {
                Mapping mapping = image.map(node);
                mappings.add(mapping);
                addSegments(segments, mapping, start);
                start += mapping.size();
            }
        } catch (RuntimeException e) {
            release();
            throw e;
        }
        memory = new MappedGuestMemory(segments, this::release);
    }

    private static void addSegments(List<MappedGuestMemory.Segment> segments, Mapping mapping, long start) {
        for (long at = 0; at < mapping.size(); ) {
            long length = Math.min(mapping.size() - at, MAX_SEGMENT);
            long ramOffset = start + at;
            if (ramOffset < RamLayout.LOW_LIMIT) {
                length = Math.min(length, RamLayout.LOW_LIMIT - ramOffset);
            }
            segments.add(new MappedGuestMemory.Segment(
                    RamLayout.gpaOf(ramOffset), mapping.view(at, Math.toIntExact(length))));
            at += length;
        }
    }

    /** The memory as addresses. */
    public MappedGuestMemory memory() {
        return memory;
    }

    /**
     * A run of RAM that is contiguous both for the guest and in this process.
     *
     * @param node the NUMA node that it belongs to
     * @param gpa its guest-physical address
     * @param mapping where it is mapped; owned by the RAM
     * @param offset of its first byte in the mapping
     * @param length bytes
     */
    public record Region(int node, long gpa, Mapping mapping, long offset, long length) {}

    /** All RAM, in runs, ascending by address. For the hypervisor in this process; valid until {@link #close()}. */
    public List<Region> regions() {
        List<Region> regions = new ArrayList<>();
        long start = 0;
        for (int node = 0; node < mappings.size(); node++) {
            Mapping mapping = mappings.get(node);
            long low = Math.max(0, Math.min(mapping.size(), RamLayout.LOW_LIMIT - start));
            if (low > 0) {
                regions.add(new Region(node, RamLayout.gpaOf(start), mapping, 0, low));
            }
            if (low < mapping.size()) {
                regions.add(new Region(node, RamLayout.gpaOf(start + low), mapping, low, mapping.size() - low));
            }
            start += mapping.size();
        }
        return regions;
    }

    /** For each node, a path by which a child process can open it while this is open. */
    public List<String> nodePaths() {
        return nodes.stream().map(Memfd::path).toList();
    }

    /**
     * Gives all pages that are not zero to a sink, in order, by their offset from the start of node 0. The guest must not
     * run meanwhile, and this must not be closed.
     *
     * @throws IOException what the sink throws
     */
    public void save(SavedGuest.RamSink sink) throws IOException {
        if (nodes.isEmpty()) {
            throw new VmException("a guest that is itself a fork cannot be saved; boot one");
        }
        long start = 0;
        for (int node = 0; node < nodes.size(); node++) {
            for (Memfd.Extent extent : nodes.get(node).data()) {
                for (long at = extent.offset(); at < extent.offset() + extent.length(); at += PART) {
                    int length = (int) Math.min(PART, extent.offset() + extent.length() - at);
                    savePart(mappings.get(node).view(at, length), start + at, sink);
                }
            }
            start += nodes.get(node).size();
        }
    }

    /** Runs of pages that hold something. */
    private static void savePart(ByteBuffer part, long offset, SavedGuest.RamSink sink) throws IOException {
        int from = -1;
        for (int page = 0; page < part.capacity(); page += PAGE) {
            boolean zero = part.slice(page, PAGE).mismatch(ZEROS.duplicate()) < 0;
            if (!zero && from < 0) {
                from = page;
            } else if (zero && from >= 0) {
                sink.put(offset + from, part.slice(from, page - from));
                from = -1;
            }
        }
        if (from >= 0) {
            sink.put(offset + from, part.slice(from, part.capacity() - from));
        }
    }

    /**
     * Fills fresh RAM from a saved guest. Writes instead of touching the mapping: a page is then made by the copy, without
     * being zeroed first, and without a fault.
     *
     * @throws IOException what the saved guest's reader throws; also when it has more RAM than this
     */
    public void load(SavedGuest saved) throws IOException {
        load(saved, nodes);
    }

    static void load(SavedGuest saved, List<Memfd> nodes) throws IOException {
        List<FileChannel> files = new ArrayList<>();
        try {
            for (Memfd node : nodes) {
                files.add(FileChannel.open(Path.of(node.path()), StandardOpenOption.WRITE));
            }
            saved.ram((offset, bytes) -> write(nodes, files, offset, bytes));
        } finally {
            for (FileChannel file : files) {
                file.close();
            }
        }
    }

    private static void write(List<Memfd> nodes, List<FileChannel> files, long offset, ByteBuffer bytes)
            throws IOException {
        long at = offset;
        for (int node = 0; node < files.size() && at >= 0; node++) {
            long size = nodes.get(node).size();
            if (at < size && bytes.remaining() <= size - at) {
                while (bytes.hasRemaining()) {
                    at += files.get(node).write(bytes, at);
                }
                return;
            }
            at -= size;
        }
        throw new IOException("the saved guest has RAM at offset " + offset + ", which this machine has not");
    }

    /** Waits for accesses under way, then unmaps and releases. Idempotent. */
    @Override
    public void close() {
        memory.close();
    }

    private void release() {
        mappings.forEach(Mapping::close);
        nodes.forEach(Memfd::close);
    }
}
