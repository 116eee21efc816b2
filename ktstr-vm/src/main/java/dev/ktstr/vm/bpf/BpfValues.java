package dev.ktstr.vm.bpf;

import dev.ktstr.vm.btf.BtfField;
import dev.ktstr.vm.btf.BtfValue;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads what maps hold, and writes into arrays. A map that is freed meanwhile gives a {@link BpfException}, never the bytes
 * of whoever got its memory next. Safe from any thread.
 */
public final class BpfValues {
    private static final long MAX_BYTES = 256L << 20;
    private static final int PAGE = 4096;
    private static final int RDONLY_PROG = 1 << 7;
    private static final int ATTEMPTS = 4;

    /** Half of the guard around an arena: {@code GUARD_SZ / 2} of {@code kernel/bpf/arena.c}, the reach of a 16-bit offset. */
    private static final long ARENA_GUARD = 1 << 15;

    private final KernelStructs structs;
    private final KernelMemory memory;
    private final BpfReader reader;

    /** Reads maps that {@code reader} found through the same structs. */
    public BpfValues(KernelStructs structs, BpfReader reader) {
        this.structs = structs;
        this.memory = structs.memory();
        this.reader = reader;
    }

    /** Positions of a ring buffer in bytes: how far it was read and written, and its size. */
    public record Ring(long consumer, long producer, long size) {}

    /** An arena: where user space and the kernel see its first page, its size, and which of its pages exist. */
    public record Arena(long userAddress, long kernelAddress, int maxPages, List<Integer> pages) {}

    /** A struct_ops map: its state in words ({@code INUSE}, {@code READY}) and the operations' struct as it was given. */
    public record StructOps(String state, BtfValue data) {}

    /**
     * All entries of an array or hash map, or of their per-CPU and LRU forms.
     *
     * @throws BpfException when the map is of another kind, was freed, or did not stand still
     */
    public List<BpfEntry> entries(BpfMap map) {
        checkSize(map);
        return alive(map, () -> switch (map.type()) {
            case "array" -> array(map);
            case "percpu_array" -> perCpuArray(map);
            case "hash", "lru_hash", "percpu_hash", "lru_percpu_hash" ->
                new HashWalk(structs, map, memory.possibleCpus()).entries();
            default ->
                throw new BpfException(
                        map.header() + " has no entries that can be read; of this kind can be read: array,"
                                + " percpu_array, hash, lru_hash, percpu_hash, lru_percpu_hash; arena, ringbuf and struct_ops have"
                                + " calls of their own");
        });
    }

    private static void checkSize(BpfMap map) {
        long bytes = Integer.toUnsignedLong(map.maxEntries()) * Integer.toUnsignedLong(map.valueSize());
        if (map.valueSize() < 0 || map.keySize() < 0 || bytes < 0 || bytes > MAX_BYTES) {
            throw new BpfException(map.header() + " may hold " + bytes + " bytes; at most " + MAX_BYTES + " are read");
        }
    }

    private <T> T alive(BpfMap map, Supplier<T> reading) {
        try {
            T value = reading.get();
            if (reader.exists(map)) {
                return value;
            }
        } catch (KernelAccessException e) {
            if (reader.exists(map)) {
                throw new BpfException(map.header() + " cannot be read: " + e.getMessage(), e);
            }
        }
        throw new BpfException(map.header() + " was freed; its program has ended");
    }

