package dev.ktstr.vm.kvm.acpi;

import java.nio.charset.StandardCharsets;

/** Writes the few terms of ACPI machine language that a DSDT without methods needs (chapter 20). */
final class Aml {
    private static final int NAME_OP = 0x08;
    private static final int STRING_PREFIX = 0x0d;
    private static final int SCOPE_OP = 0x10;
    private static final int BUFFER_OP = 0x11;
    private static final int PACKAGE_OP = 0x12;
    private static final int EXTENDED = 0x5b;
    private static final int DEVICE_OP = 0x82;
    private static final int BYTE_PREFIX = 0x0a;
    private static final int WORD_PREFIX = 0x0b;
    private static final int DWORD_PREFIX = 0x0c;

    private Aml() {}

    /** Joins terms. */
    static byte[] terms(byte[]... terms) {
        Bytes all = new Bytes();
        for (byte[] term : terms) {
            all.put(term);
        }
        return all.toArray();
    }

    /** {@code Scope (path) {terms}}; a path is one name of four letters, perhaps after a backslash. */
    static byte[] scope(String path, byte[]... terms) {
        return packaged(new Bytes().u8(SCOPE_OP), terms(ascii(path), terms(terms)));
    }

    /** {@code Device (name) {terms}}. */
    static byte[] device(String name, byte[]... terms) {
        return packaged(new Bytes().u8(EXTENDED).u8(DEVICE_OP), terms(ascii(name), terms(terms)));
    }

    /** {@code Name (name, value)}. */
    static byte[] name(String name, byte[] value) {
        return new Bytes().u8(NAME_OP).ascii(name).put(value).toArray();
    }

    /** {@code Package () {elements}}. */
    static byte[] pkg(byte[]... elements) {
        return packaged(new Bytes().u8(PACKAGE_OP), terms(new byte[] {(byte) elements.length}, terms(elements)));
    }

    /** {@code Buffer () {bytes}}. */
    static byte[] buffer(byte[] bytes) {
        return packaged(new Bytes().u8(BUFFER_OP), terms(integer(bytes.length), bytes));
    }

    /** An integer of up to 32 bits, in its shortest form. */
    static byte[] integer(long value) {
        if (value == 0 || value == 1) {
            return new byte[] {(byte) value}; // ZeroOp, OneOp
        }
        if (value <= 0xff) {
            return new Bytes().u8(BYTE_PREFIX).u8((int) value).toArray();
        }
        if (value <= 0xffff) {
            return new Bytes().u8(WORD_PREFIX).u16((int) value).toArray();
        }
        return new Bytes().u8(DWORD_PREFIX).u32(value).toArray();
    }

    /** {@code "text"}. */
    static byte[] string(String text) {
        return new Bytes().u8(STRING_PREFIX).ascii(text).u8(0).toArray();
    }

    /** {@code EisaId ("PNP0501")}: three letters of five bits and four hex digits, big-endian (section 19.6.36). */
    static byte[] eisaId(String id) {
        int vendor = 0;
        for (int i = 0; i < 3; i++) {
            vendor = vendor << 5 | (id.charAt(i) - 0x40);
        }
        int value = vendor << 16 | Integer.parseInt(id.substring(3), 16);
        return new Bytes()
                .u8(DWORD_PREFIX)
                .u32(Integer.reverseBytes(value) & 0xffffffffL)
                .toArray();
    }

    /** Puts the package's length before it; the length counts its own one to four bytes (section 20.2.4). */
    private static byte[] packaged(Bytes op, byte[] content) {
        int length = content.length + 1;
        if (length <= 0x3f) {
            return op.u8(length).put(content).toArray();
        }
        int more = 1;
        while (length + more >= 1 << (4 + 8 * more)) {
            more++;
        }
        length += more;
        op.u8(more << 6 | (length & 0xf));
        for (int i = 0; i < more; i++) {
            op.u8(length >>> (4 + 8 * i));
        }
        return op.put(content).toArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
