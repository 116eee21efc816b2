package dev.ktstr.host;

import dev.ktstr.guest.AgentSession;
import dev.ktstr.guest.GuestException;
import dev.ktstr.guest.wire.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent at work on this host, with a cgroup {@code ktstr-PID} that it makes and removes. It goes when we go: its standard
 * input then ends, whether we closed it or were killed, and it ends what it started and removes its cgroup. The owner closes it.
 */
public final class HostAgent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostAgent.class);
    private static final Duration HELLO_LIMIT = Duration.ofSeconds(20);
    private static final Duration END_LIMIT = Duration.ofSeconds(15);
    /** After its last words it is gone this soon; asked only when a scenario has failed. */
    private static final Duration GIVING_UP = Duration.ofMillis(300);

    private static final int MAX_WORDS = 64 << 10;

    private final Path cgroup;
    private final CgroupMount mount;
    private final Set<String> enabled;
    private final OwnerRecords records;
    private final Thread ender = new Thread(this::end, "ktstr-host-agent-end");
    private final StringBuilder words = new StringBuilder();
    private final Process process;
    private final AgentSession session;
    private boolean closed;

    private HostAgent(Path program, CgroupMount mount, OwnerRecords records) throws IOException {
        long pid = ProcessHandle.current().pid();
        this.mount = mount;
        this.records = records;
        this.cgroup = mount.parent().resolve("ktstr-" + pid);
        records.own(pid);
        this.enabled = mount.enable();
        Runtime.getRuntime().addShutdownHook(ender);
        Path shared = Files.createTempFile(sharedFolder(), "ktstr-host-" + pid + "-", ".window");
        boolean open = false;
        try {
            MappedByteBuffer window = map(shared);
            process = new ProcessBuilder(List.of(
                            program.toString(), "--host", "--cgroup", cgroup.toString(), "--window", shared.toString()))
                    .start();
            listen();
            session = AgentSession.open(new HostPorts(process, window), HELLO_LIMIT);
            open = true;
        } finally {
            Files.deleteIfExists(shared);
            if (!open) {
                end();
                forgetHook();
            }
        }
    }

    /**
     * Starts it.
     *
     * @param program the agent
     * @param mount where its cgroup goes
     * @param records where this process is written down as the owner
     * @throws HostException when it does not come up
     */
    public static HostAgent start(Path program, CgroupMount mount, OwnerRecords records) {
        try {
            return new HostAgent(program, mount, records);
        } catch (IOException e) {
            throw new HostException("Starting the agent " + program + " on this host failed: " + e.getMessage(), e);
        } catch (GuestException e) {
            throw new HostException("The agent " + program + " did not come up on this host: " + e.getMessage(), e);
        }
    }

    private static Path sharedFolder() {
        Path shm = Path.of("/dev/shm");
        return Files.isWritable(shm) ? shm : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static MappedByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, Layout.WINDOW_SIZE);
        }
    }

    /** Keeps the first of what it writes to standard error, its console. */
    private void listen() {
        Thread reader = new Thread(
                () -> {
                    try (InputStream in = process.getErrorStream()) {
                        byte[] buffer = new byte[4096];
                        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                            synchronized (words) {
                                if (words.length() < MAX_WORDS) {
                                    words.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                                }
                            }
                        }
                    } catch (IOException e) {
                        LOG.debug("the agent's standard error ended: {}", e.getMessage());
                    }
                },
                "ktstr-host-agent-words");
        reader.setDaemon(true);
        reader.start();
    }

    /** The session with it. */
    public AgentSession session() {
        return session;
    }

    /** Whether it still serves: not ended, and not about to because it gave up. */
    boolean alive() {
        try {
            return !process.waitFor(GIVING_UP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return process.isAlive();
        }
    }

    /** Its cgroup. */
    public Path cgroup() {
        return cgroup;
    }

    /** What it wrote to standard error. */
    public String console() {
        synchronized (words) {
            return words.toString();
        }
    }

    /** Ends it and what it started; its cgroup is gone then. Idempotent. */
    @Override
    public void close() {
        session.close();
        end();
        forgetHook();
    }

    private void forgetHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(ender);
        } catch (IllegalStateException e) {
            LOG.debug("the JVM is ending already");
        }
    }

    /** Also run when the JVM ends, by Ctrl-C say. */
    private synchronized void end() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (process != null) {
                endProcess();
            }
            // Only an agent that was killed leaves something.
            Leftovers leftovers = new Leftovers(mount.mount(), records);
            if (Files.exists(cgroup)) {
                leftovers.remove(cgroup);
            }
            mount.disable(enabled);
            records.forget(ProcessHandle.current().pid());
        } catch (IOException | HostException e) {
            LOG.error("{}. 'mvn ktstr:cleanup' tries again", e.getMessage());
        }
    }

    private void endProcess() throws IOException {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the agent did not end within {} s and is killed", END_LIMIT.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
