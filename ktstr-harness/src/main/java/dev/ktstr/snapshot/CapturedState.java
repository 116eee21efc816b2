package dev.ktstr.snapshot;

import dev.ktstr.inspect.KernelView;
import dev.ktstr.vm.VcpuRegisters;
import dev.ktstr.vm.bpf.BpfEntry;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.bpf.BpfMap;
import dev.ktstr.vm.bpf.BpfValues;
import dev.ktstr.vm.btf.Similar;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.sched.Monitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All BPF maps of a kernel at one moment, what their pointers point to, and its CPUs. */
public final class CapturedState implements Snapshot {
    private static final Logger LOG = LoggerFactory.getLogger(CapturedState.class);

    /** Larger maps are cut: a capture stops the guest, and a failure's text is read by people. */
    private static final long MAX_MAP_BYTES = 4 << 20;

    private static final int MAX_ENTRIES_OF_A_CUT_ARRAY = 256;
    private static final Set<String> WITH_ENTRIES =
            Set.of("array", "percpu_array", "hash", "lru_hash", "percpu_hash", "lru_percpu_hash");

    private final List<CapturedMap> maps;
    private final Pointees pointees;
    private final List<CpuState> cpus;

    CapturedState(List<CapturedMap> maps, Pointees pointees, List<CpuState> cpus) {
        this.maps = maps.stream().map(map -> map.with(pointees)).toList();
        this.pointees = pointees;
        this.cpus = List.copyOf(cpus);
    }

    /**
     * Reads all maps. The guest should stand still; what changes all the same is read as {@link BpfValues} says.
     *
     * @param registers of its vCPUs, read at the same moment; none where the backend does not tell
     * @param monitor of its runqueues; empty where this kernel's cannot be read
     * @throws dev.ktstr.inspect.InspectException when the kernel cannot be read
     * @throws BpfException when its list of maps cannot
     */
    public static CapturedState read(KernelView kernel, List<VcpuRegisters> registers, Optional<Monitor> monitor) {
        List<CapturedMap> maps = new ArrayList<>();
        for (BpfMap map : kernel.bpf().maps()) {
            maps.add(read(kernel, map));
        }
        KernelMemory memory = kernel.structs().memory();
        return new CapturedState(
                maps,
                Pointees.follow(memory, kernel.structs().btf(), arenas(kernel, maps), maps),
                CpuReader.read(memory, registers, monitor.map(Monitor::sample)));
    }

    private static List<BpfValues.ArenaPlace> arenas(KernelView kernel, List<CapturedMap> maps) {
        List<BpfValues.ArenaPlace> places = new ArrayList<>();
        for (CapturedMap map : maps) {
            if (map.map().type().equals("arena")) {
                try {
                    places.add(kernel.values().arenaPlace(map.map()));
                } catch (BpfException e) {
                    LOG.debug("no pointers into an arena are followed: {}", e.getMessage());
                }
            }
        }
        return places;
    }

    private static CapturedMap read(KernelView kernel, BpfMap map) {
        if (!WITH_ENTRIES.contains(map.type())) {
            return new CapturedMap(
                    map, List.of(), false, Optional.of("a map of type " + map.type() + " has none to read"));
        }
        long copies = map.type().contains("percpu") ? kernel.structs().memory().possibleCpus().length : 1;
        long bytes = Integer.toUnsignedLong(map.maxEntries()) * Integer.toUnsignedLong(map.valueSize());
        try {
            if (bytes >= 0 && bytes <= MAX_MAP_BYTES / Math.max(1, copies)) {
                return new CapturedMap(map, kernel.values().entries(map), false, Optional.empty());
            } else if (map.type().equals("array") && map.valueSize() > 0 && map.valueSize() <= MAX_MAP_BYTES) {
                return new CapturedMap(map, first(kernel, map), true, Optional.empty());
            }
            return new CapturedMap(
                    map, List.of(), true, Optional.of("it may hold more than " + (MAX_MAP_BYTES >> 20) + " MiB"));
        } catch (BpfException e) {
            return new CapturedMap(map, List.of(), false, Optional.of(String.valueOf(e.getMessage())));
        }
    }

    private static List<BpfEntry> first(KernelView kernel, BpfMap map) {
        List<BpfEntry> entries = new ArrayList<>();
        long most = Math.min(MAX_ENTRIES_OF_A_CUT_ARRAY, MAX_MAP_BYTES / map.valueSize());
        for (int i = 0; i < most; i++) {
            entries.add(kernel.values().entry(map, i));
        }
        return entries;
    }

    @Override
    public List<CpuState> cpus() {
        return cpus;
    }

    Pointees pointees() {
        return pointees;
    }

    List<CapturedMap> captured() {
        return maps;
    }

    private List<CapturedMap.Variable> all() {
        return maps.stream().flatMap(map -> map.variables().stream()).toList();
    }

    @Override
    public SnapshotValue var(String path) {
        int slash = path.lastIndexOf('/');
        int end = path.length();
        for (char separator : new char[] {'.', '['}) {
            int at = path.indexOf(separator, slash + 1);
            end = at >= 0 ? Math.min(end, at) : end;
        }
        CapturedValue value = new CapturedValue(variable(path.substring(0, end)).value(), pointees);
        String rest = path.substring(end);
        return rest.isEmpty() ? value : value.get(rest.startsWith(".") ? rest.substring(1) : rest);
    }

    private CapturedMap.Variable variable(String name) {
        List<CapturedMap.Variable> all = all();
        List<CapturedMap.Variable> found = all.stream()
                .filter(v -> v.name().equals(name) || v.toString().equals(name))
                .toList();
        if (found.size() > 1) {
            throw new SnapshotException(
                    found.size() + " BPF variables are named '" + name + "': " + found + "; write map and name");
        } else if (found.isEmpty()) {
            throw new SnapshotException("no BPF variable '" + name + "'; "
                    + Similar.hint(
                            name,
                            all.stream()
                                    .map(CapturedMap.Variable::name)
                                    .distinct()
                                    .toList()));
        }
        return found.get(0);
    }

    @Override
    public SnapshotMap map(String name) {
        List<CapturedMap> found =
                maps.stream().filter(map -> map.name().equals(name)).toList();
        if (found.size() > 1) {
            throw new SnapshotException(found.size() + " BPF maps are named '" + name + "'");
        } else if (found.isEmpty()) {
            throw new SnapshotException("no BPF map '" + name + "'; "
                    + Similar.hint(name, maps().stream().distinct().toList()));
        }
        return found.get(0);
    }

    @Override
    public List<String> maps() {
        return maps.stream().map(CapturedMap::name).toList();
    }

    @Override
    public List<String> variables() {
        return all().stream().map(CapturedMap.Variable::name).toList();
    }
}
