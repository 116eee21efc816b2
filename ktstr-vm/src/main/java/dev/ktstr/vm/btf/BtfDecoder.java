package dev.ktstr.vm.btf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Decodes single types ({@code include/uapi/linux/btf.h}). */
final class BtfDecoder {
    private static final int HEADER = 12;
    private static final int MAX_BITS_IN_MEMBER = 24;

    private final BtfBlob blob;
    private final IntFunction<String> strings;

    BtfDecoder(BtfBlob blob, IntFunction<String> strings) {
        this.blob = blob;
        this.strings = strings;
    }

    static BtfKind kind(int info) {
        return BtfKind.of(info >>> 24 & 0x1f).orElseThrow(() -> new BtfException("the BTF index is damaged"));
    }

    BtfType decode(int id, int at) {
        int info = blob.word(at + 4);
        BtfKind kind = kind(info);
        boolean flag = info < 0;
        int vlen = info & 0xffffff;
        int sizeOrType = blob.word(at + 8);
        boolean sized = kind.hasSize();
        if (sized && sizeOrType < 0) {
            throw new BtfException("BTF type " + id + " is larger than 2 GiB");
        }
        int size = sized ? sizeOrType : 0;
        int ref = sized || kind == BtfKind.FWD ? 0 : sizeOrType;
        long count = 0;
        boolean signed = flag && (kind == BtfKind.ENUM || kind == BtfKind.ENUM64);
        int bits = 0;
        if (kind == BtfKind.ARRAY) {
            ref = blob.word(at + HEADER);
            count = Integer.toUnsignedLong(blob.word(at + HEADER + 8));
        } else if (kind == BtfKind.INT) {
            int encoding = blob.word(at + HEADER);
            signed = (encoding >>> 24 & 1) != 0;
            bits = encoding & 0xff;
        }
        return new BtfType(
                id,
                kind,
                strings.apply(blob.word(at)),
                size,
                ref,
                count,
                signed,
                bits,
                members(kind, at + HEADER, vlen, flag),
                constants(kind, at + HEADER, vlen, signed));
    }

    private List<BtfType.Member> members(BtfKind kind, int start, int vlen, boolean flag) {
        if (!kind.isComposite() && kind != BtfKind.DATASEC && kind != BtfKind.FUNC_PROTO) {
            return List.of();
        }
        List<BtfType.Member> members = new ArrayList<>(vlen);
        for (int i = 0; i < vlen; i++) {
            if (kind == BtfKind.FUNC_PROTO) {
                int at = start + 8 * i;
                members.add(new BtfType.Member(strings.apply(blob.word(at)), blob.word(at + 4), 0, 0));
            } else if (kind == BtfKind.DATASEC) {
                int at = start + 12 * i;
                members.add(new BtfType.Member("", blob.word(at), Integer.toUnsignedLong(blob.word(at + 4)) * 8, 0));
            } else {
                int at = start + 12 * i;
                int where = blob.word(at + 8);
                long offset = flag ? where & (1 << MAX_BITS_IN_MEMBER) - 1 : Integer.toUnsignedLong(where);
                int width = flag ? where >>> MAX_BITS_IN_MEMBER : 0;
                members.add(new BtfType.Member(strings.apply(blob.word(at)), blob.word(at + 4), offset, width));
            }
        }
        return members;
    }

    private List<BtfType.Constant> constants(BtfKind kind, int start, int vlen, boolean signed) {
        if (kind != BtfKind.ENUM && kind != BtfKind.ENUM64) {
            return List.of();
        }
        List<BtfType.Constant> constants = new ArrayList<>(vlen);
        for (int i = 0; i < vlen; i++) {
            int at = start + (kind == BtfKind.ENUM ? 8 : 12) * i;
            long low = Integer.toUnsignedLong(blob.word(at + 4));
            long value;
            if (kind == BtfKind.ENUM64) {
                value = low | (long) blob.word(at + 8) << 32;
            } else {
                value = signed ? (int) low : low;
            }
            constants.add(new BtfType.Constant(strings.apply(blob.word(at)), value));
        }
        return constants;
    }
}
