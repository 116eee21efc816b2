package dev.ktstr.vm.kernel;

import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfField;
import dev.ktstr.vm.btf.BtfType;
import dev.ktstr.vm.btf.BtfValue;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Reads fields of the kernel's structs by name. Layouts come from BTF and are looked up once. */
public final class KernelStructs {
    private final KernelMemory memory;
    private final Btf btf;
    private final Map<String, Optional<BtfField>> fields = new ConcurrentHashMap<>();

    /** The structs of that kernel; {@code btf} is its own. */
    public KernelStructs(KernelMemory memory, Btf btf) {
        this.memory = memory;
        this.btf = btf;
    }

    /** The memory they are in. */
    public KernelMemory memory() {
        return memory;
    }

    /** The types. */
    public Btf btf() {
        return btf;
    }

    /** Where a field lies, or empty when this kernel has none such. */
    public Optional<BtfField> find(String struct, String path) {
        return fields.computeIfAbsent(struct + "\n" + path, key -> btf.findField(struct, path));
    }

    /** Whether this kernel has such a field. */
    public boolean has(String struct, String path) {
        return find(struct, path).isPresent();
    }

    /** Where a field lies. @throws dev.ktstr.vm.btf.BtfException naming the fields there are when there is none such */
    public BtfField field(String struct, String path) {
        return find(struct, path).orElseGet(() -> btf.field(struct, path));
    }

    /** The address of a field of the struct at {@code address}. */
    public long address(long address, String struct, String path) {
        return address + field(struct, path).offset();
    }

    /** Reads a field that is a number: integer, bool, bit-field, enum or pointer. */
    public long number(long address, String struct, String path) {
        BtfField field = field(struct, path);
        if (field.bitSize() == 0) {
            BtfType type = btf.type(btf.resolve(field.type()));
            switch (type.kind()) {
                case PTR -> {
                    return memory.readLong(address + field.offset());
                }
                case INT, ENUM, ENUM64 -> {
                    if (type.size() == Long.BYTES) {
                        return memory.readLong(address + field.offset());
                    } else if (type.size() == Integer.BYTES) {
                        int value = memory.readInt(address + field.offset());
                        return type.signed() ? value : Integer.toUnsignedLong(value);
                    }
                }
                default -> {
                    // BtfValue says below what it is instead of a number.
                }
            }
        }
        byte[] bytes = memory.read(address + field.offset(), Long.BYTES);
        return new BtfValue(btf, new BtfField(path, field.bitOffset() & 7, field.bitSize(), field.type()), bytes)
                .asLong();
    }

    /** Reads a field that is text in place, as {@code char comm[16]}. */
    public String text(long address, String struct, String path) {
        BtfField field = field(struct, path);
        return memory.readText(address + field.offset(), btf.size(field.type()));
    }

    /** Reads a whole struct. */
    public BtfValue struct(long address, String struct) {
        int id = btf.struct(struct);
        return BtfValue.of(btf, id, memory.read(address, btf.size(id)));
    }
}
