package dev.ktstr.vm.kvm.aarch64;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a flattened device tree, version 17 (Devicetree Specification v0.4, chapter 5). All numbers are big-endian; a cell
 * is a u32.
 */
final class FdtWriter {
    private static final int MAGIC = 0xd00dfeed;
    private static final int VERSION = 17;
    private static final int LAST_COMPATIBLE_VERSION = 16;
    private static final int HEADER_BYTES = 40;
    private static final int RESERVATION_BYTES = 16;
    private static final int BEGIN_NODE = 1;
    private static final int END_NODE = 2;
    private static final int PROPERTY = 3;
    private static final int END = 9;

    private final ByteArrayOutputStream struct = new ByteArrayOutputStream();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final Map<String, Integer> stringOffsets = new LinkedHashMap<>();
    private int depth;

    /** Opens a node; the root's name is empty. */
    FdtWriter begin(String name) {
        u32(struct, BEGIN_NODE);
        put(struct, zeroTerminated(name));
        pad(struct);
        depth++;
        return this;
    }

    /** Closes the innermost node. */
    FdtWriter end() {
        if (depth == 0) {
            throw new IllegalStateException("no node is open");
        }
        u32(struct, END_NODE);
        depth--;
        return this;
    }

    /** A property without a value, which is true by being there. */
    FdtWriter flag(String name) {
        return property(name, new byte[0]);
    }

    /** A list of strings. */
    FdtWriter strings(String name, String... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String value : values) {
            put(out, zeroTerminated(value));
        }
        return property(name, out.toByteArray());
    }

    /** A list of cells. */
    FdtWriter cells(String name, long... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long value : values) {
            u32(out, (int) value);
        }
        return property(name, out.toByteArray());
    }

    /** A list of pairs of cells: 64-bit numbers. */
    FdtWriter longs(String name, long... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long value : values) {
            u32(out, (int) (value >>> 32));
            u32(out, (int) value);
        }
        return property(name, out.toByteArray());
    }

    private FdtWriter property(String name, byte[] value) {
        u32(struct, PROPERTY);
        u32(struct, value.length);
        u32(struct, stringOffsets.computeIfAbsent(name, n -> {
            int offset = strings.size();
            put(strings, zeroTerminated(n));
            return offset;
        }));
        put(struct, value);
        pad(struct);
        return this;
    }

    /**
     * Finishes the tree.
     *
     * @throws IllegalStateException when a node is still open
     */
    byte[] toBytes() {
        if (depth != 0) {
            throw new IllegalStateException(depth + " nodes are still open");
        }
        u32(struct, END);
        int structAt = HEADER_BYTES + RESERVATION_BYTES;
        int stringsAt = structAt + struct.size();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int[] header = {
            MAGIC,
            stringsAt + strings.size(),
            structAt,
            stringsAt,
            HEADER_BYTES,
            VERSION,
            LAST_COMPATIBLE_VERSION,
            0, // the boot CPU's number
            strings.size(),
            struct.size()
        };
        for (int word : header) {
            u32(all, word);
        }
        put(all, new byte[RESERVATION_BYTES]);
        put(all, struct.toByteArray());
        put(all, strings.toByteArray());
        return all.toByteArray();
    }

    private static byte[] zeroTerminated(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    private static void put(ByteArrayOutputStream out, byte[] bytes) {
        out.writeBytes(bytes);
    }

    private static void pad(ByteArrayOutputStream out) {
        while (out.size() % 4 != 0) {
            out.write(0);
        }
    }

    private static void u32(ByteArrayOutputStream out, int value) {
        try {
            new DataOutputStream(out).writeInt(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array takes all
        }
    }
}
