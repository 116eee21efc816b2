package dev.ktstr.snapshot;

import dev.ktstr.vm.bpf.BpfEntry;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.bpf.BpfMap;
import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.btf.BtfField;
import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.BtfType;
import dev.ktstr.vm.btf.BtfValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A map as it was.
 *
 * @param map what it is
 * @param raw its entries, as many as were taken
 * @param cut whether it had more
 * @param unread why its entries were not read; empty when they were
 * @param pointees what pointers in it point to
 */
record CapturedMap(BpfMap map, List<BpfEntry> raw, boolean cut, Optional<String> unread, Pointees pointees)
        implements SnapshotMap {
    private static final int MAX_KEY = 8;

    /** A global variable in it. */
    record Variable(String map, String name, BtfValue value) {
        @Override
        public String toString() {
            return map + "/" + name;
        }
    }

    CapturedMap {
        raw = List.copyOf(raw);
    }

    CapturedMap(BpfMap map, List<BpfEntry> raw, boolean cut, Optional<String> unread) {
        this(map, raw, cut, unread, Pointees.NONE);
    }

    CapturedMap with(Pointees followed) {
        return new CapturedMap(map, raw, cut, unread, followed);
    }

    @Override
    public String name() {
        return map.name();
    }

    @Override
    public String header() {
        return map.header();
    }

    @Override
    public List<Entry> entries() {
        return raw.stream().map(this::typed).toList();
    }

    @Override
    public Entry entry(long key) {
        for (BpfEntry entry : raw) {
            if (entry.key().length <= MAX_KEY && number(entry.key()) == key) {
                return typed(entry);
            }
        }
        throw new SnapshotException(header() + " has no entry " + key
                + unread.map(why -> "; its entries were not read: " + why)
                        .orElse(
                                cut
                                        ? " among the first " + raw.size() + ", which were captured"
                                        : " among its " + raw.size()));
    }

    private static long number(byte[] key) {
        return ByteBuffer.wrap(Arrays.copyOf(key, MAX_KEY))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }

    private Entry typed(BpfEntry entry) {
        try {
            BtfValue key =
                    entry.typedKey().orElseThrow(() -> new SnapshotException(header() + " has no BTF for its keys"));
            List<SnapshotValue> values = new ArrayList<>();
            for (int i = 0; i < entry.values().size(); i++) {
                values.add(new CapturedValue(entry.value(i), pointees));
            }
            return new Entry(new CapturedValue(key, pointees), values);
        } catch (BpfException e) {
            throw new SnapshotException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The global variables in it; none where it holds no section of a program. */
    List<Variable> variables() {
        if (map.section().isEmpty() || raw.isEmpty()) {
            return List.of();
        }
        Btf btf = map.btf().orElseThrow();
        byte[] section = raw.get(0).values().get(0);
        List<Variable> variables = new ArrayList<>();
        try {
            for (BtfType.Member slot : btf.type(map.valueType()).members()) {
                BtfType variable = btf.type(slot.type());
                int size = variable.kind() == BtfKind.VAR ? btf.size(variable.ref()) : -1;
                int offset = (int) (slot.bitOffset() / Byte.SIZE);
                if (size >= 0 && offset >= 0 && offset <= section.length - size) {
                    variables.add(new Variable(
                            map.name(),
                            variable.name(),
                            new BtfValue(
                                    btf,
                                    new BtfField(variable.name(), 0, 0, variable.ref()),
                                    Arrays.copyOfRange(section, offset, offset + size))));
                }
            }
        } catch (BtfException e) {
            throw new SnapshotException(header() + ": " + e.getMessage(), e);
        }
        return variables;
    }
}
