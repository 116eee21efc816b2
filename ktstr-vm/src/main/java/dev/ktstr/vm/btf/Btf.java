package dev.ktstr.vm.btf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The types of a kernel, a module (split BTF over the kernel's) or a BPF program.
 *
 * <p>Types are decoded when asked for. Safe from any thread.
 */
public final class Btf {
    /** Modifiers in a row, and structs within structs, beyond which BTF is taken for cyclic. */
    private static final int MAX_DEPTH = 64;

    /** Members looked at for one name; the kernel's largest structs have some hundreds. */
    private static final int MAX_VISITS = 1 << 20;

    private static final int MAX_PATH = 512;

    private final BtfBlob blob;
    private final BtfIndex index;
    private final @Nullable Btf base;
    private final int firstId;
    private final int firstString;

    Btf(BtfBlob blob, BtfIndex index, @Nullable Btf base) {
        this.blob = blob;
        this.index = index;
        this.base = base;
        this.firstId = base == null ? 1 : base.firstId + base.index.offsets().length;
        this.firstString = base == null ? 0 : base.firstString + base.blob.stringLength();
    }

    /**
     * Reads BTF that stands alone.
     *
     * @param raw the blob, not copied
     * @throws BtfException when it is malformed
     */
    public static Btf parse(byte[] raw) {
        BtfBlob blob = new BtfBlob(raw);
        return new Btf(blob, blob.index(0), null);
    }

    /**
     * Reads split BTF, whose types and strings continue those of another.
     *
     * @throws BtfException when it is malformed
     */
    public static Btf parse(byte[] raw, Btf base) {
        BtfBlob blob = new BtfBlob(raw);
        return new Btf(blob, blob.index(base.firstString + base.blob.stringLength()), base);
    }

    /** Number of types, void and those of the base included: ids go from 0 to one less. */
    public int typeCount() {
        return firstId + index.offsets().length;
    }

    BtfIndex index() {
        return index;
    }

    int size() {
        return blob.size();
    }

    /** Decodes a type. @throws BtfException when there is none of that number, or it is malformed */
    public BtfType type(int id) {
        Btf owner = owner(id);
        return id == 0
                ? new BtfType(0, BtfKind.VOID, "", 0, 0, 0, false, 0, List.of(), List.of())
                : new BtfDecoder(owner.blob, owner::string)
                        .decode(id, owner.index.offsets()[id - owner.firstId]);
    }

    /** The kind of a type. @throws BtfException when there is none of that number */
    public BtfKind kind(int id) {
        return id == 0 ? BtfKind.VOID : BtfDecoder.kind(owner(id).info(id));
    }

    private int info(int id) {
        return blob.word(index.offsets()[id - firstId] + 4);
    }

    private int vlen(int id) {
        return owner(id).info(id) & 0xffffff;
    }

    private Btf owner(int id) {
        if (id < 0 || id >= typeCount()) {
            throw new BtfException(
                    "BTF has no type " + Integer.toUnsignedString(id) + ", only 0 to " + (typeCount() - 1));
        }
        Btf at = this;
        while (id < at.firstId && at.base != null) {
            at = at.base;
        }
        return at;
    }

    private String string(int offset) {
        Btf at = this;
        while (at.base != null && offset >= 0 && offset < at.firstString) {
            at = at.base;
        }
        return at.blob.string(offset - at.firstString);
    }

    /** Finds a named type of one of these kinds; of several, the first. */
    public OptionalInt find(String name, BtfKind first, BtfKind... others) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        Set<BtfKind> kinds = EnumSet.of(first, others);
        for (@Nullable Btf at = this; at != null && bytes.length > 0; at = at.base) {
            int[] table = at.index.table();
            int slot = BtfBlob.hash(bytes) & (table.length - 1);
            for (int seen = 0; table[slot] != 0 && seen < table.length; seen++) {
                int local = table[slot];
                if (local < 0 || local > at.index.offsets().length) {
                    throw new BtfException("the BTF index is damaged");
                }
                int id = at.firstId + local - 1;
                int offset = at.index.offsets()[local - 1];
                if (kinds.contains(BtfDecoder.kind(at.blob.word(offset + 4)))
                        && at.blob.stringEquals(at.blob.word(offset) - at.firstString, bytes)) {
                    return OptionalInt.of(id);
                }
                slot = (slot + 1) & (table.length - 1);
            }
        }
        return OptionalInt.empty();
    }

    /** The id of a struct or union. @throws BtfException when there is none, with names that are like it */
    public int struct(String name) {
        return find(name, BtfKind.STRUCT, BtfKind.UNION)
                .orElseThrow(() -> new BtfException("BTF has no struct '" + name + "'; "
                        + Similar.hint(name, near(name, EnumSet.of(BtfKind.STRUCT, BtfKind.UNION)))));
    }

    private Set<String> near(String name, Set<BtfKind> kinds) {
        String start = name.substring(0, Math.min(3, name.length()));
        Set<String> names = new LinkedHashSet<>();
        for (int id = 1; id < typeCount(); id++) {
            if (kinds.contains(kind(id))) {
                Btf owner = owner(id);
                String other = owner.string(owner.blob.word(owner.index.offsets()[id - owner.firstId]));
                if (!other.isEmpty() && other.startsWith(start)) {
                    names.add(other);
                }
            }
        }
        return names;
    }

    /** Follows typedefs and qualifiers. @throws BtfException when they lead in a circle */
    public int resolve(int id) {
        int at = id;
        for (int depth = 0; kind(at).isModifier(); depth++) {
            if (depth == MAX_DEPTH) {
                throw new BtfException(
                        "BTF type " + id + " leads through more than " + MAX_DEPTH + " modifiers; it is cyclic");
            }
            Btf owner = owner(at);
            at = owner.blob.word(owner.index.offsets()[at - owner.firstId] + 8);
        }
        return at;
    }

    /** Bytes of a type. @throws BtfException when it has no size, or more than 2 GiB */
    public int size(int id) {
        long factor = 1;
        int at = resolve(id);
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            BtfType type = type(at);
            if (type.kind() == BtfKind.ARRAY) {
                if (type.count() == 0) {
                    return 0;
                }
                factor *= type.count();
                if (factor > Integer.MAX_VALUE) {
                    throw new BtfException("BTF type " + id + " is larger than 2 GiB");
                }
                at = resolve(type.ref());
            } else if (type.kind() == BtfKind.VAR) {
                at = resolve(type.ref());
            } else {
                return scaled(id, type, factor);
            }
        }
        throw new BtfException("BTF type " + id + " is nested deeper than " + MAX_DEPTH + "; it is cyclic");
    }

    private static int scaled(int id, BtfType type, long factor) {
        if (type.kind() != BtfKind.PTR && !type.kind().hasSize()) {
            throw new BtfException(
                    "BTF type " + id + " leads to a " + type.kind() + " '" + type.name() + "', which has no size");
        }
        long size = factor * (type.kind() == BtfKind.PTR ? Long.BYTES : type.size());
        if (size < 0 || size > Integer.MAX_VALUE) {
            throw new BtfException("BTF type " + id + " is larger than 2 GiB");
        }
        return (int) size;
    }

    /** Bytes of a struct or union. @throws BtfException when there is none of that name */
    public int sizeOf(String struct) {
        return size(struct(struct));
    }

    /**
     * Finds a field by its path: members joined by dots, elements in brackets, {@code lb_count[2]}; anonymous structs and
     * unions are looked through.
     *
     * @throws BtfException naming the part that does not exist, and those that do
     */
    public BtfField field(String struct, String path) {
        return field(struct(struct), path);
    }

    /** As {@link #field(String, String)}, or empty when struct or field does not exist in this kernel. */
    public Optional<BtfField> findField(String struct, String path) {
        OptionalInt id = find(struct, BtfKind.STRUCT, BtfKind.UNION);
        if (id.isEmpty()) {
            return Optional.empty();
        }
        return walk(id.getAsInt(), path, false);
    }

    /** As {@link #field(String, String)}, from a type's id. */
    public BtfField field(int type, String path) {
        return walk(type, path, true).orElseThrow();
    }

    private Optional<BtfField> walk(int start, String path, boolean must) {
        if (path.isEmpty() || path.length() > MAX_PATH) {
            throw new BtfException("no field path: '" + path.substring(0, Math.min(path.length(), 40)) + "'");
        }
        BtfField at = new BtfField(path, 0, 0, start);
        for (String part : path.replace("[", ".[").split("\\.", -1)) {
            if (part.isEmpty() && path.startsWith("[")) {
                continue;
            }
            Optional<BtfField> next = part.startsWith("[") ? element(at, part) : member(at, part, must);
            if (next.isEmpty()) {
                return next;
            }
            at = next.get();
        }
        return Optional.of(at);
    }

    private BtfField at(BtfField from, long moreBits, int bitSize, int type) {
        long offset = from.bitOffset() + moreBits;
        if (offset < 0 || offset >> 3 > Integer.MAX_VALUE) {
            throw new BtfException("'" + from.path() + "' lies more than 2 GiB into its struct");
        }
        return new BtfField(from.path(), offset, bitSize, type);
    }

    private Optional<BtfField> element(BtfField from, String part) {
        BtfType array = type(resolve(from.type()));
        long i = -1;
        if (part.matches("\\[\\d{1,9}]")) {
            i = Long.parseLong(part.substring(1, part.length() - 1));
        }
        // A flexible array member has no count.
        if (array.kind() != BtfKind.ARRAY || i < 0 || (array.count() != 0 && i >= array.count())) {
            throw new BtfException("'" + part + "' in '" + from.path() + "' is no element: "
                    + (array.kind() == BtfKind.ARRAY
                            ? "there are " + array.count()
                            : describe(array) + " is no array"));
        }
        return Optional.of(at(from, i * size(array.ref()) * 8, 0, array.ref()));
    }

    private static String describe(BtfType type) {
        return type.kind() + (type.name().isEmpty() ? "" : " '" + type.name() + "'");
    }

    private Optional<BtfField> member(BtfField from, String part, boolean must) {
        int id = resolve(from.type());
        if (!kind(id).isComposite()) {
            throw new BtfException("'" + part + "' in '" + from.path() + "' is asked of " + describe(type(id))
                    + ", which has no members");
        }
        Set<String> seen = new LinkedHashSet<>();
        int[] visits = {0};
        Optional<BtfField> found = memberIn(from, id, part, 0, seen, visits);
        if (found.isEmpty() && must) {
            throw new BtfException("no '" + part + "' in " + describe(type(id)) + "; " + Similar.hint(part, seen));
        }
        return found;
    }

    private Optional<BtfField> memberIn(
            BtfField from, int struct, String name, int depth, Set<String> seen, int[] visits) {
        visits[0] += 1 + (struct == 0 ? 0 : vlen(struct));
        if (depth == MAX_DEPTH || visits[0] > MAX_VISITS) {
            throw new BtfException("BTF type " + struct + " is nested deeper than " + MAX_DEPTH + "; it is cyclic");
        }
        BtfType type = type(struct);
        for (BtfType.Member member : type.members()) {
            if (member.name().equals(name)) {
                return Optional.of(at(from, member.bitOffset(), member.bitSize(), member.type()));
            }
            if (!member.name().isEmpty()) {
                seen.add(member.name());
            }
        }
        for (BtfType.Member member : type.members()) {
            int inner = member.name().isEmpty() ? resolve(member.type()) : 0;
            if (kind(inner).isComposite()) {
                Optional<BtfField> found =
                        memberIn(at(from, member.bitOffset(), 0, inner), inner, name, depth + 1, seen, visits);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** The value of an enum's constant, or empty when enum or constant does not exist in this kernel. */
    public OptionalLong findConstant(String enumName, String constant) {
        OptionalInt id = find(enumName, BtfKind.ENUM, BtfKind.ENUM64);
        if (id.isEmpty()) {
            return OptionalLong.empty();
        }
        return type(id.getAsInt()).constants().stream()
                .filter(c -> c.name().equals(constant))
                .mapToLong(BtfType.Constant::value)
                .findFirst();
    }

    /** The value of an enum's constant. @throws BtfException naming those there are when there is none such */
    public long constant(String enumName, String constant) {
        int id = find(enumName, BtfKind.ENUM, BtfKind.ENUM64)
                .orElseThrow(() -> new BtfException("BTF has no enum '" + enumName + "'; "
                        + Similar.hint(enumName, near(enumName, EnumSet.of(BtfKind.ENUM, BtfKind.ENUM64)))));
        return findConstant(enumName, constant)
                .orElseThrow(() -> new BtfException("enum '" + enumName + "' has no '"
                        + constant + "'; "
                        + Similar.hint(
                                constant,
                                type(id).constants().stream()
                                        .map(BtfType.Constant::name)
                                        .toList())));
    }

    /** The name of an enum's value, or empty. */
    public Optional<String> constantName(int enumId, long value) {
        return type(resolve(enumId)).constants().stream()
                .filter(c -> c.value() == value)
                .map(BtfType.Constant::name)
                .findFirst();
    }

    /** Ids of all types of a kind, in order. */
    public List<Integer> all(BtfKind kind) {
        List<Integer> ids = new ArrayList<>();
        for (int id = 1; id < typeCount(); id++) {
            if (kind(id) == kind) {
                ids.add(id);
            }
        }
        return ids;
    }
}
