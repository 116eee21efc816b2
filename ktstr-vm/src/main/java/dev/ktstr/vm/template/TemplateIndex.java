package dev.ktstr.vm.template;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a template file holds and where: the key, and every part with its checksum.
 *
 * @param parts console first, devices second, then RAM in ascending order
 */
record TemplateIndex(TemplateKey key, long createdAtMs, List<Part> parts) {
    static final int PAGE = 4096;
    static final int CONSOLE = 0;
    static final int DEVICES = 1;
    static final int FIRST_RAM = 2;

    /** Console and devices are far below this, and RAM comes in smaller parts. */
    static final int MAX_PART = 64 << 20;

    private static final int MAX_KEY = 1 << 20;
    private static final int PART_BYTES = 8 + 8 + 4 + 4;

    /**
     * A part.
     *
     * @param ramOffset from the start of node 0; 0 for console and devices
     * @param at where it lies in the file
     * @param length in bytes
     * @param crc its CRC-32C
     */
    record Part(long ramOffset, long at, int length, int crc) {}

    TemplateIndex {
        parts = List.copyOf(parts);
    }

    byte[] encode() {
        byte[] text = key.text().getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(8 + 4 + text.length + 4 + parts.size() * PART_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(createdAtMs).putInt(text.length).put(text).putInt(parts.size());
        for (Part part : parts) {
            out.putLong(part.ramOffset).putLong(part.at).putInt(part.length).putInt(part.crc);
        }
        return out.array();
    }

    /**
     * Decodes.
     *
     * @param end first byte of the file that belongs to no part
     * @throws IOException when the bytes are no index, or a part lies outside of the file or of what a part may be
     */
    static TemplateIndex decode(byte[] bytes, long end) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            long created = in.getLong();
            int length = in.getInt();
            if (length < 0 || length > MAX_KEY || length > in.remaining()) {
                throw new IOException("its key has " + length + " bytes");
            }
            byte[] text = new byte[length];
            in.get(text);
            int count = in.getInt();
            if (count < FIRST_RAM || count != in.remaining() / PART_BYTES || in.remaining() % PART_BYTES != 0) {
                throw new IOException("its index says " + count + " parts in " + in.remaining() + " bytes");
            }
            List<Part> parts = new ArrayList<>(count);
            long ramEnd = 0;
            for (int i = 0; i < count; i++) {
                Part part = new Part(in.getLong(), in.getLong(), in.getInt(), in.getInt());
                check(part, i, end, ramEnd);
                ramEnd = i < FIRST_RAM ? 0 : part.ramOffset + part.length;
                parts.add(part);
            }
            return new TemplateIndex(new TemplateKey(new String(text, StandardCharsets.UTF_8)), created, parts);
        } catch (BufferUnderflowException e) {
            throw new IOException("its index is cut off", e);
        }
    }

    private static void check(Part part, int i, long end, long ramEnd) throws IOException {
        boolean ram = i >= FIRST_RAM;
        boolean inFile = part.length >= 0
                && part.length <= MAX_PART
                && part.at >= PAGE
                && part.at <= end
                && part.length <= end - part.at;
        boolean page = part.length > 0
                && part.length % PAGE == 0
                && part.ramOffset % PAGE == 0
                && part.ramOffset >= ramEnd
                && part.ramOffset <= Long.MAX_VALUE - part.length;
        if (!inFile || (ram && !page)) {
            throw new IOException("part " + i + " of its index cannot be: " + part);
        }
    }

    /** Bytes of all parts of RAM. */
    long ramBytes() {
        return parts.stream().skip(FIRST_RAM).mapToLong(Part::length).sum();
    }
}
