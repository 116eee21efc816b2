package dev.ktstr.guest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes small ELF files for tests: a header, two or three program headers, a dynamic section, strings. */
final class ElfBytes {
    private static final int STRINGS_AT = 1024;

    private final List<long[]> tags = new ArrayList<>();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private int machine = ElfFile.EM_X86_64;
    private int interpreterAt = -1;
    private int interpreterLength;

    ElfBytes() {
        strings.write(0);
    }

    ElfBytes machine(int value) {
        machine = value;
        return this;
    }

    ElfBytes needed(String name) {
        return tag(1, name);
    }

    ElfBytes runpath(String path) {
        return tag(29, path);
    }

    ElfBytes rpath(String path) {
        return tag(15, path);
    }

    ElfBytes interpreter(String path) {
        interpreterAt = STRINGS_AT + add(path);
        interpreterLength = path.length() + 1;
        return this;
    }

    private ElfBytes tag(long tag, String value) {
        tags.add(new long[] {tag, add(value)});
        return this;
    }

    private int add(String value) {
        int at = strings.size();
        strings.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        strings.write(0);
        return at;
    }

    byte[] bytes() {
        ByteBuffer out = ByteBuffer.allocate(STRINGS_AT + strings.size()).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        out.putShort(16, (short) ElfFile.ET_DYN).putShort(18, (short) machine).putLong(32, 64);
        out.putShort(54, (short) 56).putShort(56, (short) (interpreterAt < 0 ? 2 : 3));
        segment(out, 64, 1, 0, out.capacity());
        segment(out, 120, 2, 256, 16L * (tags.size() + 3));
        if (interpreterAt >= 0) {
            segment(out, 176, 3, interpreterAt, interpreterLength);
        }
        int at = 256;
        for (long[] tag : tags) {
            out.putLong(at, tag[0]).putLong(at + 8, tag[1]);
            at += 16;
        }
        out.putLong(at, 5).putLong(at + 8, STRINGS_AT);
        out.putLong(at + 16, 10).putLong(at + 24, strings.size());
        out.position(STRINGS_AT).put(strings.toByteArray());
        return out.array();
    }

    private static void segment(ByteBuffer out, int at, int type, long offset, long size) {
        out.putInt(at, type).putLong(at + 8, offset).putLong(at + 16, offset).putLong(at + 32, size);
    }
}
