package dev.ktstr.vm.bpf;

import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.btf.BtfField;
import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.BtfType;
import dev.ktstr.vm.btf.Similar;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/** Finds the BPF maps and programs of a kernel. Each call looks anew; safe from any thread. */
public final class BpfReader {
    private static final int MAX_BTF = 32 << 20;
    private static final int ATTEMPTS = 8;
    /** BPF_MAX_SUBPROGS of include/linux/bpf_verifier.h is 256. */
    private static final int MAX_FUNCTIONS = 1024;

    private final KernelStructs structs;
    private final KernelMemory memory;
    private final Map<Long, KnownBtf> known = new ConcurrentHashMap<>();

    /** BTF read before; its id tells whether the address has been used again since. */
    private record KnownBtf(long id, Btf btf) {}

    /** Reads through these structs. */
    public BpfReader(KernelStructs structs) {
        this.structs = structs;
        this.memory = structs.memory();
    }

    /**
     * All maps, by id.
     *
     * @throws BpfException when the kernel's lists did not stand still
     */
    public List<BpfMap> maps() {
        return all("map_idr", this::describeMap);
    }

    /** All programs, by id. @throws BpfException when the kernel's lists did not stand still */
    public List<BpfProgram> programs() {
        return all("prog_idr", this::describeProgram);
    }

    private interface Describe<T> {
        T describe(int id, long address);
    }

