package dev.ktstr.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The agent that was built, as a process of this host. Where the machine has no writable cgroups of version 2, tests are skipped. */
final class RealAgent implements AutoCloseable {
    static final Path PROGRAM = Path.of("target/classes/dev/ktstr/guest/agent/x86_64/ktstr-agent");
    private static int count;

    final Path cgroup;
    final HostAgent ports;
    final AgentSession session;

    private RealAgent(Path cgroup, HostAgent ports, AgentSession session) {
        this.cgroup = cgroup;
        this.ports = ports;
        this.session = session;
    }

    /** Starts it with a cgroup of its own. */
    static RealAgent start(Path dir) throws IOException {
        Optional<Path> root = cgroups();
        Assumptions.assumeTrue(
                root.isPresent(), "needs root and a writable hierarchy of cgroups of version 2: nothing was tested");
        Path cgroup = root.get().resolve("ktstr-test-" + ProcessHandle.current().pid() + "-" + ++count);
        HostAgent ports = HostAgent.start(PROGRAM.toAbsolutePath(), cgroup, dir, dir.resolve("agent.log"));
        try {
            return new RealAgent(cgroup, ports, AgentSession.open(ports, Duration.ofSeconds(30)));
        } catch (RuntimeException e) {
            ports.close();
            throw e;
        }
    }

    private static Optional<Path> cgroups() throws IOException {
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mounts"));
        return mounts.stream()
                .map(line -> line.split(" "))
                .filter(words -> words[2].equals("cgroup2"))
                .map(words -> Path.of(words[1]))
                .filter(Files::isWritable)
                .findFirst();
    }

    /** Whether a controller is there for cgroups of version 2; on hosts with version 1 beside it, it is not. */
    boolean has(String controller) throws IOException {
        return Files.readString(cgroup.resolve("cgroup.controllers")).contains(controller);
    }

    /** Removes the cgroup of an agent that was killed; nothing may run in it. */
    void removeCgroup() throws IOException {
        try (java.util.stream.Stream<Path> below = Files.list(cgroup)) {
            for (Path path : below.filter(Files::isDirectory).toList()) {
                Files.delete(path);
            }
        }
        Files.delete(cgroup);
    }

    @Override
    public void close() {
        session.close();
        ports.close();
    }
}
