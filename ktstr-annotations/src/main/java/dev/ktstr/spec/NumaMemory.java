package dev.ktstr.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory of a guest's NUMA nodes, where it is more than so many MiB spread evenly.
 *
 * <p>Each node is written as its size and what else is known of it: {@code 512M}, {@code 1G latency=300 bandwidth=20000
 * cache=64M distances=30,30,10}. Nodes beyond those of the topology have memory and no CPUs, as memory behind CXL.
 *
 * @param nodes node 0 first
 */
public record NumaMemory(List<Node> nodes) {
    /** A node's distance to itself (ACPI 6.5, 5.2.17). */
    public static final int LOCAL_DISTANCE = 10;

    /** The distance between two nodes where nobody says otherwise. */
    public static final int REMOTE_DISTANCE = 20;

    /** Least RAM of node 0, in MiB: it holds kernel, the window shared with the host, and initramfs. */
    public static final int LEAST_FIRST_MB = 224;

    /** Least RAM of the others, in MiB. */
    public static final int LEAST_MB = 8;

    /** As many as SLIT and HMAT are made for here. */
    public static final int MOST_NODES = 64;

    private static final int UNREACHABLE = 255;
    private static final int MOST_MB = 1 << 20;

    /** An HMAT has 16 bits for a value: distances make latencies up to 25 times as long, and QEMU has steps of 1 MB/s. */
    private static final int MOST_LATENCY_NS = 2000;

    private static final int LEAST_BANDWIDTH_MBS = 1000;
    private static final int MOST_BANDWIDTH_MBS = 65_000;
    private static final Pattern SIZE = Pattern.compile("(\\d{1,7})([MG])");
    private static final Pattern PROPERTY = Pattern.compile("([a-z]+)=(\\S+)");

    /**
     * One node.
     *
     * @param mb its RAM in MiB, even
     * @param latencyNs nanoseconds of an access from the nearest CPUs; 0 where the firmware says nothing
     * @param bandwidthMbS MB/s from there; 0 where the firmware says nothing
     * @param cacheMb MiB of a direct-mapped memory-side cache in front of it; 0 for none
     * @param distances to all nodes, or empty for {@link #LOCAL_DISTANCE} and {@link #REMOTE_DISTANCE}
     */
    public record Node(int mb, int latencyNs, int bandwidthMbS, int cacheMb, List<Integer> distances) {
        public Node {
            distances = List.copyOf(distances);
            range("size", mb, LEAST_MB, MOST_MB);
            range("latency", latencyNs, 0, MOST_LATENCY_NS);
            range("bandwidth", bandwidthMbS, bandwidthMbS == 0 ? 0 : LEAST_BANDWIDTH_MBS, MOST_BANDWIDTH_MBS);
            range("cache", cacheMb, 0, MOST_MB);
            if (mb % 2 != 0) {
                throw new IllegalArgumentException("a node of " + mb + " MiB is not possible: sizes are even");
            }
            if ((latencyNs == 0) != (bandwidthMbS == 0)) {
                throw new IllegalArgumentException("latency and bandwidth go together");
            }
            if (cacheMb > 0 && latencyNs == 0) {
                throw new IllegalArgumentException("a cache needs latency and bandwidth of the memory behind it");
            }
        }

