package dev.ktstr.vm.bpf;

import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.BtfWriter;
import dev.ktstr.vm.kernel.ChangingMemory;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import dev.ktstr.vm.kernel.SparseMemory;
import dev.ktstr.vm.kernel.SyntheticKernel;
import dev.ktstr.vm.symbols.Kallsyms;
import java.nio.charset.StandardCharsets;

/** A kernel with one IDR of maps and one hash map of two buckets, laid out by hand. */
final class SyntheticBpf {
    static final long PHYSICAL = 2 << 20;
    static final long DIRECT = 0xffff888000000000L;
    static final long IDR = 0xa000;
    static final long NODE = 8 << 20;
    static final long MAP = 9 << 20;
    static final long BUCKETS = 10 << 20;
    static final long ELEMENTS = 11 << 20;
    /** Where {@link #globals} puts its second array map. */
    static final long OTHER = 9 * (1 << 20) + 0x1000;

    static final long OBJECT = 12 << 20;
    static final long BYTES = 13 << 20;
    static final int SLOTS = 8;
    /** A map's first value, {@code bpf_array.value}. */
    static final int VALUE = 128;

    static final int KEY = 16;

    final SparseMemory ram = new SparseMemory(16 << 20);
    final ChangingMemory seen = new ChangingMemory(ram);
    final KernelStructs structs;

    SyntheticBpf() {
        new SyntheticKernel(ram, PHYSICAL, 0, DIRECT, 4);
        ram.putLongRelease(PHYSICAL + IDR, DIRECT + NODE + 2);
        ram.putLongRelease(NODE + SLOTS + 8 * 7, DIRECT + MAP);
        ram.putIntRelease(MAP, 7);
        ram.putIntRelease(MAP + 4, 1);
        ram.putIntRelease(MAP + 8, 4);
        ram.putIntRelease(MAP + 12, 8);
        ram.putIntRelease(MAP + 16, 3);
        ram.write(MAP + 24, "table".getBytes(StandardCharsets.US_ASCII), 0, 5);
        ram.putLongRelease(MAP + 64, DIRECT + BUCKETS);
        ram.putIntRelease(MAP + 72, 2);
        ram.putLongRelease(BUCKETS, DIRECT + ELEMENTS);
        ram.putLongRelease(BUCKETS + 8, 3);
        element(0, DIRECT + ELEMENTS + 64, 11, 1100);
        element(1, 1, 22, 2200);
        String text = """
                ffffffff81000000 T _text
                ffffffff81002000 T linux_banner
                ffffffff81003000 T __per_cpu_offset
                ffffffff81010000 T init_top_pgt
                ffffffff81008000 T page_offset_base
                ffffffff8100a000 D map_idr
                ffffffff81008100 D __cpu_possible_mask
                ffffffff81008008 D nr_cpu_ids
                """;
        structs = new KernelStructs(
                KernelMemory.open(seen, Kallsyms.parse(text.getBytes(StandardCharsets.US_ASCII))), types());
    }

    void element(int i, long next, int key, long value) {
        ram.putLongRelease(ELEMENTS + 64L * i, next);
        ram.putIntRelease(ELEMENTS + 64L * i + KEY, key);
        ram.putLongRelease(ELEMENTS + 64L * i + KEY + 8, value);
    }

    /** Takes the maps away. */
    void empty() {
        ram.putLongRelease(NODE + SLOTS + 8 * 7, 0);
        ram.putLongRelease(NODE + SLOTS + 8 * 9, 0);
    }

    /** Makes the map and a second one, which has the id 9, arrays that hold one variable {@code twin}: 5 and 6. */
    void globals() {
        BtfWriter w = new BtfWriter();
        int u64 = w.integer("u64", 8, false);
        int twin = w.type("twin", BtfKind.VAR, false, 0, u64, 1);
        int section = w.type(".bss", BtfKind.DATASEC, false, 1, 8, twin, 0, 8);
        byte[] raw = w.bytes();
        ram.write(BYTES, raw, 0, raw.length);
        ram.putIntRelease(OBJECT, 3);
        ram.putIntRelease(OBJECT + 8, raw.length);
        ram.putLongRelease(OBJECT + 16, DIRECT + BYTES);
        ram.putLongRelease(NODE + SLOTS + 8 * 9, DIRECT + OTHER);
        long value = 5;
        for (long map : new long[] {MAP, OTHER}) {
            ram.putIntRelease(map, map == MAP ? 7 : 9);
            ram.putIntRelease(map + 4, 2);
            ram.putIntRelease(map + 8, 4);
            ram.putIntRelease(map + 12, 8);
            ram.putIntRelease(map + 16, 1);
            ram.write(map + 24, "table".getBytes(StandardCharsets.US_ASCII), 0, 5);
            ram.putLongRelease(map + 40, DIRECT + OBJECT);
            ram.putIntRelease(map + 52, section);
            ram.putLongRelease(map + VALUE, value++);
        }
    }

    private static Btf types() {
        BtfWriter w = new BtfWriter();
        int u8 = w.integer("u8", 1, false);
        int u32 = w.integer("u32", 4, false);
        int u64 = w.integer("u64", 8, false);
        int slots = w.type("", BtfKind.ARRAY, false, 0, 0, u64, u32, 64);
        int name = w.type("", BtfKind.ARRAY, false, 0, 0, u8, u32, 16);
        struct(w, "xa_node", 520, "shift", u8, 0, "slots", slots, SLOTS);
        int xarray = struct(w, "xarray", 8, "xa_head", u64, 0);
        struct(w, "idr", 16, "idr_rt", xarray, 0, "idr_base", u32, 8);
        struct(
                w,
                "bpf_map",
                64,
                "id",
                u32,
                0,
                "map_type",
                u32,
                4,
                "key_size",
                u32,
                8,
                "value_size",
                u32,
                12,
                "max_entries",
                u32,
                16,
                "map_flags",
                u32,
                20,
                "name",
                name,
                24,
                "btf",
                u64,
                40,
                "btf_key_type_id",
                u32,
                48,
                "btf_value_type_id",
                u32,
                52);
        struct(w, "btf", 24, "id", u32, 0, "kernel_btf", u32, 4, "data_size", u32, 8, "data", u64, 16);
        struct(w, "bpf_array", VALUE, "value", u64, VALUE);
        struct(w, "bpf_htab", 80, "buckets", u64, 64, "n_buckets", u32, 72);
        int head = struct(w, "hlist_nulls_head", 8, "first", u64, 0);
        struct(w, "bucket", 8, "head", head, 0);
        struct(w, "hlist_nulls_node", 16, "next", u64, 0);
        struct(w, "htab_elem", KEY, "key", name, KEY);
        w.type(
                "bpf_map_type",
                BtfKind.ENUM,
                false,
                2,
                4,
                w.name("BPF_MAP_TYPE_HASH"),
                1,
                w.name("BPF_MAP_TYPE_ARRAY"),
                2);
        return Btf.parse(w.bytes());
    }

    /** Members as name, type and byte offset. */
    private static int struct(BtfWriter w, String name, int size, Object... members) {
        int[] words = new int[members.length];
        for (int i = 0; i < members.length; i += 3) {
            words[i] = w.name((String) members[i]);
            words[i + 1] = (Integer) members[i + 1];
            words[i + 2] = (Integer) members[i + 2] * 8;
        }
        return w.type(name, BtfKind.STRUCT, false, members.length / 3, size, words);
    }
}
