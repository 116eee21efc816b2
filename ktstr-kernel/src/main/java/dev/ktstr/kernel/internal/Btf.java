package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Raw BTF, as far as this module looks into it: the header and the string section.
 *
 * <p>Header ({@code Documentation/bpf/btf.rst}): u16 magic 0xeb9f, u8 version, u8 flags, u32 hdr_len, type_off,
 * type_len, str_off, str_len; the offsets count from the end of the header.
 */
public final class Btf {
    private static final int HEADER = 24;

    private Btf() {}

    /**
     * Checks the header.
     *
     * @param from the file it comes from, for the message
     * @throws KernelException when it is not BTF of version 1 or its sections are not inside it
     */
    public static void check(byte[] btf, Path from) {
        strings(btf, from);
    }

    /**
     * Tells whether BTF has a string: the name of a type, a member or a function.
     *
     * @throws KernelException as {@link #check}
     */
    public static boolean hasName(byte[] btf, String name, Path from) {
        ByteBuffer strings = strings(btf, from);
        byte[] wanted = ("\0" + name + "\0").getBytes(StandardCharsets.US_ASCII);
        int at = ElfImage.indexOf(btf, wanted, strings.position());
        return at >= 0 && at + wanted.length <= strings.limit();
    }

    /** The string section, as position and limit of a view of the whole. */
    private static ByteBuffer strings(byte[] btf, Path from) {
        if (btf.length < HEADER) {
            throw corrupt(from, "its BTF has " + btf.length + " bytes, less than a header");
        }
        ByteBuffer b = ByteBuffer.wrap(btf).order(ByteOrder.LITTLE_ENDIAN);
        if ((b.getShort(0) & 0xffff) != 0xeb9f || b.get(2) != 1) {
            throw corrupt(from, "its BTF has no BTF header of version 1");
        }
        long headerLength = b.getInt(4) & 0xffffffffL;
        long start = headerLength + (b.getInt(16) & 0xffffffffL);
        long end = start + (b.getInt(20) & 0xffffffffL);
        long typesEnd = headerLength + (b.getInt(8) & 0xffffffffL) + (b.getInt(12) & 0xffffffffL);
        if (headerLength < HEADER || end > btf.length || typesEnd > btf.length) {
            throw corrupt(from, "the sections of its BTF are not inside its " + btf.length + " bytes");
        }
        return b.limit((int) end).position((int) start);
    }

    private static KernelException corrupt(Path from, String what) {
        return new KernelException(from + " is corrupt: " + what);
    }
}
