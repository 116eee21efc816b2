package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A piece of anonymous shared memory with a descriptor ({@code memfd_create(2)}).
 *
 * <p>It has no name in any file system, so it is gone with the last process that holds it, however that process ends.
 * The owner closes it; mappings made of it stay valid.
 */
public final class Memfd implements AutoCloseable {
    /** A run of pages that were touched; in bytes. */
    public record Extent(long offset, long length) {}

    private final int fd;
    private final long size;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Memfd(int fd, long size) {
        this.fd = fd;
        this.size = size;
    }

    /**
     * Makes one, filled with zeros; pages are taken from the host when first touched.
     *
     * @param name shown in {@code /proc/PID/maps}
     * @param size in bytes
     * @throws dev.ktstr.vm.VmException when the host refuses
     */
    public static Memfd create(String name, long size) {
        return create(name, size, false);
    }

    /** The same of ordinary pages, or of huge pages of 2 MiB; then {@code size} is a multiple of that. */
    public static Memfd create(String name, long size, boolean hugePages) {
        int fd;
        try {
            fd = LibC.memfd_create(name, LibC.MFD_CLOEXEC | (hugePages ? LibC.MFD_HUGETLB | LibC.MFD_HUGE_2MB : 0));
        } catch (LastErrorException e) {
            throw LibC.failure("memfd_create(" + name + ")", e);
        }
        Memfd made = new Memfd(fd, size);
        try {
            LibC.ftruncate(fd, size);
        } catch (LastErrorException e) {
            made.close();
            throw LibC.failure("setting the size of memfd " + name + " to " + size + " bytes", e);
        }
        return made;
    }

    /** Size in bytes. */
    public long size() {
        return size;
    }

    /** A path by which another process of this user can open it while this process holds it. */
    public String path() {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + fd;
    }

    /**
     * The parts that hold pages, in order. To read elsewhere would give zeros, and take a page from the host for each.
     *
     * @throws dev.ktstr.vm.VmException when the host refuses
     */
    public List<Extent> data() {
        List<Extent> extents = new ArrayList<>();
        try {
            for (long at = 0; at < size; ) {
                long start = FileC.lseek(fd, at, FileC.SEEK_DATA);
                long end = FileC.lseek(fd, start, FileC.SEEK_HOLE);
                extents.add(new Extent(start, end - start));
                at = end;
            }
        } catch (LastErrorException e) {
            // lseek(2): no data behind the offset.
            if (e.getErrorCode() != FileC.ENXIO) {
                throw LibC.failure("looking for the touched pages of guest RAM", e);
            }
        }
        return extents;
    }

    /** Maps all of it, readable and writable, shared. */
    public Mapping map() {
        return Mapping.ofFile(fd, size, "guest RAM");
    }

    /**
     * Maps all of it so that writes stay in the mapping. What this holds no pages of is no part of it.
     *
     * @param parts those of {@link #data()}, joined where little lies between
     */
    public Mapping mapCopyOnWrite(List<Extent> parts) {
        return Mapping.copyOnWrite(fd, size, parts, "saved RAM");
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Fds.close(fd);
        }
    }
}
