package dev.ktstr.vm.btf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes BTF word by word, right or wrong as a test wants it. */
public final class BtfWriter {
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final List<Integer> words = new ArrayList<>();
    private final int firstString;
    private int types;

    public BtfWriter() {
        this(0, 1);
    }

    /** For split BTF: how many bytes of strings, and which type id, its own begin with. */
    public BtfWriter(int firstString, int firstId) {
        this.firstString = firstString;
        this.types = firstId - 1;
        strings.write(0);
    }

    /** Adds a name, gives its offset. */
    public int name(String name) {
        if (name.isEmpty()) {
            return 0;
        }
        int at = strings.size() + firstString;
        strings.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        strings.write(0);
        return at;
    }

    /** Adds a type, gives its id. */
    public int type(String name, BtfKind kind, boolean flag, int vlen, int sizeOrType, int... more) {
        words.add(name(name));
        words.add((flag ? 1 << 31 : 0) | number(kind) << 24 | vlen);
        words.add(sizeOrType);
        for (int word : more) {
            words.add(word);
        }
        return ++types;
    }

    /** The kind's number in the format: its place, for {@link BtfKind} is in the order of the header. */
    private static int number(BtfKind kind) {
        return List.of(BtfKind.values()).indexOf(kind);
    }

    public int integer(String name, int size, boolean signed) {
        return type(name, BtfKind.INT, false, 0, size, (signed ? 1 << 24 : 0) | size * 8);
    }

    public byte[] bytes() {
        byte[] names = strings.toByteArray();
        ByteBuffer out =
                ByteBuffer.allocate(24 + words.size() * 4 + names.length).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
        out.putInt(0).putInt(words.size() * 4).putInt(words.size() * 4).putInt(names.length);
        words.forEach(out::putInt);
        return out.put(names).array();
    }

    public int stringBytes() {
        return strings.size();
    }

    /** A struct with an anonymous union, a bit-field, an array and an enum; what the tests and the corpus begin with. */
    public static BtfWriter sample() {
        BtfWriter w = new BtfWriter();
        int u32 = w.integer("u32", 4, false);
        int s64 = w.integer("s64", 8, true);
        int chars = w.integer("char", 1, true);
        int text = w.type("", BtfKind.ARRAY, false, 0, 0, chars, u32, 16);
        int typedef = w.type("counter_t", BtfKind.TYPEDEF, false, 0, w.type("", BtfKind.CONST, false, 0, s64));
        int state = w.type("state", BtfKind.ENUM, true, 2, 4, w.name("STATE_OFF"), -1, w.name("STATE_ON"), 1);
        w.type("wide", BtfKind.ENUM64, false, 1, 8, w.name("WIDE"), 1, 2);
        int union = w.type("", BtfKind.UNION, false, 2, 8, w.name("low"), u32, 0, w.name("all"), typedef, 0);
        int inner =
                w.type("inner", BtfKind.STRUCT, true, 2, 4, w.name("a"), u32, 3 << 24, w.name("b"), u32, 5 << 24 | 3);
        int inners = w.type("", BtfKind.ARRAY, false, 0, 0, inner, u32, 3);
        w.type(
                "task",
                BtfKind.STRUCT,
                false,
                5,
                48,
                w.name("comm"),
                text,
                0,
                0,
                union,
                128,
                w.name("state"),
                state,
                192,
                w.name("inners"),
                inners,
                224,
                w.name("next"),
                w.type("", BtfKind.PTR, false, 0, 0),
                320);
        return w;
    }
}
