package dev.ktstr.snapshot;

import java.util.List;
import java.util.Optional;

/**
 * A typed value in a snapshot. Its text form is as a failure shows it: {@code {nr=3, state=RUNNING}}, CPU masks as ranges, pointers
 * with what they point to.
 */
public interface SnapshotValue {
    /**
     * A part of it: {@code ctx.cpus[3].load}.
     *
     * @throws SnapshotException when there is none such, naming the parts there are
     */
    SnapshotValue get(String path);

    /**
     * As a number: an integer, bool, bit-field, enum or pointer; unsigned 64-bit values as their two's complement.
     *
     * @throws SnapshotException when it is something else
     */
    long asLong();

    /** As a truth: a number other than 0. @throws SnapshotException when it is no number */
    default boolean asBoolean() {
        return asLong() != 0;
    }

    /** An array of bytes as text, up to its first zero byte. @throws SnapshotException when it is something else */
    String asText();

    /** The name of an enum's value, or empty when it has none. @throws SnapshotException when it is no enum */
    Optional<String> asEnumName();

    /**
     * What a pointer to a struct points to, copied at the same moment: of the kernel, of a map, or of an arena. Pointers in it are
     * followed once more.
     *
     * @throws SnapshotException when it is no such pointer, is NULL, or its target was not captured
     */
    SnapshotValue pointee();

    /** Elements of an array. @throws SnapshotException when it is none */
    long length();

    /** Names of a struct's members; empty for what is no struct. */
    List<String> names();
}
