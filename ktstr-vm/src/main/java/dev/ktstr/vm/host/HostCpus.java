package dev.ktstr.vm.host;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The host's CPUs that this process may use, and how they lie: which share a core, and which a last-level cache.
 *
 * @param cpus in ascending order
 */
public record HostCpus(List<Cpu> cpus) {
    /**
     * One CPU.
     *
     * @param id its number
     * @param core number of the first CPU of its core
     * @param llc number of the first CPU that shares its last-level cache
     */
    public record Cpu(int id, int core, int llc) {}

    /**
     * CPUs for a guest.
     *
     * @param cpus a CPU of the host for each vCPU, in the vCPUs' order; all different
     * @param mirrored whether they lie as the guest's do: each LLC of the guest within one of the host, no two in the same, and
     *     threads of a core of the guest on threads of a core of the host
     */
    public record Choice(List<Integer> cpus, boolean mirrored) {
        public Choice {
            cpus = List.copyOf(cpus);
        }
    }

    public HostCpus {
        cpus = List.copyOf(cpus);
    }

    /** Those of this process, now. */
    public static HostCpus here() {
        return read(Path.of("/"));
    }

    /**
     * Reads them from {@code proc} and {@code sys} below a root (proc_pid_status(5); Documentation/admin-guide/cputopology.rst).
     * A CPU of which the kernel does not say how it lies is alone.
     *
     * @throws VmException when the process's own list cannot be read
     */
    static HostCpus read(Path root) {
        Path status = root.resolve("proc/self/status");
        try {
            String allowed = Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElseThrow(() -> new VmException(status + " has no Cpus_allowed_list"));
            Path cpus = root.resolve("sys/devices/system/cpu");
            return new HostCpus(list(allowed).stream()
                    .map(id -> {
                        Path cpu = cpus.resolve("cpu" + id);
                        return new Cpu(id, first(cpu.resolve("topology/thread_siblings_list"), id), lastLevel(cpu, id));
                    })
                    .toList());
        } catch (IOException e) {
            throw new VmException("the CPUs of this process cannot be read: " + e, e);
        }
    }

    /** The first CPU that shares the cache of the highest level. */
    private static int lastLevel(Path cpu, int id) {
        int highest = 0;
        int first = id;
        for (int index = 0; Files.exists(cpu.resolve("cache/index" + index)); index++) {
            Path cache = cpu.resolve("cache/index" + index);
            int level = first(cache.resolve("level"), 0);
            if (level > highest) {
                highest = level;
                first = first(cache.resolve("shared_cpu_list"), id);
            }
        }
        return first;
    }

    private static int first(Path file, int otherwise) {
        try {
            List<Integer> numbers = list(Files.readString(file).strip());
            return numbers.isEmpty() ? otherwise : numbers.get(0);
        } catch (IOException | VmException e) {
            return otherwise;
        }
    }

    /** Reads a list as the kernel writes it: {@code 0-3,8}. */
    static List<Integer> list(String text) {
        List<Integer> numbers = new ArrayList<>();
        try {
            for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
                int dash = part.indexOf('-');
                int from = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
                int to = dash < 0 ? from : Integer.parseInt(part.substring(dash + 1));
                if (from < 0 || to < from || to > 1 << 16) {
                    throw new VmException("'" + text + "' is no list of CPUs");
                }
                for (int cpu = from; cpu <= to; cpu++) {
                    numbers.add(cpu);
                }
            }
        } catch (NumberFormatException e) {
            throw new VmException("'" + text + "' is no list of CPUs", e);
        }
        return numbers;
    }

    /**
     * Chooses a CPU for each vCPU, as like the guest's topology as the free ones allow.
     *
     * @param taken CPUs that are others'
     * @return empty when fewer are free than the guest has
     */
    public Optional<Choice> choose(CpuTopology guest, Set<Integer> taken) {
        List<Cpu> free = cpus.stream().filter(cpu -> !taken.contains(cpu.id())).toList();
        if (free.size() < guest.cpus()) {
            return Optional.empty();
        }
        List<List<Cpu>> caches = new ArrayList<>(free.stream()
                .collect(Collectors.groupingBy(Cpu::llc, TreeMap::new, Collectors.toList()))
                .values());
        caches.replaceAll(cache -> order(cache, guest.threadsPerCore()));
        int each = guest.coresPerLlc() * guest.threadsPerCore();
        List<Integer> chosen = new ArrayList<>();
        Set<Integer> caught = new HashSet<>();
        boolean mirrored = true;
        for (int llc = 0; llc < guest.llcs(); llc++) {
            List<Cpu> part = part(caches, caught, each);
            mirrored &= alike(part, caught, guest.threadsPerCore());
            part.forEach(cpu -> caught.add(cpu.llc()));
            part.forEach(cpu -> chosen.add(cpu.id()));
            caches.replaceAll(
                    cache -> cache.stream().filter(cpu -> !part.contains(cpu)).toList());
        }
        return Optional.of(new Choice(chosen, mirrored));
    }

    /** CPUs of a cache, whole cores first: as pairs of threads, or the first thread of every core before the second of any. */
    private static List<Cpu> order(List<Cpu> cache, int threads) {
        Map<Integer, List<Cpu>> cores =
                cache.stream().collect(Collectors.groupingBy(Cpu::core, TreeMap::new, Collectors.toList()));
        List<List<Cpu>> bySize = new ArrayList<>(cores.values());
        bySize.sort(Comparator.comparingInt((List<Cpu> core) -> -core.size()));
        List<Cpu> ordered = new ArrayList<>();
        if (threads > 1) {
            bySize.forEach(ordered::addAll);
        } else {
            for (int thread = 0; ordered.size() < cache.size(); thread++) {
                int nth = thread;
                bySize.stream().filter(core -> core.size() > nth).forEach(core -> ordered.add(core.get(nth)));
            }
        }
        return ordered;
    }

    /** So many CPUs of one cache: of one without a part of the guest if there is one, of the largest; else of several. */
    private static List<Cpu> part(List<List<Cpu>> caches, Set<Integer> caught, int size) {
        return caches.stream()
                .filter(cache -> cache.size() >= size)
                .min(Comparator.comparing((List<Cpu> cache) ->
                                caught.contains(cache.get(0).llc()))
                        .thenComparingInt(cache -> -cache.size()))
                .orElseGet(() -> caches.stream().flatMap(List::stream).toList())
                .subList(0, size);
    }

    private static boolean alike(List<Cpu> part, Set<Integer> caught, int threads) {
        boolean oneCache = part.stream().map(Cpu::llc).distinct().count() == 1;
        boolean cores = true;
        for (int i = 0; i < part.size(); i += threads) {
            cores &= part.subList(i, i + threads).stream()
                            .map(Cpu::core)
                            .distinct()
                            .count()
                    == 1;
        }
        long distinct = part.stream().map(Cpu::core).distinct().count();
        return oneCache && !caught.contains(part.get(0).llc()) && cores && distinct == part.size() / threads;
    }
}
