package dev.ktstr.host;

import dev.ktstr.TestTopology;
import dev.ktstr.TestTopology.Llc;
import dev.ktstr.TestTopology.Node;
import dev.ktstr.spec.CpuTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The topology of this host, from sysfs (Documentation/ABI/stable/sysfs-devices-system-cpu and -node): CPUs that are online,
 * their last-level caches and their nodes. It may be irregular, with holes in the numbers.
 */
public final class HostTopology {
    private static final int MAX_CPUS = 8192;

    private final Path cpus;
    private final Path nodes;
    private final Path root;

    private HostTopology(Path root) {
        this.root = root;
        this.cpus = root.resolve("sys/devices/system/cpu");
        this.nodes = root.resolve("sys/devices/system/node");
    }

    /**
     * Reads it.
     *
     * @throws HostException when sysfs does not say which CPUs there are
     */
    public static TestTopology read() {
        return read(Path.of("/"));
    }

    /** Reads it from a copy of the file systems. */
    static TestTopology read(Path root) {
        return new HostTopology(root).topology();
    }

    private TestTopology topology() {
        SortedSet<Integer> online = list(text(cpus.resolve("online"))
                .orElseThrow(() -> new HostException("Cannot read the host's topology: " + cpus
                        + "/online is not there. Is sysfs mounted at /sys?")));
        if (online.isEmpty()) {
            throw new HostException("Cannot read the host's topology: " + cpus + "/online names no CPU");
        }
        List<Node> numa = nodes(online);
        Map<Integer, SortedSet<Integer>> byLlc = new TreeMap<>();
        for (int cpu : online) {
            SortedSet<Integer> sharing = sharing(cpu);
            sharing.retainAll(online);
            sharing.add(cpu);
            byLlc.computeIfAbsent(sharing.first(), first -> new TreeSet<>()).add(cpu);
        }
        List<Llc> llcs = byLlc.values().stream()
                .map(group -> new Llc(
                        List.copyOf(group), nodeOf(numa, group.first()), cacheBytes(group.first()), cores(group)))
                .toList();
        return new TestTopology(nearest(llcs, numa), llcs, numa);
    }

    /** The CPUs that share a CPU's cache of the highest level; of one without caches, as in many VMs, its package. */
    private SortedSet<Integer> sharing(int cpu) {
        return lastCache(cpu)
                .flatMap(index -> text(index.resolve("shared_cpu_list")))
                .or(() -> text(cpus.resolve("cpu" + cpu + "/topology/package_cpus_list")))
                .map(HostTopology::list)
                .orElseGet(TreeSet::new);
    }

    private Optional<Path> lastCache(int cpu) {
        Path last = null;
        int highest = 1;
        for (int index = 0; index < 16; index++) {
            Path cache = cpus.resolve("cpu" + cpu + "/cache/index" + index);
            int level = number(text(cache.resolve("level")).orElse(""), 0);
            if (level > highest) {
                highest = level;
                last = cache;
            }
        }
        return Optional.ofNullable(last);
    }

    private long cacheBytes(int cpu) {
        String size =
                lastCache(cpu).flatMap(index -> text(index.resolve("size"))).orElse("");
        if (!size.matches("\\d{1,9}[KMG]")) {
            return 0;
        }
        int shift = 10 * (1 + "KMG".indexOf(size.charAt(size.length() - 1)));
        return Long.parseLong(size.substring(0, size.length() - 1)) << shift;
    }

    private List<List<Integer>> cores(SortedSet<Integer> llc) {
        Map<Integer, List<Integer>> cores = new TreeMap<>();
        for (int cpu : llc) {
            SortedSet<Integer> siblings = list(text(cpus.resolve("cpu" + cpu + "/topology/thread_siblings_list"))
                    .orElse(""));
            siblings.retainAll(llc);
            siblings.add(cpu);
            cores.computeIfAbsent(siblings.first(), first -> new ArrayList<>()).add(cpu);
        }
        return List.copyOf(cores.values());
    }

    private List<Node> nodes(SortedSet<Integer> online) {
        List<Node> found = new ArrayList<>();
        for (int id : list(text(nodes.resolve("online")).orElse(""))) {
            Path node = nodes.resolve("node" + id);
            SortedSet<Integer> own = list(text(node.resolve("cpulist")).orElse(""));
            own.retainAll(online);
            List<Integer> distances = Arrays.stream(
                            text(node.resolve("distance")).orElse("").split("\\s+", -1))
                    .filter(word -> !word.isEmpty())
                    .map(word -> number(word, 0))
                    .toList();
            found.add(new Node(id, List.copyOf(own), memTotalKb(node.resolve("meminfo")), distances));
        }
        if (found.isEmpty()) {
            // A kernel without NUMA; a node is 10 away from itself (ACPI, SLIT).
            found.add(new Node(0, List.copyOf(online), memTotalKb(root.resolve("proc/meminfo")), List.of(10)));
        }
        return found;
    }

    private static long memTotalKb(Path meminfo) {
        for (String line : text(meminfo).orElse("").lines().toList()) {
            int at = line.indexOf("MemTotal:");
            if (at >= 0) {
                String[] words = line.substring(at).split("\\s+", -1);
                return words.length > 1 && words[1].matches("\\d{1,18}") ? Long.parseLong(words[1]) : 0;
            }
        }
        return 0;
    }

    private static int nodeOf(List<Node> nodes, int cpu) {
        return nodes.stream()
                .filter(node -> node.cpus().contains(cpu))
                .findFirst()
                .map(Node::id)
                .orElse(0);
    }

    /** The regular shape that comes nearest; the name of the host's topology in results. */
    private static CpuTopology nearest(List<Llc> llcs, List<Node> nodes) {
        int withCpus = (int) nodes.stream().filter(n -> !n.cpus().isEmpty()).count();
        int numa = withCpus > 0 && llcs.size() % withCpus == 0 ? withCpus : 1;
        int cores = llcs.stream().mapToInt(llc -> llc.cores().size()).max().orElse(1);
        int threads = llcs.stream()
                .flatMap(llc -> llc.cores().stream())
                .mapToInt(List::size)
                .max()
                .orElse(1);
        return new CpuTopology(numa, llcs.size(), cores, threads);
    }

    /** CPUs of the kernel's list format, {@code 0-3,8}; what is no list is none. */
    static SortedSet<Integer> list(String text) {
        SortedSet<Integer> all = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            String[] ends = part.strip().split("-", 2);
            int first = number(ends[0], -1);
            int last = ends.length > 1 ? number(ends[1], -1) : first;
            for (int cpu = Math.max(0, first); first >= 0 && cpu <= Math.min(last, MAX_CPUS - 1); cpu++) {
                all.add(cpu);
            }
        }
        return all;
    }

    private static int number(String text, int otherwise) {
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : otherwise;
    }

    /** The text of a file of the kernel's; empty when it does not have it. */
    private static Optional<String> text(Path file) {
        try {
            return Files.isReadable(file)
                    ? Optional.of(Files.readAllLines(file).stream()
                            .collect(Collectors.joining("\n"))
                            .strip())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // a CPU that went offline meanwhile
        }
    }
}
