package dev.ktstr.vm.bpf;

import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.BtfWriter;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import dev.ktstr.vm.kernel.SparseMemory;
import dev.ktstr.vm.kernel.SyntheticKernel;
import dev.ktstr.vm.symbols.Kallsyms;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A kernel with two maps that hold a program's globals, {@code prog.bss} and {@code prog.rodata}, laid out by hand. */
final class SyntheticGlobals {
    static final long PHYSICAL = 2 << 20;
    static final long DIRECT = 0xffff888000000000L;
    static final long IDR = 0xa000;
    static final long NODE = 8 << 20;
    static final long MAP = 9 << 20;
    static final long CONSTANTS = MAP + 0x10000;
    static final long BTF = 10 << 20;
    static final long BTF_DATA = 11 << 20;
    static final int SLOTS = 8;
    /** Of the value in {@code struct bpf_array}. */
    static final int VALUE = 128;

    private static final int ARRAY_TYPE = 2;

    final SparseMemory ram = new SparseMemory(16 << 20);
    final KernelStructs structs;

    SyntheticGlobals() {
        new SyntheticKernel(ram, PHYSICAL, 0, DIRECT, 4);
        ram.putIntRelease(PHYSICAL + SyntheticKernel.NR_CPUS, 2);
        ram.putLongRelease(PHYSICAL + SyntheticKernel.POSSIBLE, 3);
        ram.putLongRelease(PHYSICAL + SyntheticKernel.PER_CPU_OFFSET, 0x80000);
        ram.putLongRelease(PHYSICAL + SyntheticKernel.PER_CPU_OFFSET + 8, 0x100000);
        ram.putLongRelease(PHYSICAL + IDR, DIRECT + NODE + 2);
        byte[] types = program();
        ram.write(BTF_DATA, types, 0, types.length);
        ram.putLongRelease(BTF, DIRECT + BTF_DATA);
        ram.putIntRelease(BTF + 8, types.length);
        ram.putIntRelease(BTF + 12, 5);
        map(MAP, 1, "prog.bss", 40, bss);
        map(CONSTANTS, 2, "prog.rodata", 12, rodata);
        String text = """
                ffffffff81000000 T _text
                ffffffff81000000 T _stext
                ffffffff81000040 T code
                ffffffff81001000 T _etext
                ffffffff81002000 T linux_banner
                ffffffff81003000 T __per_cpu_offset
                ffffffff81008000 T page_offset_base
                ffffffff81008008 D nr_cpu_ids
                ffffffff81008100 D __cpu_possible_mask
                ffffffff8100a000 D map_idr
                ffffffff8100b000 D counter
                ffffffff8100b010 D small
                ffffffff8100b014 D both
                ffffffff8100b019 D odd
                ffffffff8100b020 D behind
                ffffffff8100c000 D __per_cpu_start
                ffffffff8100c040 D of_each
                ffffffff8100c048 D of_each_too
                ffffffff8100d000 D __per_cpu_end
                ffffffff81010000 T init_top_pgt
                """;
        structs = new KernelStructs(
                KernelMemory.open(ram, Kallsyms.parse(text.getBytes(StandardCharsets.US_ASCII))), kernel());
    }

    private int bss;
    private int rodata;

    private void map(long at, int id, String name, int size, int section) {
        ram.putLongRelease(NODE + SLOTS + 8L * id, DIRECT + at);
        ram.putIntRelease(at, id);
        ram.putIntRelease(at + 4, ARRAY_TYPE);
        ram.putIntRelease(at + 8, 4);
        ram.putIntRelease(at + 12, size);
        ram.putIntRelease(at + 16, 1);
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        ram.write(at + 24, text, 0, text.length);
        ram.putLongRelease(at + 40, DIRECT + BTF);
        ram.putIntRelease(at + 52, section);
    }

    /** hits u64 at 0; crash u32 at 8; pair struct at 12, which no 8 bytes may, its members may; table u32[3]; both u32; twin u32, also in rodata. */
    private byte[] program() {
        BtfWriter w = new BtfWriter();
        int u32 = w.integer("u32", 4, false);
        int u64 = w.integer("u64", 8, false);
        int pair = struct(w, "pair", 8, "low", u32, 0, "high", u32, 4);
        int table = w.type("", BtfKind.ARRAY, false, 0, 0, u32, u32, 3);
        bss = section(
                w, ".bss", 40, "hits", u64, 0, 8, "crash", u32, 8, 4, "pair", pair, 12, 8, "table", table, 20, 12,
                "both", u32, 32, 4, "twin", u32, 36, 4);
        rodata = section(w, ".rodata", 12, "slice", u64, 0, 8, "twin", u32, 8, 4);
        return w.bytes();
    }

    /** Variables as name, type, byte offset and size. */
    private static int section(BtfWriter w, String name, int size, Object... variables) {
        List<Integer> words = new ArrayList<>();
        for (int i = 0; i < variables.length; i += 4) {
            words.add(w.type((String) variables[i], BtfKind.VAR, false, 0, (Integer) variables[i + 1], 1));
            words.add((Integer) variables[i + 2]);
            words.add((Integer) variables[i + 3]);
        }
        return w.type(
                name,
                BtfKind.DATASEC,
                false,
                variables.length / 4,
                size,
                words.stream().mapToInt(Integer::intValue).toArray());
    }

    private static Btf kernel() {
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
        struct(w, "bpf_array", VALUE + 8, "value", u64, VALUE);
        struct(w, "btf", 24, "data", u64, 0, "data_size", u32, 8, "id", u32, 12, "kernel_btf", u8, 16);
        w.type("bpf_map_type", BtfKind.ENUM, false, 1, 4, w.name("BPF_MAP_TYPE_ARRAY"), ARRAY_TYPE);
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
