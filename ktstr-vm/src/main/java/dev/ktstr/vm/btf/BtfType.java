package dev.ktstr.vm.btf;

import java.util.List;

/**
 * One type, decoded.
 *
 * @param id its number in the BTF it was asked from
 * @param name empty when it has none
 * @param size bytes, of kinds that have a size; else 0
 * @param ref the type it refers to: what a pointer points to, an array's element, a modifier's or variable's type, a
 *     function's prototype or a prototype's result; else 0
 * @param count elements of an array; else 0
 * @param signed whether an integer or enum is signed
 * @param intBits significant bits of an integer; else 0
 * @param members of a struct, union, data section or prototype
 * @param constants of an enum
 */
public record BtfType(
        int id,
        BtfKind kind,
        String name,
        int size,
        int ref,
        long count,
        boolean signed,
        int intBits,
        List<Member> members,
        List<Constant> constants) {
    /**
     * A member.
     *
     * @param name empty when anonymous
     * @param type its type
     * @param bitOffset from the start of what holds it
     * @param bitSize width of a bit-field, 0 for what is none
     */
    public record Member(String name, int type, long bitOffset, int bitSize) {}

    /** A named value of an enum; unsigned 64-bit values are held as their two's complement. */
    public record Constant(String name, long value) {}
}
