package dev.ktstr.vm.btf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Bytes with their type: a value, or a part of one. Holds a copy of what was read; immutable as long as the caller leaves the
 * bytes alone.
 *
 * @param btf where the type is from
 * @param where type and place in {@code bytes}
 * @param bytes the whole value
 */
@SuppressWarnings("ArrayRecordComponent") // A view that is never compared.
public record BtfValue(Btf btf, BtfField where, byte[] bytes) {
    private static final int MAX_ELEMENTS = 64;
    private static final int MAX_DEPTH = 8;
    private static final int MAX_NAMES = 1 << 16;
    private static final int MAX_TEXT = 1 << 18;

    /** All of {@code bytes} as a type. */
    public static BtfValue of(Btf btf, int type, byte[] bytes) {
        return new BtfValue(btf, new BtfField("value", 0, 0, type), bytes);
    }

    /** A part of it: {@code ctx.cpus[3].load}. @throws BtfException naming the parts there are when there is none such */
    public BtfValue get(String path) {
        BtfField field = btf.field(where.type(), path);
        return new BtfValue(
                btf,
                new BtfField(
                        where.path() + "." + path,
                        where.bitOffset() + field.bitOffset(),
                        field.bitSize(),
                        field.type()),
                bytes);
    }

    private BtfType type() {
        return btf.type(btf.resolve(where.type()));
    }

    /**
     * A number: an integer, bool, bit-field, enum or pointer. Unsigned 64-bit values are held as their two's complement.
     *
     * @throws BtfException when it is something else, or lies outside of the bytes
     */
    public long asLong() {
        BtfType type = type();
        int bits;
        switch (type.kind()) {
            case INT, ENUM, ENUM64 -> bits = where.bitSize() != 0 ? where.bitSize() : type.size() * 8;
            case PTR -> bits = Long.SIZE;
            default ->
                throw new BtfException("'" + where.path() + "' is no number but " + type.kind()
                        + (type.name().isEmpty() ? "" : " '" + type.name() + "'"));
        }
        return number(bits, type.signed());
    }

    private long number(int bits, boolean signed) {
        if (bits <= 0 || bits > Long.SIZE) {
            throw new BtfException("'" + where.path() + "' has " + bits + " bits");
        }
        long first = where.bitOffset() >> 3;
        int shift = (int) (where.bitOffset() & 7);
        int count = (bits + shift + 7) / 8;
        checkInside(first, count);
        long value = 0;
        for (int i = 0; i < count; i++) {
            long b = bytes[(int) first + i] & 0xffL;
            int to = i * 8 - shift;
            value |= to < 0 ? b >>> -to : b << to;
        }
        int unused = Long.SIZE - bits;
        return signed ? value << unused >> unused : value << unused >>> unused;
    }

    private void checkInside(long first, long count) {
        if (first < 0 || count < 0 || first + count > bytes.length) {
            throw new BtfException("'" + where.path() + "' lies at [" + first + ", +" + count + "), outside of the "
                    + bytes.length + " bytes that were read");
        }
    }

    /** The name of an enum's value, or empty when it has none. @throws BtfException when it is no enum */
    public Optional<String> asEnumName() {
        BtfKind kind = type().kind();
        if (kind != BtfKind.ENUM && kind != BtfKind.ENUM64) {
            throw new BtfException("'" + where.path() + "' is no enum but " + kind);
        }
        return btf.constantName(where.type(), asLong());
    }

    /** An array of bytes as text, up to its first zero byte. @throws BtfException when it is something else */
    public String asText() {
        BtfType type = type();
        if (type.kind() != BtfKind.ARRAY || btf.size(type.ref()) != 1) {
            throw new BtfException("'" + where.path() + "' is no text but " + type.kind());
        }
        checkInside(where.offset(), type.count());
        int end = where.offset();
        while (end < where.offset() + type.count() && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, where.offset(), end - where.offset(), StandardCharsets.UTF_8);
    }

    /** Elements of an array. @throws BtfException when it is none */
    public long length() {
        BtfType type = type();
        if (type.kind() != BtfKind.ARRAY) {
            throw new BtfException("'" + where.path() + "' is no array but " + type.kind());
        }
        return type.count();
    }

    /** Names of a struct's members, anonymous ones looked through; empty for what is no struct. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        collect(btf.resolve(where.type()), names, 0);
        return names;
    }

    private void collect(int id, List<String> names, int depth) {
        if (depth == MAX_DEPTH || !btf.kind(id).isComposite()) {
            return;
        }
        for (BtfType.Member member : btf.type(id).members()) {
            if (names.size() == MAX_NAMES) {
                throw new BtfException("'" + where.path() + "' has more than " + MAX_NAMES + " members; it is cyclic");
            } else if (member.name().isEmpty()) {
                collect(btf.resolve(member.type()), names, depth + 1);
            } else {
                names.add(member.name());
            }
        }
    }

    /** In words, as a failure shows it: {@code {nr=3, state=RUNNING}}. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        print(out, 0);
        return out.toString();
    }

    private void print(StringBuilder out, int depth) {
        if (out.length() > MAX_TEXT) {
            out.append("…");
            return;
        }
        BtfType type = type();
        switch (type.kind()) {
            case STRUCT, UNION -> printMembers(out, depth);
            case ARRAY -> printElements(out, type, depth);
            case PTR -> out.append("0x").append(Long.toHexString(asLong()));
            case ENUM, ENUM64 -> out.append(asEnumName().orElseGet(() -> Long.toString(asLong())));
            case INT -> {
                if (type.size() > Long.BYTES) {
                    out.append("(").append(type.size() * 8).append(" bits)");
                } else {
                    long value = asLong();
                    out.append(type.signed() ? Long.toString(value) : Long.toUnsignedString(value));
                }
            }
            default -> out.append("(").append(type.kind()).append(")");
        }
    }

    private void printMembers(StringBuilder out, int depth) {
        if (depth == MAX_DEPTH) {
            out.append("{…}");
            return;
        }
        String separator = "{";
        for (String name : names()) {
            out.append(separator).append(name).append('=');
            get(name).print(out, depth + 1);
            separator = ", ";
        }
        out.append(separator.equals("{") ? "{}" : "}");
    }

    private void printElements(StringBuilder out, BtfType type, int depth) {
        if (type.count() > 0 && btf.size(type.ref()) == 1) {
            String text = asText();
            if (!text.isEmpty() && text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
                out.append('"').append(text).append('"');
                return;
            }
        }
        if (depth == MAX_DEPTH) {
            out.append("[…]");
            return;
        }
        out.append('[');
        for (int i = 0; i < Math.min(type.count(), MAX_ELEMENTS); i++) {
            out.append(i == 0 ? "" : ", ");
            get("[" + i + "]").print(out, depth + 1);
        }
        out.append(type.count() > MAX_ELEMENTS ? ", …]" : "]");
    }
}
