package dev.ktstr.vm.kvm.boot;

import dev.ktstr.vm.kvm.boot.KernelImage.Load;
import dev.ktstr.vm.kvm.boot.KernelImage.Protocol;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads an ELF kernel: its program headers (System V gABI, chapter 5), and the note that gives the PVH entry. */
final class ElfKernel {
    private static final int HEADER_BYTES = 64;
    private static final int MAGIC = 0x464c457f;
    private static final int CLASS_64_LITTLE_ENDIAN = 0x0102;
    private static final int TYPE_EXEC = 2;
    private static final int TYPE_DYN = 3;
    private static final int MACHINE_X86_64 = 62;
    private static final int PHDR_BYTES = 56;
    private static final int MOST_PHDRS = 64;
    private static final int PT_LOAD = 1;
    private static final int PT_NOTE = 4;
    private static final int MOST_NOTE_BYTES = 1 << 20;
    private static final int NOTE_PVH_ENTRY = 18; // XEN_ELFNOTE_PHYS32_ENTRY
    private static final long MOST_MEMORY = 1L << 30;
    private static final long LAST_ADDRESS = 1L << 32;
    private static final long LAST_INITRD = (3L << 30) - 1;

    private ElfKernel() {}

    /** A program header's fields that matter. */
    private record Segment(int type, long offset, long address, long fileBytes, long memoryBytes) {
        MemoryRange range() {
            return new MemoryRange(address, memoryBytes);
        }
    }

    /** Reads it, or gives empty when the file is not ELF. */
    static Optional<KernelImage> read(KernelBytes file) throws IOException, KernelFormatException {
        if (file.size() < HEADER_BYTES) {
            return Optional.empty();
        }
        ByteBuffer header = file.read(0, HEADER_BYTES);
        if (header.getInt(0) != MAGIC) {
            return Optional.empty();
        }
        int machine = header.getShort(18) & 0xffff;
        if (machine != MACHINE_X86_64 || header.getShort(4) != CLASS_64_LITTLE_ENDIAN) {
            throw new KernelFormatException(
                    "it is an ELF file for machine " + machine + ", wanted x86_64 (" + MACHINE_X86_64 + "), 64 bits");
        }
        int type = header.getShort(16);
        if (type != TYPE_EXEC && type != TYPE_DYN) {
            throw new KernelFormatException(
                    "it is an ELF file of type " + type + ", not an executable; a module perhaps?");
        }
        return Optional.of(image(file, header.getLong(24), segments(file, header)));
    }

    private static KernelImage image(KernelBytes file, long elfEntry, List<Segment> segments)
            throws IOException, KernelFormatException {
        List<Load> loads = new ArrayList<>();
        long start = Long.MAX_VALUE;
        long end = 0;
        for (Segment s : segments) {
            if (s.type == PT_LOAD && s.memoryBytes > 0) {
                if (s.fileBytes > 0) {
                    loads.add(new Load(s.offset, s.fileBytes, s.address));
                }
                start = Math.min(start, s.address);
                end = Math.max(end, s.address + s.memoryBytes);
            }
        }
        if (loads.isEmpty()) {
            throw new KernelFormatException("it is an ELF file without anything to load");
        }
        if (end - start > MOST_MEMORY) {
            throw new KernelFormatException(
                    "its segments lie " + (end - start) + " bytes apart, which no kernel needs");
        }
        OptionalLong pvh = pvhEntry(file, segments);
        long entry = pvh.orElse(elfEntry);
        if (segments.stream()
                        .noneMatch(s -> s.type == PT_LOAD
                                && s.memoryBytes > 0
                                && s.range().contains(new MemoryRange(entry & Long.MAX_VALUE, 1)))
                || entry < 0) {
            throw new KernelFormatException("its entry point 0x" + Long.toHexString(entry)
                    + " is in none of its segments' physical addresses; it is no kernel");
        }
        return new KernelImage(
                pvh.isPresent() ? Protocol.PVH : Protocol.LINUX_64,
                loads,
                entry,
                new MemoryRange(start, end - start),
                0,
                KernelImage.LINUX_COMMAND_LINE,
                LAST_INITRD,
                List.of());
    }

    private static List<Segment> segments(KernelBytes file, ByteBuffer header)
            throws IOException, KernelFormatException {
        long at = header.getLong(32);
        int size = header.getShort(54) & 0xffff;
        int count = header.getShort(56) & 0xffff;
        if (size != PHDR_BYTES || count == 0 || count > MOST_PHDRS || !inside(at, (long) size * count, file.size())) {
            throw new KernelFormatException("its ELF header names " + count + " program headers of " + size
                    + " bytes at byte " + at + " of " + file.size());
        }
        ByteBuffer table = file.read(at, size * count);
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int p = i * size;
            Segment s = new Segment(
                    table.getInt(p),
                    table.getLong(p + 8),
                    table.getLong(p + 24),
                    table.getLong(p + 32),
                    table.getLong(p + 40));
            if (s.type == PT_LOAD || s.type == PT_NOTE) {
                check(i, s, file.size());
                segments.add(s);
            }
        }
        return segments;
    }

    private static void check(int index, Segment s, long fileSize) throws KernelFormatException {
        boolean good = inside(s.offset, s.fileBytes, fileSize)
                && (s.type == PT_NOTE
                        || (s.memoryBytes >= s.fileBytes && inside(s.address, s.memoryBytes, LAST_ADDRESS)));
        if (!good) {
            throw new KernelFormatException("its segment " + index + " is absurd: " + s.fileBytes + " bytes at byte "
                    + s.offset + " of " + fileSize + ", to " + s.memoryBytes + " bytes at 0x"
                    + Long.toHexString(s.address));
        }
    }

    private static boolean inside(long at, long length, long limit) {
        return at >= 0 && length >= 0 && length <= limit && at <= limit - length;
    }

    /** Looks through the notes: name and value are padded to four bytes each. */
    private static OptionalLong pvhEntry(KernelBytes file, List<Segment> segments) throws IOException {
        for (Segment s : segments) {
            if (s.type != PT_NOTE || s.fileBytes > MOST_NOTE_BYTES) {
                continue;
            }
            ByteBuffer notes = file.read(s.offset, (int) s.fileBytes);
            while (notes.remaining() >= 12) {
                long nameBytes = notes.getInt() & 0xffffffffL;
                long valueBytes = notes.getInt() & 0xffffffffL;
                int type = notes.getInt();
                long valueAt = notes.position() + roundUp(nameBytes);
                long next = valueAt + roundUp(valueBytes);
                if (valueAt + valueBytes > notes.limit()) {
                    break;
                }
                if (type == NOTE_PVH_ENTRY && nameBytes == 4 && notes.getInt(notes.position()) == XEN) {
                    if (valueBytes == 4 || valueBytes == 8) {
                        return OptionalLong.of(
                                valueBytes == 8
                                        ? notes.getLong((int) valueAt)
                                        : notes.getInt((int) valueAt) & 0xffffffffL);
                    }
                }
                if (next > notes.limit()) {
                    break;
                }
                notes.position((int) next);
            }
        }
        return OptionalLong.empty();
    }

    /** {@code "Xen\0"}. */
    private static final int XEN = 0x006e6558;

    private static long roundUp(long n) {
        return n + 3 & ~3L;
    }
}
