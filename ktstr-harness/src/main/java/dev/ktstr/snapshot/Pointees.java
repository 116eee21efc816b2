package dev.ktstr.snapshot;

import dev.ktstr.vm.bpf.BpfEntry;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.bpf.BpfValues.ArenaPlace;
import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.btf.BtfField;
import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.BtfType;
import dev.ktstr.vm.btf.BtfValue;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.kernel.KernelMemory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The structs that captured pointers point to, copied while the guest stood still. Bounded in number, size and depth; a pointer that
 * leads nowhere that can be read is left an address.
 */
final class Pointees {
    private static final Logger LOG = LoggerFactory.getLogger(Pointees.class);

    /** No pointers are followed. */
    static final Pointees NONE = new Pointees(Map.of(), Integer.MAX_VALUE);

    private static final int MOST = 256;
    private static final int MAX_BYTES = 32 << 10;
    private static final int MAX_ELEMENTS = 64;
    private static final int MAX_DEPTH = 2;
    private static final int MAX_NESTING = 8;

    /**
     * What a pointer points to.
     *
     * @param struct name of its type
     * @param arena whether it lies in a BPF arena
     */
    record Pointee(String struct, BtfValue value, boolean arena) {}

    private record Key(long address, String struct) {}

    private final Map<Key, Pointee> found;
    private final int cpuLimit;

    private Pointees(Map<Key, Pointee> found, int cpuLimit) {
        this.found = Map.copyOf(found);
        this.cpuLimit = cpuLimit;
    }

    /** Those that lie at these addresses, each under its struct's own name. */
    static Pointees of(Map<Long, Pointee> pointees, int cpuLimit) {
        Map<Key, Pointee> found = new HashMap<>();
        pointees.forEach((address, pointee) -> found.put(new Key(address, pointee.struct()), pointee));
        return new Pointees(found, cpuLimit);
    }

    /** CPUs that may be in a mask are below this; the kernel does not allocate the bits behind. */
    int cpuLimit() {
        return cpuLimit;
    }

    /** What a pointer's value points to, when it was copied. */
    Optional<Pointee> at(BtfValue pointer) {
        try {
            return struct(pointer).map(name -> found.get(new Key(pointer.asLong(), name)));
        } catch (BtfException e) {
            return Optional.empty();
        }
    }

    /** The name of the struct that a pointer is declared to point to; {@code ___} and what follows are of the compiler's relocations. */
    private static Optional<String> struct(BtfValue pointer) {
        BtfType type = pointer.btf().type(pointer.btf().resolve(pointer.where().type()));
        if (type.kind() != BtfKind.PTR) {
            return Optional.empty();
        }
        BtfType target = pointer.btf().type(pointer.btf().resolve(type.ref()));
        boolean struct = target.kind().isComposite() || target.kind() == BtfKind.FWD;
        int flavour = target.name().indexOf("___");
        String name = flavour > 0 ? target.name().substring(0, flavour) : target.name();
        return struct && !name.isEmpty() ? Optional.of(name) : Optional.empty();
    }

    /** Follows the pointers in what maps hold. */
    static Pointees follow(KernelMemory memory, Btf kernel, List<ArenaPlace> arenas, List<CapturedMap> maps) {
        Walk walk = new Walk(memory, kernel, arenas);
        for (CapturedMap map : maps) {
            try {
                if (map.map().section().isPresent()) {
                    map.variables().forEach(v -> walk.look(v.value(), 0, 0));
                } else if (map.map().btf().isPresent() && map.map().valueType() != 0) {
                    map.raw().stream().limit(DumpText.MAX_ENTRIES).forEach(entry -> walk.entry(entry));
                }
            } catch (BtfException | BpfException | SnapshotException e) {
                // The dump says so where it shows the map.
                LOG.debug("pointers in {} are not followed: {}", map.header(), e.getMessage());
            }
        }
        int[] possible = memory.possibleCpus();
        return new Pointees(walk.found, possible.length == 0 ? 0 : possible[possible.length - 1] + 1);
    }

    /** One pass over all values. */
    private static final class Walk {
        private final KernelMemory memory;
        private final Btf kernel;
        private final List<ArenaPlace> arenas;
        private final Map<Key, Pointee> found = new HashMap<>();

        Walk(KernelMemory memory, Btf kernel, List<ArenaPlace> arenas) {
            this.memory = memory;
            this.kernel = kernel;
            this.arenas = arenas;
        }

        void entry(BpfEntry entry) {
            for (int i = 0; i < entry.values().size(); i++) {
                look(entry.value(i), 0, 0);
            }
        }

        void look(BtfValue value, int depth, int nesting) {
            if (nesting == MAX_NESTING || found.size() == MOST) {
                return;
            }
            BtfType type = value.btf().type(value.btf().resolve(value.where().type()));
            switch (type.kind()) {
                case STRUCT, UNION -> value.names().forEach(name -> look(value.get(name), depth, nesting + 1));
                case ARRAY -> {
                    BtfKind element = value.btf().kind(value.btf().resolve(type.ref()));
                    boolean may = element.isComposite() || element == BtfKind.PTR || element == BtfKind.ARRAY;
                    for (int i = 0; may && i < Math.min(type.count(), MAX_ELEMENTS); i++) {
                        look(value.get("[" + i + "]"), depth, nesting + 1);
                    }
                }
                case PTR -> pointer(value, type, depth);
                default -> {
                    // Holds no pointer.
                }
            }
        }

        private void pointer(BtfValue pointer, BtfType type, int depth) {
            long address = pointer.asLong();
            Optional<String> struct = struct(pointer);
            if (address == 0 || depth == MAX_DEPTH || struct.isEmpty()) {
                return;
            }
            Key key = new Key(address, struct.get());
            if (found.containsKey(key)) {
                return;
            }
            Optional<Pointee> target = read(pointer.btf(), type.ref(), struct.get(), address);
            if (target.isPresent()) {
                found.put(key, target.get());
                look(target.get().value(), depth + 1, 0);
            }
        }

        /**
         * A struct that the kernel has too has the kernel's layout: programs declare the members that they use, and leave it to libbpf to
         * find them.
         */
        private Optional<Pointee> read(Btf program, int type, String struct, long address) {
            Optional<ArenaPlace> arena = arenas.stream()
                    .filter(a -> Long.compareUnsigned(address - a.userAddress(), a.bytes()) < 0)
                    .findFirst();
            OptionalInt ofKernel =
                    arena.isPresent() ? OptionalInt.empty() : kernel.find(struct, BtfKind.STRUCT, BtfKind.UNION);
            Btf btf = ofKernel.isPresent() ? kernel : program;
            int id = ofKernel.orElseGet(() -> program.resolve(type));
            try {
                int size = btf.size(id);
                long at = arena.map(a -> a.kernelAddress() + (address - a.userAddress()))
                        .orElse(address);
                boolean kernelHalf = at < 0;
                if (!kernelHalf || size == 0 || size > MAX_BYTES || !memory.isReadable(at, size)) {
                    return Optional.empty();
                }
                BtfValue value = new BtfValue(btf, new BtfField(struct, 0, 0, id), memory.read(at, size));
                return Optional.of(new Pointee(struct, value, arena.isPresent()));
            } catch (BtfException | KernelAccessException e) {
                // A type without a size, or memory that went away: the pointer stays an address.
                return Optional.empty();
            }
        }
    }
}
