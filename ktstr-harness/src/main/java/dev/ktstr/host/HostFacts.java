package dev.ktstr.host;

import dev.ktstr.TestTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a run on bare metal runs under.
 *
 * @param kernel release of the kernel
 * @param scheduler the sched_ext scheduler that is active, by the name of its ops; empty for the kernel's own
 * @param topology the host's
 * @param niceness whether this process may raise priorities ({@code CAP_SYS_NICE})
 */
public record HostFacts(String kernel, Optional<String> scheduler, TestTopology topology, boolean niceness) {
    private static final int CAP_SYS_NICE = 23; // include/uapi/linux/capability.h

    /**
     * This host, now.
     *
     * @throws HostException when its topology cannot be read
     */
    public static HostFacts read() {
        return read(Path.of("/"));
    }

    static HostFacts read(Path root) {
        return new HostFacts(
                line(root.resolve("proc/sys/kernel/osrelease")).orElse(System.getProperty("os.version")),
                active(root.resolve("sys/kernel/sched_ext")),
                HostTopology.read(root),
                capable(root.resolve("proc/self/status"), CAP_SYS_NICE));
    }

    private static Optional<String> active(Path schedExt) {
        boolean enabled = line(schedExt.resolve("state")).orElse("").equals("enabled");
        return enabled ? line(schedExt.resolve("root/ops")) : Optional.empty();
    }

    private static boolean capable(Path status, int capability) {
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("CapEff:")) {
                    long set = Long.parseUnsignedLong(
                            line.substring("CapEff:".length()).strip(), 16);
                    return (set >>> capability & 1) != 0;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return false; // then what needs it is skipped, and says so
        }
        return false;
    }

    private static Optional<String> line(Path file) {
        try {
            return Files.isReadable(file)
                    ? Files.readAllLines(file).stream().findFirst().map(String::strip)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // sched_ext's files come and go with the scheduler
        }
    }

    /** In a line: {@code 6.12.117, scheduler scx_lavd, 8 CPUs in 2 LLCs and 1 nodes}. */
    public String line() {
        return "kernel " + kernel + ", scheduler " + scheduler.orElse("of the kernel's own") + ", "
                + topology.cpuCount()
                + " CPUs, " + topology.llcs().size() + " last-level caches, "
                + topology.nodes().size() + " NUMA nodes";
    }

    /** For the JSON report. */
    Map<String, Object> json() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("kernel", kernel);
        facts.put("scheduler", scheduler.orElse("eevdf"));
        facts.put("cpus", topology.cpuCount());
        facts.put("llcs", topology.llcs().size());
        facts.put("numaNodes", topology.nodes().size());
        return facts;
    }
}
