package dev.ktstr.vm.bpf;

import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfField;
import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.BtfType;
import dev.ktstr.vm.btf.BtfValue;
import dev.ktstr.vm.btf.Similar;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Global variables of loaded programs, by name: those of {@code .bss}, {@code .data}, {@code .rodata} and sections like them. */
public final class BpfGlobals {
    private final BpfReader reader;
    private final BpfValues values;

    /** Finds variables in the maps that {@code reader} finds. */
    public BpfGlobals(BpfReader reader, BpfValues values) {
        this.reader = reader;
        this.values = values;
    }

    /** A variable: the map it is in, its name, its type in the map's BTF, and where it lies in the map's one value. */
    public record Variable(BpfMap map, String name, int type, int offset) {
        /** Its place in words: {@code scx_ktst.bss/nr_dispatched}. */
        @Override
        public String toString() {
            return map.name() + "/" + name;
        }
    }

    /** All variables there are, in the order of maps and places. */
    public List<Variable> variables() {
        List<Variable> found = new ArrayList<>();
        for (BpfMap map : reader.maps()) {
            if (map.section().isPresent()) {
                Btf btf = map.btf().orElseThrow();
                for (BtfType.Member slot : btf.type(map.valueType()).members()) {
                    BtfType variable = btf.type(slot.type());
                    if (variable.kind() == BtfKind.VAR) {
                        found.add(new Variable(map, variable.name(), variable.ref(), (int) (slot.bitOffset() / 8)));
                    }
                }
            }
        }
        return found;
    }

    /**
     * The variable of a name: {@code nr_dispatched}, or {@code MAP/nr_dispatched} where several programs have one.
     *
     * @throws BpfException naming the variables there are when there is none such, or the maps when there are several
     */
    public Variable variable(String name) {
        List<Variable> all = variables();
        List<Variable> found = all.stream()
                .filter(v -> v.name.equals(name) || v.toString().equals(name))
                .toList();
        if (found.isEmpty()) {
            throw new BpfException("no BPF variable '" + name + "'; "
                    + (all.isEmpty()
                            ? "no loaded program has variables"
                            : Similar.hint(
                                    name,
                                    all.stream().map(Variable::name).distinct().toList())));
        }
        if (found.size() > 1) {
            throw new BpfException(
                    found.size() + " BPF variables are named '" + name + "': " + found + "; write map and name");
        }
        return found.get(0);
    }

    /**
     * Reads a variable or a part of one: {@code exit_report.kind}.
     *
     * @throws BpfException when there is no such variable
     * @throws dev.ktstr.vm.btf.BtfException when it has no such part
     */
    public BtfValue read(String path) {
        int end = path.indexOf('.') < 0 ? path.length() : path.indexOf('.', path.lastIndexOf('/') + 1);
        end = end < 0 ? path.length() : end;
        int bracket = path.indexOf('[');
        end = bracket >= 0 ? Math.min(end, bracket) : end;
        BtfValue value = read(variable(path.substring(0, end)));
        String rest = path.substring(end);
        return rest.isEmpty() ? value : value.get(rest.startsWith(".") ? rest.substring(1) : rest);
    }

    /** Reads a variable. */
    public BtfValue read(Variable variable) {
        byte[] section = values.entry(variable.map, 0).values().get(0);
        Btf btf = variable.map.btf().orElseThrow();
        int size = btf.size(variable.type);
        if (variable.offset < 0 || variable.offset > section.length - size) {
            throw new BpfException(variable + " lies outside of its map's " + section.length + " bytes");
        }
        byte[] bytes = Arrays.copyOfRange(section, variable.offset, variable.offset + size);
        return new BtfValue(btf, new BtfField(variable.name, 0, 0, variable.type), bytes);
    }

    /**
     * Writes a number of 1 to 8 bytes while the program runs.
     *
     * @throws BpfException when there is no such variable, it is no number, cannot hold the value, or is a constant
     */
    public void write(String name, long value) {
        Variable variable = variable(name);
        Btf btf = variable.map.btf().orElseThrow();
        BtfType type = btf.type(btf.resolve(variable.type));
        if (type.kind() != BtfKind.INT || type.size() > Long.BYTES) {
            throw new BpfException(variable + " is no number but " + type.kind());
        }
        int bits = type.size() * 8;
        int unused = Long.SIZE - bits;
        long kept = type.signed() ? value << unused >> unused : value << unused >>> unused;
        boolean fits = kept == value;
        if (!fits) {
            throw new BpfException(variable + " has " + bits + " bits, which cannot hold " + value);
        }
        byte[] bytes = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        values.write(variable.map, 0, variable.offset, Arrays.copyOf(bytes, type.size()));
    }
}
