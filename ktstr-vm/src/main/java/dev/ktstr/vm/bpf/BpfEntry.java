package dev.ktstr.vm.bpf;

import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.btf.BtfValue;
import java.util.List;
import java.util.Optional;

/**
 * An entry of a map.
 *
 * @param key its key; an array's is the index, 4 bytes
 * @param values one, or one for each possible CPU, in order
 */
@SuppressWarnings(
        "ArrayRecordComponent") // Entries are never compared; wrapping each key would cost more than the walk.
public record BpfEntry(BpfMap map, byte[] key, List<byte[]> values) {
    /** The value, typed. @throws BpfException when the map has no types, or one value for each CPU */
    public BtfValue value() {
        if (values.size() != 1) {
            throw new BpfException(map.header() + " has " + values.size() + " values, one for each CPU; name the CPU");
        }
        return typed(values.get(0));
    }

    /** The value of one CPU, counted over the possible CPUs. */
    public BtfValue value(int index) {
        if (index < 0 || index >= values.size()) {
            throw new BpfException(map.header() + " has no value " + index + ", only 0 to " + (values.size() - 1));
        }
        return typed(values.get(index));
    }

    private BtfValue typed(byte[] bytes) {
        if (map.btf().isEmpty() || map.valueType() == 0) {
            throw new BpfException(map.header() + " has no BTF for its values; they can only be read as bytes");
        }
        return BtfValue.of(map.btf().get(), map.valueType(), bytes);
    }

    /** The key, typed, where the map's BTF names its type. */
    public Optional<BtfValue> typedKey() {
        try {
            return map.btf().filter(btf -> map.keyType() != 0).map(btf -> BtfValue.of(btf, map.keyType(), key));
        } catch (BtfException e) {
            throw new BpfException(map.header() + ": " + e.getMessage(), e);
        }
    }
}
