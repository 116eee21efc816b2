package dev.ktstr.vm.btf;

import java.util.Optional;

/** Kinds of types, in the order of {@code enum} in {@code include/uapi/linux/btf.h}. */
public enum BtfKind {
    VOID(0, 0),
    INT(4, 0),
    PTR(0, 0),
    ARRAY(12, 0),
    STRUCT(0, 12),
    UNION(0, 12),
    ENUM(0, 8),
    FWD(0, 0),
    TYPEDEF(0, 0),
    VOLATILE(0, 0),
    CONST(0, 0),
    RESTRICT(0, 0),
    FUNC(0, 0),
    FUNC_PROTO(0, 8),
    VAR(4, 0),
    DATASEC(0, 12),
    FLOAT(0, 0),
    DECL_TAG(4, 0),
    TYPE_TAG(0, 0),
    ENUM64(0, 12);

    private static final BtfKind[] ALL = values();

    private final int extra;
    private final int each;

    BtfKind(int extra, int each) {
        this.extra = extra;
        this.each = each;
    }

    static Optional<BtfKind> of(int value) {
        return value > 0 && value < ALL.length ? Optional.of(ALL[value]) : Optional.empty();
    }

    /** Bytes that follow the common part of a type with {@code vlen} elements. */
    int bytesAfterHeader(int vlen) {
        return extra + each * vlen;
    }

    /** Whether a type of this kind only adds to, or names, the one it refers to. */
    public boolean isModifier() {
        return this == TYPEDEF || this == VOLATILE || this == CONST || this == RESTRICT || this == TYPE_TAG;
    }

    /** Whether it has members in a layout. */
    public boolean isComposite() {
        return this == STRUCT || this == UNION;
    }

    boolean hasSize() {
        return this == INT || isComposite() || this == ENUM || this == ENUM64 || this == FLOAT || this == DATASEC;
    }
}