    private static byte[] index(int i) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(i)
                .array();
    }

    private long element(BpfMap map, int index) {
        BtfField value = structs.field("bpf_array", "value");
        return map.address() + value.offset() + (long) index * roundUp(map.valueSize());
    }

    private static long roundUp(int size) {
        return (size + 7L) & ~7L;
    }

    private byte[] stable(BpfMap map, long address, int length) {
        // What still changes after some readings is read as it is: each of its words is one the guest wrote.
        return memory.readStable(address, length, ATTEMPTS).orElseGet(() -> memory.read(address, map.valueSize()));
    }

    private List<BpfEntry> array(BpfMap map) {
        List<BpfEntry> entries = new ArrayList<>();
        for (int i = 0; i < map.maxEntries(); i++) {
            entries.add(new BpfEntry(map, index(i), List.of(stable(map, element(map, i), map.valueSize()))));
        }
        return entries;
    }

    private List<BpfEntry> perCpuArray(BpfMap map) {
        int[] cpus = memory.possibleCpus();
        long pointers = structs.address(map.address(), "bpf_array", "pptrs");
        List<BpfEntry> entries = new ArrayList<>();
        for (int i = 0; i < map.maxEntries(); i++) {
            long pointer = memory.readLong(pointers + 8L * i);
            List<byte[]> values = new ArrayList<>();
            for (int cpu : cpus) {
                values.add(memory.read(memory.perCpu(pointer, cpu), map.valueSize()));
            }
            entries.add(new BpfEntry(map, index(i), values));
        }
        return entries;
    }

    /** One entry of an array. @throws BpfException when the map is none, has no such entry, or was freed */
    public BpfEntry entry(BpfMap map, int index) {
        checkElement(map, index, 0, map.valueSize());
        checkSize(map);
        return alive(
                map, () -> new BpfEntry(map, index(index), List.of(stable(map, element(map, index), map.valueSize()))));
    }

    private static void checkElement(BpfMap map, int index, int offset, int length) {
        if (!map.type().equals("array")) {
            throw new BpfException(map.header() + " is no array");
        }
        if (index < 0 || index >= map.maxEntries()) {
            throw new BpfException(map.header() + " has no entry " + index);
        }
        if (offset < 0 || length < 0 || offset > map.valueSize() - length) {
            throw new BpfException(map.header() + " has no bytes [" + offset + ", +" + length + ") in a value");
        }
    }

    /**
     * The kernel's address of a byte in an array's first value: that by which programs and {@code bpf(2)} write it. A process that has
     * the map mapped writes it by an address of its own.
     *
     * @throws BpfException when the map is no array, or has no such byte
     */
    public long address(BpfMap map, int offset) {
        checkElement(map, 0, offset, 1);
        return element(map, 0) + offset;
    }

    /** Where an arena's bytes lie: what programs and user space hold as a pointer, and where the kernel maps that. */
    public record ArenaPlace(long userAddress, long kernelAddress, long bytes) {}

    /** An arena's places, without a look at its pages. @throws BpfException when the map is none, or was freed */
    public ArenaPlace arenaPlace(BpfMap map) {
        require(map, Set.of("arena"));
        return alive(
                map,
                () -> new ArenaPlace(
                        structs.number(map.address(), "bpf_arena", "user_vm_start"),
                        structs.number(structs.number(map.address(), "bpf_arena", "kern_vm"), "vm_struct", "addr")
                                + ARENA_GUARD,
                        Integer.toUnsignedLong(map.maxEntries()) * PAGE));
    }

    /**
     * Writes into a value of an array while the guest runs. Four or eight aligned bytes are written at once.
     *
     * @throws BpfException when the map is no array, the place is outside of it, the map was freed, or programs cannot see
     *     the write, because the verifier took its values for constants
     */
    public void write(BpfMap map, int index, int offset, byte[] bytes) {
        checkElement(map, index, offset, bytes.length);
        if ((map.flags() & RDONLY_PROG) != 0) {
            throw new BpfException(
                    map.header() + " is read-only for programs, and the verifier has made constants of its"
                            + " values; make the variable neither const nor part of .rodata");
        }
        if (!reader.exists(map)) {
            throw new BpfException(map.header() + " was freed; its program has ended");
        }
        alive(map, () -> {
            long address = element(map, index) + offset;
            ByteBuffer value = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            if (bytes.length == Integer.BYTES && (address & 3) == 0) {
                memory.writeInt(address, value.getInt());
            } else if (bytes.length == Long.BYTES && (address & 7) == 0) {
                memory.writeLong(address, value.getLong());
            } else {
                memory.write(address, bytes);
            }
            return true;
        });
    }

    /** How far a ring buffer was read and written. @throws BpfException when the map is none, or was freed */
    public Ring ring(BpfMap map) {
        require(map, Set.of("ringbuf", "user_ringbuf"));
        return alive(map, () -> {
            long ring = structs.number(map.address(), "bpf_ringbuf_map", "rb");
            return new Ring(
                    structs.number(ring, "bpf_ringbuf", "consumer_pos"),
                    structs.number(ring, "bpf_ringbuf", "producer_pos"),
                    structs.number(ring, "bpf_ringbuf", "mask") + 1);
        });
    }

    private static void require(BpfMap map, Set<String> types) {
        if (!types.contains(map.type())) {
            throw new BpfException(map.header() + " is no "
                    + types.stream().sorted().findFirst().orElseThrow());
        }
    }

    /** An arena's places and pages. @throws BpfException when the map is none, or was freed */
    public Arena arena(BpfMap map) {
        require(map, Set.of("arena"));
        return alive(map, () -> {
            long user = structs.number(map.address(), "bpf_arena", "user_vm_start");
            // The kernel has each page behind the lower half of the page's user address (arena_vm_fault).
            long kernel = structs.number(structs.number(map.address(), "bpf_arena", "kern_vm"), "vm_struct", "addr")
                    + ARENA_GUARD
                    + Integer.toUnsignedLong((int) user);
            List<Integer> pages = new ArrayList<>();
            for (int page = 0; page < Math.min(map.maxEntries(), MAX_BYTES / PAGE); page++) {
                if (memory.isReadable(kernel + (long) page * PAGE, PAGE)) {
                    pages.add(page);
                }
            }
            return new Arena(user, kernel, map.maxEntries(), pages);
        });
    }

    /** Bytes of an arena. @throws BpfException when they are not all on pages that exist, or the map was freed */
    public byte[] readArena(BpfMap map, long offset, int length) {
        Arena arena = arena(map);
        if (offset < 0 || length < 0 || offset + length > (long) arena.maxPages() * PAGE) {
            throw new BpfException(map.header() + " has no bytes [" + offset + ", +" + length + ")");
        }
        return alive(map, () -> memory.read(arena.kernelAddress() + offset, length));
    }

    /** The header and value of a struct_ops map. @throws BpfException when the map is none, or was freed */
    public StructOps structOps(BpfMap map) {
        require(map, Set.of("struct_ops"));
        return alive(map, () -> {
            // Values are struct bpf_struct_ops_NAME { struct bpf_struct_ops_common_value common; struct NAME data; }.
            int type = (int) structs.number(map.address(), "bpf_map", "btf_vmlinux_value_type_id");
            long value = structs.address(map.address(), "bpf_struct_ops_map", "kvalue");
            BtfValue whole = BtfValue.of(
                    structs.btf(), type, memory.read(value, structs.btf().size(type)));
            String state = whole.get("common.state").asEnumName().orElse("unknown");
            return new StructOps(state.replace("BPF_STRUCT_OPS_STATE_", ""), whole.get("data"));
        });
    }
}
