package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a vmlinux ELF tells about itself: its release, its BTF, whether it has a PVH entry.
 *
 * <p>Layout: the gABI's ELF64 header (e_machine at 18, e_phoff at 32, e_shoff at 40), program headers of 56 bytes,
 * section headers of 64.
 */
public final class ElfImage {
    private static final int EM_X86_64 = 62;
    private static final int PT_NOTE = 4;
    private static final int SHT_NOBITS = 8;
    /** {@code XEN_ELFNOTE_PHYS32_ENTRY} in {@code include/xen/interface/elfnote.h}: the PVH entry point. */
    private static final int PVH_NOTE = 18;

    private static final int MAX_NOTES = 1 << 20;
    private static final int MAX_NAMES = 16 << 20;
    private static final int MAX_TABLE = 16 << 20;
    private static final int MAX_BTF = 256 << 20;
    private static final int CHUNK = 1 << 20;
    private static final int MAX_BANNER = 512;
    private static final byte[] BANNER = "Linux version ".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern RELEASE = Pattern.compile("Linux version (\\d+\\.\\d+[^\\s()]{0,200}) \\(");

    private final ImageFile file;
    private final ByteBuffer header;

    private ElfImage(ImageFile file, ByteBuffer header) {
        this.file = file;
        this.header = header;
    }

    /** Tells whether a file has the ELF magic. */
    public static boolean isOne(ImageFile file) {
        return file.size() >= 4 && file.read(0, 4, "magic").getInt() == 0x464c457f;
    }

    /**
     * Reads the ELF header.
     *
     * @throws KernelException when it is not of x86_64
     */
    public static ElfImage read(ImageFile file) {
        ByteBuffer h = file.read(0, 64, "ELF header");
        boolean elf64Little = h.get(4) == 2 && h.get(5) == 1;
        int machine = h.getShort(18) & 0xffff;
        if (!elf64Little || machine != EM_X86_64) {
            throw new KernelException(file.path() + " is of another architecture (" + machineName(machine, elf64Little)
                    + "); an x86_64 kernel is needed");
        }
        return new ElfImage(file, h);
    }

    /** The release from the banner {@code Linux version 6.14.2 (...)}; null when the file has none, so is no kernel. */
    public @Nullable String release() {
        int overlap = MAX_BANNER;
        for (long from = 0; from < file.size(); from += CHUNK) {
            int length = (int) Math.min(CHUNK + overlap, file.size() - from);
            byte[] bytes = file.read(from, length, "data").array();
            for (int at = indexOf(bytes, BANNER, 0); at >= 0; at = indexOf(bytes, BANNER, at + 1)) {
                int end = Math.min(bytes.length, at + MAX_BANNER);
                Matcher m = RELEASE.matcher(new String(bytes, at, end - at, StandardCharsets.ISO_8859_1));
                if (m.lookingAt()) {
                    return m.group(1);
                }
            }
        }
        return null;
    }

    /**
     * The content of the section {@code .BTF}; null when there is none.
     *
     * @throws KernelException when the section table or the BTF header is broken
     */
    public byte @Nullable [] btf() {
        ByteBuffer section = section(".BTF");
        if (section == null) {
            return null;
        }
        byte[] btf = bytes(section.getLong(24), section.getLong(32), MAX_BTF, ".BTF section");
        Btf.check(btf, file.path());
        return btf;
    }

    /** Size of a section in bytes; 0 when there is none. */
    public long sectionSize(String name) {
        ByteBuffer section = section(name);
        return section == null ? 0 : Math.max(0, section.getLong(32));
    }

    /** Tells whether QEMU and our VMM can enter the ELF directly, by the PVH boot ABI. */
    public boolean hasPvhEntry() {
        int count = header.getShort(56) & 0xffff;
        if (count == 0) {
            return false;
        }
        ByteBuffer table = table(header.getLong(32), header.getShort(54) & 0xffff, 56, count, "program headers");
        int stride = header.getShort(54) & 0xffff;
        for (int i = 0; i < count; i++) {
            int at = i * stride;
            if (table.getInt(at) == PT_NOTE) {
                byte[] notes = bytes(table.getLong(at + 8), table.getLong(at + 32), MAX_NOTES, "notes");
                if (hasPvhNote(ByteBuffer.wrap(notes).order(header.order()))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean hasPvhNote(ByteBuffer notes) {
        while (notes.remaining() >= 12) {
            long nameSize = notes.getInt() & 0xffffffffL;
            long descSize = notes.getInt() & 0xffffffffL;
            int type = notes.getInt();
            long next = align4(nameSize) + align4(descSize);
            if (next > notes.remaining()) {
                return false;
            }
            int at = notes.position();
            if (type == PVH_NOTE && nameSize == 4 && notes.getInt(at) == 0x006e6558) {
                return true;
            }
            notes.position(at + (int) next);
        }
        return false;
    }

    private @Nullable ByteBuffer section(String wanted) {
        int count = header.getShort(60) & 0xffff;
        int stride = header.getShort(58) & 0xffff;
        int namesIndex = header.getShort(62) & 0xffff;
        if (count == 0) {
            return null;
        }
        ByteBuffer table = table(header.getLong(40), stride, 64, count, "section headers");
        if (namesIndex >= count) {
            throw new KernelException(
                    file.path() + " is corrupt: its section names are section " + namesIndex + " of " + count);
        }
        int namesAt = namesIndex * stride;
        byte[] names = bytes(table.getLong(namesAt + 24), table.getLong(namesAt + 32), MAX_NAMES, "section name table");
        byte[] name = (wanted + "\0").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < count; i++) {
            ByteBuffer section = table.slice(i * stride, 64).order(header.order());
            long at = section.getInt(0) & 0xffffffffL;
            if (at + name.length <= names.length
                    && Arrays.equals(names, (int) at, (int) at + name.length, name, 0, name.length)
                    && section.getInt(4) != SHT_NOBITS) {
                return section;
            }
        }
        return null;
    }

    private ByteBuffer table(long offset, int stride, int least, int count, String what) {
        if (stride < least) {
            throw new KernelException(
                    file.path() + " is corrupt: its " + what + " are " + stride + " bytes each, expected " + least);
        }
        long length = (long) stride * count;
        if (length > MAX_TABLE) {
            throw new KernelException(file.path() + " is corrupt: its " + what + " take " + length + " bytes");
        }
        return file.read(offset, (int) length, what + " table");
    }

    private byte[] bytes(long offset, long length, int limit, String what) {
        if (length < 0 || length > limit) {
            throw new KernelException(file.path() + " is corrupt: its " + what + " claims "
                    + Long.toUnsignedString(length) + " bytes; more than " + limit + " is not read");
        }
        return file.read(offset, (int) length, what).array();
    }

    private static long align4(long n) {
        return (n + 3) & ~3L;
    }

    static int indexOf(byte[] in, byte[] wanted, int from) {
        int last = in.length - wanted.length;
        for (int at = from; at <= last; at++) {
            if (in[at] == wanted[0] && Arrays.equals(in, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }

    private static String machineName(int machine, boolean elf64Little) {
        return switch (machine) {
            case 3 -> "i386";
            case 40 -> "arm";
            case 183 -> "aarch64";
            case 243 -> "riscv";
            case EM_X86_64 -> elf64Little ? "x86_64" : "x86_64, not 64-bit little-endian";
            default -> "ELF machine " + machine;
        };
    }
}