    /** What was freed while it was looked at is looked up again: it is in the list no more, or another is in its place. */
    private <T> List<T> all(String idr, Describe<T> describe) {
        long address = memory.symbol(idr);
        String last = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Map<Integer, Long> before = Xarray.idr(structs, address);
                List<T> found = new ArrayList<>();
                before.forEach((id, object) -> found.add(describe.describe(id, object)));
                if (before.equals(Xarray.idr(structs, address))) {
                    return found;
                }
                last = "entries came and went";
            } catch (BpfException | BtfException | KernelAccessException e) {
                last = String.valueOf(e.getMessage());
            }
        }
        throw new BpfException("the kernel's " + idr + " could not be read in " + ATTEMPTS + " attempts: " + last);
    }

    /** The map of a name. @throws BpfException naming the maps there are when there is none such, or more than one */
    public BpfMap map(String name) {
        List<BpfMap> maps = maps();
        List<BpfMap> found = maps.stream().filter(m -> m.name().equals(name)).toList();
        if (found.isEmpty()) {
            throw new BpfException("no BPF map '" + name + "'; "
                    + Similar.hint(
                            name, maps.stream().map(BpfMap::name).distinct().toList()));
        }
        return only("map", name, found, BpfMap::id);
    }

    /** The program of a name. @throws BpfException naming the programs there are when there is none, or more than one */
    public BpfProgram program(String name) {
        List<BpfProgram> programs = programs();
        List<BpfProgram> found =
                programs.stream().filter(p -> p.name().equals(name)).toList();
        if (found.isEmpty()) {
            throw new BpfException("no BPF program '" + name + "'; "
                    + Similar.hint(
                            name,
                            programs.stream().map(BpfProgram::name).distinct().toList()));
        }
        return only("program", name, found, BpfProgram::id);
    }

    private static <T> T only(String what, String name, List<T> found, ToIntFunction<T> id) {
        if (found.size() > 1) {
            throw new BpfException(found.size() + " BPF " + what + "s are named '" + name + "', with the ids "
                    + found.stream().map(f -> String.valueOf(id.applyAsInt(f))).toList() + "; choose by id");
        }
        return found.get(0);
    }

    /** Whether the kernel still has this very map. */
    public boolean exists(BpfMap map) {
        Long now = Xarray.idr(structs, memory.symbol("map_idr")).get(map.id());
        return now != null && now == map.address();
    }

    private long number(long address, String struct, String path) {
        return structs.number(address, struct, path);
    }

    private OptionalLong maybe(long address, String struct, String path) {
        return structs.has(struct, path) ? OptionalLong.of(number(address, struct, path)) : OptionalLong.empty();
    }

    private BpfMap describeMap(int id, long address) {
        if ((int) number(address, "bpf_map", "id") != id) {
            throw new BpfException("map " + id + " went away");
        }
        Optional<Btf> btf = btfAt(number(address, "bpf_map", "btf"));
        int valueType = (int) number(address, "bpf_map", "btf_value_type_id");
        Optional<String> section = btf.filter(b -> valueType != 0 && b.kind(valueType) == BtfKind.DATASEC)
                .map(b -> b.type(valueType).name());
        return new BpfMap(
                address,
                id,
                structs.text(address, "bpf_map", "name"),
                constant("bpf_map_type", "BPF_MAP_TYPE_", number(address, "bpf_map", "map_type")),
                (int) number(address, "bpf_map", "key_size"),
                (int) number(address, "bpf_map", "value_size"),
                (int) number(address, "bpf_map", "max_entries"),
                (int) number(address, "bpf_map", "map_flags"),
                btf,
                (int) number(address, "bpf_map", "btf_key_type_id"),
                valueType,
                section);
    }

    private BpfProgram describeProgram(int id, long address) {
        long aux = number(address, "bpf_prog", "aux");
        if ((int) number(aux, "bpf_prog_aux", "id") != id) {
            throw new BpfException("program " + id + " went away");
        }
        OptionalLong attached = maybe(aux, "bpf_prog_aux", "attach_func_name");
        return new BpfProgram(
                address,
                id,
                programName(aux),
                constant("bpf_prog_type", "BPF_PROG_TYPE_", number(address, "bpf_prog", "type")),
                maybe(aux, "bpf_prog_aux", "verified_insns"),
                maybe(aux, "bpf_prog_aux", "stack_depth"),
                (int) number(address, "bpf_prog", "len"),
                jitedBytes(address, aux),
                runs(address),
                attached.isPresent() && attached.getAsLong() != 0
                        ? Optional.of(memory.readText(attached.getAsLong(), 128))
                        : Optional.empty());
    }

    /** A program of several functions is compiled function by function, the first among them (bpf_prog_get_info_by_fd). */
    private OptionalLong jitedBytes(long address, long aux) {
        if (number(address, "bpf_prog", "jited") == 0 || !structs.has("bpf_prog", "jited_len")) {
            return OptionalLong.empty();
        }
        long functions = structs.has("bpf_prog_aux", "func_cnt") ? number(aux, "bpf_prog_aux", "func_cnt") : 0;
        if (functions == 0) {
            return maybe(address, "bpf_prog", "jited_len");
        }
        if (functions > MAX_FUNCTIONS) {
            throw new BpfException("a program claims to have " + functions + " functions");
        }
        long table = number(aux, "bpf_prog_aux", "func");
        long sum = 0;
        for (int i = 0; i < functions; i++) {
            sum += number(memory.readLong(table + (long) i * Long.BYTES), "bpf_prog", "jited_len");
        }
        return OptionalLong.of(sum);
    }

    private OptionalLong runs(long address) {
        Optional<BtfField> count = structs.find("bpf_prog_stats", "cnt");
        OptionalLong stats = maybe(address, "bpf_prog", "stats");
        if (count.isEmpty() || stats.isEmpty() || stats.getAsLong() == 0) {
            return OptionalLong.empty();
        }
        long sum = 0;
        for (int cpu : memory.possibleCpus()) {
            // A u64_stats_t, which on 64 bits is one word.
            sum += memory.readLong(
                    memory.perCpu(stats.getAsLong(), cpu) + count.get().offset());
        }
        return OptionalLong.of(sum);
    }

    /** The name that BTF has for the program's first function, when the kernel's own was cut off. */
    private String programName(long aux) {
        String cut = structs.text(aux, "bpf_prog_aux", "name");
        int full = structs.btf().size(structs.field("bpf_prog_aux", "name").type()) - 1;
        if (cut.length() < full || number(aux, "bpf_prog_aux", "func_info_cnt") == 0) {
            return cut;
        }
        long info = number(aux, "bpf_prog_aux", "func_info");
        Optional<Btf> btf = btfAt(number(aux, "bpf_prog_aux", "btf"));
        if (btf.isEmpty() || info == 0) {
            return cut;
        }
        BtfType function = btf.get().type((int) number(info, "bpf_func_info", "type_id"));
        return function.kind() == BtfKind.FUNC && function.name().startsWith(cut) ? function.name() : cut;
    }

    private String constant(String enumName, String prefix, long value) {
        int id = structs.btf()
                .find(enumName, BtfKind.ENUM)
                .orElseThrow(() -> new BtfException("this kernel's BTF has no enum " + enumName));
        String name = structs.btf().constantName(id, value).orElse("unknown " + value);
        return name.startsWith(prefix) ? name.substring(prefix.length()).toLowerCase(Locale.ROOT) : name;
    }

    private Optional<Btf> btfAt(long address) {
        if (address == 0) {
            return Optional.empty();
        }
        long id = number(address, "btf", "id");
        if (number(address, "btf", "kernel_btf") != 0) {
            return Optional.of(structs.btf());
        }
        KnownBtf before = known.get(address);
        if (before != null && before.id == id) {
            return Optional.of(before.btf);
        }
        long size = number(address, "btf", "data_size");
        if (size > MAX_BTF) {
            throw new BpfException("BTF " + id + " claims " + size + " bytes");
        }
        Btf btf = Btf.parse(memory.read(number(address, "btf", "data"), (int) size));
        known.put(address, new KnownBtf(id, btf));
        return Optional.of(btf);
    }
}
