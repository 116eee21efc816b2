package dev.ktstr.vm.bpf;

import dev.ktstr.vm.btf.Btf;
import java.util.Optional;

/**
 * A map as the kernel describes it.
 *
 * @param address of its {@code struct bpf_map}
 * @param id as {@code bpftool map} shows it
 * @param name at most 15 characters, for that is what the kernel keeps; may be empty
 * @param type lower case without prefix, as {@code bpftool} says it: {@code array}, {@code percpu_hash}
 * @param flags {@code BPF_F_…}
 * @param btf types of its program, or empty when it has none
 * @param keyType in {@code btf}, 0 when unknown
 * @param valueType in {@code btf}, 0 when unknown
 * @param section for a map that holds global variables, the section: {@code .bss}
 */
public record BpfMap(
        long address,
        int id,
        String name,
        String type,
        int keySize,
        int valueSize,
        int maxEntries,
        int flags,
        Optional<Btf> btf,
        int keyType,
        int valueType,
        Optional<String> section) {
    /** As the header of a dump: {@code map scx_ktst.bss (type=array, value_size=48, max_entries=1)}. */
    public String header() {
        return "map " + (name.isEmpty() ? "#" + id : name) + " (type=" + type + ", value_size=" + valueSize
                + ", max_entries=" + maxEntries + ")";
    }
}
