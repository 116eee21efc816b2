package dev.ktstr.snapshot;

import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.btf.BtfValue;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A value over bytes that were copied out of a guest. */
record CapturedValue(BtfValue value, Pointees pointees) implements SnapshotValue {
    private static <T> T told(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (BtfException e) {
            throw new SnapshotException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public SnapshotValue get(String path) {
        return told(() -> new CapturedValue(value.get(path), pointees));
    }

    @Override
    public long asLong() {
        return told(value::asLong);
    }

    @Override
    public String asText() {
        return told(value::asText);
    }

    @Override
    public Optional<String> asEnumName() {
        return told(value::asEnumName);
    }

    @Override
    public long length() {
        return told(value::length);
    }

    @Override
    public List<String> names() {
        return told(value::names);
    }

    @Override
    public SnapshotValue pointee() {
        long address = asLong();
        return pointees.at(value)
                .map(target -> new CapturedValue(target.value(), pointees))
                .orElseThrow(() -> new SnapshotException("'" + value.where().path() + "' is 0x"
                        + Long.toHexString(address)
                        + (address == 0
                                ? ", and points to nothing"
                                : ", and what it points to was not captured: it is no pointer to a struct, cannot be read, or"
                                        + " lies behind more than two others")));
    }

    @Override
    public String toString() {
        return told(() -> ValueText.of(value, pointees));
    }
}
