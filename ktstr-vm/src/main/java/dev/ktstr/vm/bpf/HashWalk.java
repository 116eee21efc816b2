package dev.ktstr.vm.bpf;

import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Walks a hash map ({@code kernel/bpf/hashtab.c}): an array of buckets, each a list whose end is marked by the bucket's own
 * number, so that a walk that was led into another bucket's list, by an element moved meanwhile, is noticed and done again.
 */
final class HashWalk {
    private static final int ATTEMPTS = 16;
    private static final int MAX_BUCKETS = 1 << 24;

    private final KernelStructs structs;
    private final KernelMemory memory;
    private final BpfMap map;
    private final int[] cpus;
    private final int keyOffset;
    private final boolean perCpu;

    HashWalk(KernelStructs structs, BpfMap map, int[] cpus) {
        this.structs = structs;
        this.memory = structs.memory();
        this.map = map;
        this.cpus = cpus;
        this.keyOffset = structs.field("htab_elem", "key").offset();
        this.perCpu = map.type().contains("percpu");
    }

    List<BpfEntry> entries() {
        long buckets = structs.number(map.address(), "bpf_htab", "buckets");
        long count = structs.number(map.address(), "bpf_htab", "n_buckets");
        if (count <= 0 || count > MAX_BUCKETS) {
            throw new BpfException(map.header() + " claims " + count + " buckets; it changed while read");
        }
        int size = structs.btf().sizeOf("bucket");
        int head = structs.field("bucket", "head.first").offset();
        List<BpfEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.addAll(bucket(buckets + (long) i * size + head, i));
            if (entries.size() > map.maxEntries() * 2L) {
                throw new BpfException(map.header() + " shows more entries than it may hold; it changed while read");
            }
        }
        return entries;
    }

    private List<BpfEntry> bucket(long head, int number) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<List<BpfEntry>> found = tryBucket(head, number);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new BpfException(map.header() + ": bucket " + number + " did not stand still in " + ATTEMPTS
                + " attempts; freeze the guest to read it");
    }

    private Optional<List<BpfEntry>> tryBucket(long head, int number) {
        List<BpfEntry> entries = new ArrayList<>();
        int next = structs.field("hlist_nulls_node", "next").offset();
        long first = memory.readLong(head);
        long at = first;
        while ((at & 1) == 0) {
            // A list that is longer than the map may be is a circle.
            if (at == 0 || entries.size() > map.maxEntries() || !memory.isReadable(at, keyOffset + map.keySize())) {
                return Optional.empty();
            }
            entries.add(element(at));
            at = memory.readLong(at + next);
        }
        boolean own = at >>> 1 == number;
        return own && memory.readLong(head) == first ? Optional.of(entries) : Optional.empty();
    }

    private BpfEntry element(long address) {
        byte[] key = memory.read(address + keyOffset, map.keySize());
        long value = address + keyOffset + ((map.keySize() + 7L) & ~7L);
        if (!perCpu) {
            return new BpfEntry(map, key, List.of(memory.read(value, map.valueSize())));
        }
        long pointer = memory.readLong(value);
        List<byte[]> values = new ArrayList<>();
        for (int cpu : cpus) {
            values.add(memory.read(memory.perCpu(pointer, cpu), map.valueSize()));
        }
        return new BpfEntry(map, key, values);
    }
}
