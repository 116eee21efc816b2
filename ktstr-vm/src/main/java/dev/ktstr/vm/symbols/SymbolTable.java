package dev.ktstr.vm.symbols;

import dev.ktstr.vm.btf.Similar;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A kernel's symbols. Addresses are those of the source: a running kernel's for kallsyms, those it was linked to for an ELF
 * file. Immutable.
 */
public final class SymbolTable {
    /** A name and its address. */
    public record Symbol(String name, long address) {}

    /** An address as a symbol and the bytes from it. */
    public record Place(String name, long offset) {
        @Override
        public String toString() {
            return offset == 0 ? name : name + "+0x" + Long.toHexString(offset);
        }
    }

    private final Symbol[] byAddress;
    private final Map<String, Long> byName;

    SymbolTable(List<Symbol> symbols) {
        byAddress = symbols.toArray(new Symbol[0]);
        Arrays.sort(byAddress, Comparator.comparing(Symbol::address, Long::compareUnsigned));
        byName = new HashMap<>(symbols.size() * 2);
        for (Symbol symbol : symbols) {
            byName.putIfAbsent(symbol.name, symbol.address);
        }
    }

    /** Number of symbols. */
    public int size() {
        return byAddress.length;
    }

    /** The address of a symbol; of several of one name, the first in the source. */
    public OptionalLong find(String name) {
        Long address = byName.get(name);
        return address == null ? OptionalLong.empty() : OptionalLong.of(address);
    }

    /** The address of a symbol. @throws SymbolException with names that are like it when there is none */
    public long address(String name) {
        return find(name).orElseThrow(() -> {
            String start = name.substring(0, Math.min(3, name.length()));
            List<String> near = byName.keySet().stream()
                    .filter(n -> n.startsWith(start))
                    .sorted()
                    .toList();
            return new SymbolException("the kernel has no symbol '" + name + "'; " + Similar.hint(name, near));
        });
    }

    /** Bytes from an address to the next symbol behind it, at least 1; what a symbol there has at most. */
    public long gap(long address) {
        int next = behind(address);
        return next == byAddress.length ? 1 : byAddress[next].address - address;
    }

    /** The symbol at an address or the last one before it. */
    public Optional<Place> at(long address) {
        int next = behind(address);
        return next == 0
                ? Optional.empty()
                : Optional.of(new Place(byAddress[next - 1].name, address - byAddress[next - 1].address));
    }

    /** Index of the first symbol above an address. */
    private int behind(long address) {
        int low = 0;
        int high = byAddress.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(byAddress[middle].address, address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
