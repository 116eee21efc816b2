package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies a vmlinux without what nobody here reads: of DWARF only the line tables stay, and relocations go.
 *
 * <p>All that is loaded stays where it is, byte for byte. Behind it follow the other sections that stay: symbols, BTF,
 * {@code .debug_line}, {@code .debug_line_str}. A section that goes becomes an {@code SHT_NULL} header, so the indices in
 * symbols and headers stay right. {@code .debug_info} and {@code .debug_abbrev} are replaced by a skeleton: one
 * compilation unit per line table with nothing but its {@code DW_AT_stmt_list}, 17 bytes each, by which addr2line(1), gdb
 * and perf find the tables.
 *
 * <p>Layout: gABI (ELF64), DWARF 5 sections 6.2.4 and 7.5.
 */
final class SlimVmlinux {
    /** Less than this is not worth a rewrite. */
    private static final long WORTH = 4096;

    private static final int SHF_ALLOC = 2;
    private static final int SHF_COMPRESSED = 0x800;
    private static final int SHT_RELA = 4;
    private static final int SHT_NOBITS = 8;
    private static final int SHT_REL = 9;
    private static final int SECTION = 64;
    private static final int MAX_LINES = 512 << 20;
    private static final int MAX_NAMES = 16 << 20;
    private static final int MAX_SEGMENTS = 16 << 20;
    /** Code 1: DW_TAG_compile_unit, no children, DW_AT_stmt_list as DW_FORM_sec_offset; then the end of the table. */
    private static final byte[] ABBREVIATIONS = {1, 0x11, 0, 0x10, 0x17, 0, 0, 0};

    private final ImageFile file;
    private final ByteBuffer header;
    private final ByteBuffer table;
    private final List<Section> sections = new ArrayList<>();

    private SlimVmlinux(ImageFile file) {
        this.file = file;
        this.header = file.read(0, 64, "ELF header");
        int count = header.getShort(60) & 0xffff;
        boolean usual = (header.getShort(58) & 0xffff) == SECTION;
        this.table = usual
                ? file.read(header.getLong(40), count * SECTION, "section header table")
                : ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
        int names = header.getShort(62) & 0xffff;
        if (usual && names < count) {
            byte[] strings = content(names, MAX_NAMES, "section name table");
            for (int i = 0; i < count; i++) {
                Section s = new Section(i, name(strings, table.getInt(i * SECTION)));
                if (s.type() != SHT_NOBITS) {
                    checkInside(s.offset(), s.size(), "section " + s.name);
                }
                sections.add(s);
            }
        }
    }