        private static void range(String what, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(what + " is " + value + ", and must be " + least + " to " + most);
            }
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder().append(mb).append('M');
            if (latencyNs > 0) {
                text.append(" latency=").append(latencyNs).append(" bandwidth=").append(bandwidthMbS);
            }
            if (cacheMb > 0) {
                text.append(" cache=").append(cacheMb).append('M');
            }
            if (!distances.isEmpty()) {
                text.append(" distances=")
                        .append(String.join(
                                ",", distances.stream().map(String::valueOf).toList()));
            }
            return text.toString();
        }
    }

    /**
     * Checks that the nodes fit each other.
     *
     * @throws IllegalArgumentException naming the node that does not
     */
    public NumaMemory {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty() || nodes.size() > MOST_NODES) {
            throw new IllegalArgumentException(nodes.size() + " nodes are not possible: 1 to " + MOST_NODES);
        }
        if (nodes.get(0).mb() < LEAST_FIRST_MB) {
            throw new IllegalArgumentException("node 0 has " + nodes.get(0).mb() + " MiB, and needs " + LEAST_FIRST_MB
                    + " for kernel and boot image");
        }
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            if ((node.latencyNs() == 0) != (nodes.get(0).latencyNs() == 0)) {
                throw new IllegalArgumentException("latency and bandwidth are given for node "
                        + (node.latencyNs() == 0 ? 0 : i) + " and not for node " + (node.latencyNs() == 0 ? i : 0));
            }
            checkDistances(i, node.distances(), nodes.size());
        }
    }

    private static void checkDistances(int from, List<Integer> distances, int nodes) {
        if (!distances.isEmpty() && distances.size() != nodes) {
            throw new IllegalArgumentException(
                    "node " + from + " has " + distances.size() + " distances, and there are " + nodes + " nodes");
        }
        for (int to = 0; to < distances.size(); to++) {
            int distance = distances.get(to);
            boolean good =
                    from == to ? distance == LOCAL_DISTANCE : distance > LOCAL_DISTANCE && distance < UNREACHABLE;
            if (!good) {
                throw new IllegalArgumentException("the distance from node " + from + " to node " + to + " is "
                        + distance + "; it must be " + (from == to ? "10" : "11 to 254"));
            }
        }
    }

    /**
     * Reads the nodes' texts.
     *
     * @throws IllegalArgumentException naming the text that cannot be read, or what does not fit
     */
    public static NumaMemory parse(List<String> texts) {
        List<Node> nodes = new ArrayList<>();
        for (String text : texts) {
            try {
                nodes.add(node(text));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + text + "': " + e.getMessage(), e);
            }
        }
        return new NumaMemory(nodes);
    }

    private static Node node(String text) {
        String[] words = text.strip().split("\\s+", -1);
        int latency = 0;
        int bandwidth = 0;
        int cache = 0;
        List<Integer> distances = List.of();
        for (int i = 1; i < words.length; i++) {
            Matcher m = PROPERTY.matcher(words[i]);
            String name = m.matches() ? m.group(1) : "";
            switch (name) {
                case "latency" -> latency = number(m.group(2));
                case "bandwidth" -> bandwidth = number(m.group(2));
                case "cache" -> cache = megabytes(m.group(2));
                case "distances" ->
                    distances = Pattern.compile(",")
                            .splitAsStream(m.group(2))
                            .map(NumaMemory::number)
                            .toList();
                default ->
                    throw new IllegalArgumentException(
                            "'" + words[i] + "' is none of latency=NS, bandwidth=MB/S, cache=SIZE, distances=D,D,…");
            }
        }
        return new Node(megabytes(words[0]), latency, bandwidth, cache, distances);
    }

    private static int number(String text) {
        if (!text.matches("\\d{1,8}")) {
            throw new IllegalArgumentException("'" + text + "' is no number");
        }
        return Integer.parseInt(text);
    }

    private static int megabytes(String text) {
        Matcher m = SIZE.matcher(text.toUpperCase(Locale.ROOT));
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no size; write it like 512M or 2G");
        }
        return (int)
                Math.min(MOST_MB + 1L, Long.parseLong(m.group(1)) * (m.group(2).equals("G") ? 1024 : 1));
    }

    /** All RAM in MiB. */
    public int totalMb() {
        return nodes.stream().mapToInt(Node::mb).sum();
    }

    /** Whether the firmware tells latencies and bandwidths. */
    public boolean hasPerformance() {
        return nodes.get(0).latencyNs() > 0;
    }

    /** The distance from one node to another. */
    public int distance(int from, int to) {
        List<Integer> known = nodes.get(from).distances();
        return known.isEmpty() ? (from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE) : known.get(to);
    }

    /**
     * Nanoseconds of an access from a node with CPUs: the target's latency, times how much farther away it is than for the
     * nearest CPUs.
     *
     * @param initiators nodes with CPUs
     */
    public int latencyNs(int from, int to, int initiators) {
        return Math.round((float) nodes.get(to).latencyNs() * distance(from, to) / nearest(to, initiators));
    }

    /** MB/s of accesses from a node with CPUs: less by the same ratio, and at least 1. */
    public int bandwidthMbS(int from, int to, int initiators) {
        return Math.max(
                1, Math.round((float) nodes.get(to).bandwidthMbS() * nearest(to, initiators) / distance(from, to)));
    }

    /** The smallest distance from a node with CPUs. */
    private int nearest(int to, int initiators) {
        int least = UNREACHABLE;
        for (int from = 0; from < initiators; from++) {
            least = Math.min(least, distance(from, to));
        }
        return least;
    }

    /** The node with CPUs that is nearest to a node: itself where it has some. */
    public int initiatorOf(int node, int initiators) {
        int best = 0;
        for (int from = 0; from < initiators; from++) {
            best = distance(from, node) < distance(best, node) ? from : best;
        }
        return node < initiators ? node : best;
    }

    /** The nodes' texts, as {@link #parse} reads them. */
    public List<String> texts() {
        return nodes.stream().map(Node::toString).toList();
    }

    @Override
    public String toString() {
        return String.join("; ", texts());
    }
}
