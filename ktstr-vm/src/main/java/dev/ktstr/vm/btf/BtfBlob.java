package dev.ktstr.vm.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of one BTF blob: header, types, strings. Every offset in it is checked against them before it is used. */
final class BtfBlob {
    private static final int MAGIC = 0xeb9f;
    private static final int MIN_HEADER = 24;
    private static final int TYPE_HEADER = 12;
    private static final int MAX_BYTES = 512 << 20;

    private final ByteBuffer bytes;
    private final int typeStart;
    private final int typeLength;
    private final int stringStart;
    private final int stringLength;

    BtfBlob(byte[] raw) {
        bytes = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        if (raw.length < MIN_HEADER || raw.length > MAX_BYTES) {
            throw new BtfException("no BTF: " + raw.length + " bytes");
        }
        if (Short.toUnsignedInt(bytes.getShort(0)) != MAGIC) {
            throw new BtfException("no BTF: it begins with 0x" + Integer.toHexString(bytes.getShort(0) & 0xffff)
                    + ", not with 0xeb9f (little-endian)");
        }
        if (raw[2] != 1) {
            throw new BtfException("BTF version " + raw[2] + " is not known, only 1");
        }
        long header = Integer.toUnsignedLong(bytes.getInt(4));
        if (header < MIN_HEADER || header > raw.length) {
            throw new BtfException("BTF header of " + header + " bytes in a blob of " + raw.length);
        }
        typeStart = section("type", header, 8);
        typeLength = bytes.getInt(12);
        stringStart = section("string", header, 16);
        stringLength = bytes.getInt(20);
        if (stringLength > 0 && raw[stringStart + stringLength - 1] != 0) {
            throw new BtfException("the BTF string section does not end with a zero");
        }
    }

    private int section(String name, long header, int at) {
        long start = header + Integer.toUnsignedLong(bytes.getInt(at));
        long length = Integer.toUnsignedLong(bytes.getInt(at + 4));
        if (start + length > bytes.capacity()) {
            throw new BtfException("the BTF " + name + " section [" + start + ", +" + length
                    + ") lies outside of the blob's " + bytes.capacity() + " bytes");
        }
        return (int) start;
    }

    int size() {
        return bytes.capacity();
    }

    int stringLength() {
        return stringLength;
    }

    /** A u32 of the type section. */
    int word(int offset) {
        if (offset < 0 || offset > typeLength - Integer.BYTES) {
            throw new BtfException(
                    "BTF type data at " + offset + " lies outside of the " + typeLength + " bytes of the type section");
        }
        return bytes.getInt(typeStart + offset);
    }

    String string(int offset) {
        checkString(offset);
        int start = stringStart + offset;
        int end = start;
        while (bytes.get(end) != 0) {
            end++;
        }
        return new String(bytes.array(), start, end - start, StandardCharsets.UTF_8);
    }

    private void checkString(int offset) {
        if (offset < 0 || offset >= stringLength) {
            throw new BtfException("BTF name at " + Integer.toUnsignedString(offset) + " lies outside of the "
                    + stringLength + " bytes of the string section");
        }
    }

    boolean stringEquals(int offset, byte[] name) {
        checkString(offset);
        int start = stringStart + offset;
        int end = start + name.length;
        return end < stringStart + stringLength
                && bytes.get(end) == 0
                && Arrays.equals(bytes.array(), start, end, name, 0, name.length);
    }

    static int hash(byte[] name) {
        int hash = 0x811c9dc5;
        for (byte b : name) {
            hash = (hash ^ b) * 0x01000193;
        }
        return hash ^ hash >>> 15;
    }

    private int stringHash(int offset) {
        checkString(offset);
        int hash = 0x811c9dc5;
        byte[] raw = bytes.array();
        for (int i = stringStart + offset; raw[i] != 0; i++) {
            hash = (hash ^ raw[i]) * 0x01000193;
        }
        return hash ^ hash >>> 15;
    }

    /** Walks all types once; name offsets are relative to the {@code baseStrings} bytes of the base. */
    BtfIndex index(int baseStrings) {
        int[] offsets = new int[Math.max(16, typeLength / 24)];
        int count = 0;
        int named = 0;
        for (int at = 0; at < typeLength; ) {
            if (typeLength - at < TYPE_HEADER) {
                throw new BtfException("the last BTF type is cut off");
            }
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, count * 2);
            }
            offsets[count++] = at;
            named += word(at) == 0 ? 0 : 1;
            at = next(at, count);
        }
        offsets = Arrays.copyOf(offsets, count);
        int[] table = new int[Integer.highestOneBit(Math.max(named, 8)) * 4];
        for (int i = 0; i < count; i++) {
            int name = word(offsets[i]) - baseStrings;
            if (name > 0) {
                int slot = stringHash(name) & (table.length - 1);
                while (table[slot] != 0) {
                    slot = (slot + 1) & (table.length - 1);
                }
                table[slot] = i + 1;
            }
        }
        return new BtfIndex(offsets, table);
    }

    private int next(int at, int id) {
        int info = word(at + 4);
        int kindNumber = info >>> 24 & 0x1f;
        BtfKind kind = BtfKind.of(kindNumber)
                .orElseThrow(() -> new BtfException("BTF type " + id + " is of kind " + kindNumber
                        + ", which is not known; the newest known is 19 (ENUM64)"));
        long end = (long) at + TYPE_HEADER + kind.bytesAfterHeader(info & 0xffffff);
        if (end > typeLength) {
            throw new BtfException("BTF type " + id + " (" + kind + ") needs " + (end - at) + " bytes, "
                    + (typeLength - at) + " are left");
        }
        return (int) end;
    }
}