    /**
     * Copies {@code from} to {@code to}, slimmed when that is worth it.
     *
     * @throws KernelException when it is no readable ELF file, or sections are not inside it
     * @throws IOException when {@code to} cannot be written
     */
    static void copy(Path from, Path to) throws IOException {
        try (ImageFile file = ImageFile.open(from);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(to), 1 << 18)) {
            SlimVmlinux elf = new SlimVmlinux(file);
            if (elf.saving() < WORTH) {
                pipe(file, 0, file.size(), out);
            } else {
                elf.write(out);
            }
        }
    }

    private long saving() {
        return sections.stream()
                .filter(s -> s.goes() || s.isReplaced())
                .mapToLong(Section::size)
                .sum();
    }

    private void write(OutputStream out) throws IOException {
        long loaded = loadedEnd();
        byte[] lines = lines();
        List<Piece> pieces = new ArrayList<>();
        ByteBuffer headers = ByteBuffer.allocate(table.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        headers.put(table.duplicate()).clear();
        long at = loaded;
        for (Section s : sections.stream()
                .sorted(Comparator.comparingLong(Section::offset))
                .toList()) {
            if (s.goes() || (s.isReplaced() && lines == null)) {
                headers.put(s.index * SECTION, new byte[SECTION]);
            } else if (!s.isLoaded() && s.type() != SHT_NOBITS && s.offset() + s.size() > loaded) {
                byte[] content = s.isReplaced() && lines != null ? replaced(s, lines) : null;
                at = align(at, s.alignment());
                long size = content == null ? s.size() : content.length;
                headers.putLong(s.index * SECTION + 24, at).putLong(s.index * SECTION + 32, size);
                if (content != null) {
                    headers.putLong(s.index * SECTION + 8, 0); // it may have been compressed
                }
                pieces.add(new Piece(at, s.offset(), size, content));
                at += size;
            }
        }
        // Each section is inside the file, so more than the file has means that they overlap, some thousand times
        // maybe.
        if (at > file.size() + (1 << 20)) {
            throw new KernelException(file.path() + " is corrupt: its sections overlap");
        }
        long tableAt = align(at, 8);
        ByteBuffer first = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        first.put(header.duplicate()).putLong(40, tableAt);
        out.write(first.array());
        pipe(file, 64, loaded - 64, out);
        long written = loaded;
        for (Piece piece : pieces) {
            pad(out, piece.at - written);
            if (piece.content == null) {
                pipe(file, piece.from, piece.size, out);
            } else {
                out.write(piece.content);
            }
            written = piece.at + piece.size;
        }
        pad(out, tableAt - written);
        out.write(headers.array());
    }

    /** The end of what is loaded, program headers included. */
    private long loadedEnd() {
        long end = 64;
        int count = header.getShort(56) & 0xffff;
        int stride = header.getShort(54) & 0xffff;
        if ((long) count * stride > MAX_SEGMENTS) {
            throw new KernelException(
                    file.path() + " is corrupt: its program headers take " + (long) count * stride + " bytes");
        }
        if (count > 0 && stride >= 56) {
            ByteBuffer segments = file.read(header.getLong(32), count * stride, "program header table");
            end = Math.max(end, header.getLong(32) + (long) count * stride);
            for (int i = 0; i < count; i++) {
                long from = segments.getLong(i * stride + 8);
                long size = segments.getLong(i * stride + 32);
                checkInside(from, size, "segment " + i);
                end = Math.max(end, from + size);
            }
        }
        for (Section s : sections) {
            if (s.isLoaded() && s.type() != SHT_NOBITS) {
                end = Math.max(end, s.offset() + s.size());
            }
        }
        return end;
    }

    private void checkInside(long from, long size, String what) {
        if (from < 0 || size < 0 || size > file.size() || from > file.size() - size) {
            throw new KernelException(file.path() + " is truncated or corrupt: its " + what + " (" + size
                    + " bytes at offset " + from + ") is not inside the file of " + file.size() + " bytes");
        }
    }

    /** The line tables; null when there are none that can be read as they are. */
    private byte @Nullable [] lines() {
        for (Section s : sections) {
            if (s.name.equals(".debug_line") && (s.flags() & SHF_COMPRESSED) == 0 && s.type() != SHT_NOBITS) {
                return content(s.index, MAX_LINES, "line table");
            }
        }
        return null;
    }

    private static byte[] replaced(Section s, byte[] lines) {
        return s.name.equals(".debug_abbrev") ? ABBREVIATIONS.clone() : units(lines);
    }

    /** A compilation unit of DWARF 5 for every line table; stops at one that is not well-formed. */
    private static byte[] units(byte[] lines) {
        ByteArrayOutputStream units = new ByteArrayOutputStream();
        ByteBuffer tables = ByteBuffer.wrap(lines).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (at + 6 <= lines.length) {
            long length = tables.getInt(at) & 0xffffffffL;
            if (length < 2 || length > lines.length - at - 4L) {
                break;
            }
            ByteBuffer unit = ByteBuffer.allocate(17).order(ByteOrder.LITTLE_ENDIAN);
            // unit_length, version, DW_UT_compile, address_size, debug_abbrev_offset, abbreviation code,
            // DW_AT_stmt_list
            unit.putInt(13)
                    .putShort((short) 5)
                    .put((byte) 1)
                    .put((byte) 8)
                    .putInt(0)
                    .put((byte) 1)
                    .putInt(at);
            units.writeBytes(unit.array());
            at += (int) length + 4;
        }
        return units.toByteArray();
    }

    private byte[] content(int index, int limit, String what) {
        long size = table.getLong(index * SECTION + 32);
        if (size < 0 || size > limit) {
            throw new KernelException(file.path() + " is corrupt: its " + what + " claims "
                    + Long.toUnsignedString(size) + " bytes; more than " + limit + " is not read");
        }
        return file.read(table.getLong(index * SECTION + 24), (int) size, what).array();
    }

    private static String name(byte[] strings, int offset) {
        int end = offset;
        while (end >= 0 && end < strings.length && strings[end] != 0) {
            end++;
        }
        return offset < 0 || end >= strings.length
                ? ""
                : new String(strings, offset, end - offset, StandardCharsets.ISO_8859_1);
    }

    private static long align(long at, long alignment) {
        boolean usual = Long.bitCount(alignment) == 1 && alignment > 0 && alignment <= 4096;
        return usual ? (at + alignment - 1) & -alignment : at;
    }

    private static void pad(OutputStream out, long bytes) throws IOException {
        out.write(new byte[(int) bytes]);
    }

    private static void pipe(ImageFile file, long from, long size, OutputStream out) throws IOException {
        InputStream in = file.stream(from, size, "content");
        if (in.transferTo(out) != size) {
            throw new KernelException(file.path() + " shrank while it was read");
        }
    }

    /** A stretch of the copy: from the file, or {@code content}. */
    private static final class Piece {
        final long at;
        final long from;
        final long size;
        final byte @Nullable [] content;

        Piece(long at, long from, long size, byte @Nullable [] content) {
            this.at = at;
            this.from = from;
            this.size = size;
            this.content = content;
        }
    }

    private final class Section {
        final int index;
        final String name;

        Section(int index, String name) {
            this.index = index;
            this.name = name;
        }

        int type() {
            return table.getInt(index * SECTION + 4);
        }

        long flags() {
            return table.getLong(index * SECTION + 8);
        }

        long offset() {
            return table.getLong(index * SECTION + 24);
        }

        long size() {
            return table.getLong(index * SECTION + 32);
        }

        long alignment() {
            return table.getLong(index * SECTION + 48);
        }

        boolean isLoaded() {
            return (flags() & SHF_ALLOC) != 0;
        }

        boolean isReplaced() {
            return !isLoaded() && (name.equals(".debug_info") || name.equals(".debug_abbrev"));
        }

        boolean goes() {
            boolean relocations = type() == SHT_RELA || type() == SHT_REL;
            boolean debug = name.startsWith(".debug_") && !name.startsWith(".debug_line") && !isReplaced();
            return !isLoaded() && (relocations || debug);
        }
    }
}
