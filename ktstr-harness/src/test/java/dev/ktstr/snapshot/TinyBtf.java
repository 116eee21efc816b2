package dev.ktstr.snapshot;

import dev.ktstr.vm.btf.Btf;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Types written by hand, in the format of {@code include/uapi/linux/btf.h}. */
final class TinyBtf {
    private static final int INT = 1;
    private static final int PTR = 2;
    private static final int ARRAY = 3;
    private static final int STRUCT = 4;
    private static final int ENUM = 6;
    private static final int VAR = 14;
    private static final int DATASEC = 15;

    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final List<Integer> words = new ArrayList<>();
    private int types;

    TinyBtf() {
        strings.write(0);
    }

    private int name(String name) {
        int at = strings.size();
        strings.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        strings.write(0);
        return name.isEmpty() ? 0 : at;
    }

    private int type(String name, int kind, int count, int sizeOrType, int... more) {
        words.add(name(name));
        words.add(kind << 24 | count);
        words.add(sizeOrType);
        for (int word : more) {
            words.add(word);
        }
        return ++types;
    }

    int integer(String name, int size) {
        return type(name, INT, 0, size, size * 8);
    }

    int pointer(int to) {
        return type("", PTR, 0, to);
    }

    int array(int of, int count) {
        return type("", ARRAY, 0, 0, of, of, count);
    }

    int enumeration(String name, String constant, int value) {
        return type(name, ENUM, 1, 4, name(constant), value);
    }

    /** Members as name, type, offset in bytes. */
    int struct(String name, int size, Object... members) {
        int[] all = new int[members.length];
        for (int i = 0; i < members.length; i += 3) {
            all[i] = name((String) members[i]);
            all[i + 1] = (Integer) members[i + 1];
            all[i + 2] = (Integer) members[i + 2] * 8;
        }
        return type(name, STRUCT, members.length / 3, size, all);
    }

    /** Variables as name, type, offset and size in bytes. */
    int section(String name, int size, Object... variables) {
        int[] all = new int[variables.length / 4 * 3];
        for (int i = 0; i < variables.length / 4; i++) {
            all[3 * i] = type((String) variables[4 * i], VAR, 0, (Integer) variables[4 * i + 1], 1);
            all[3 * i + 1] = (Integer) variables[4 * i + 2];
            all[3 * i + 2] = (Integer) variables[4 * i + 3];
        }
        return type(name, DATASEC, variables.length / 4, size, all);
    }

    Btf parse() {
        byte[] names = strings.toByteArray();
        ByteBuffer out =
                ByteBuffer.allocate(24 + words.size() * 4 + names.length).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
        out.putInt(0).putInt(words.size() * 4).putInt(words.size() * 4).putInt(names.length);
        words.forEach(out::putInt);
        return Btf.parse(out.put(names).array());
    }
}
