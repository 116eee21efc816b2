package dev.ktstr.vm.qemu;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.Flock;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unix sockets on which this process listens and a child connects, in a private folder (mode 0700) with a short name.
 *
 * <p>Short because an address has 108 bytes (unix(7)). The folder lives only until everybody has connected. A file in it is
 * locked as long as its owner lives; what a killed one left is removed by the next process that makes one.
 */
final class SocketFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketFolder.class);
    private static final int LONGEST_FOLDER = 70;
    private static final long POLL_MS = 50;
    private static final String PREFIX = "ktstr-vm";
    private static final String OWNER = "owner";

    /** Longer than it takes from making a folder to locking its file. */
    private static final Duration NEW = Duration.ofMinutes(1);

    private static final Set<Path> COLLECTED = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Flock owned;
    private final Map<String, ServerSocketChannel> servers = new HashMap<>();
    private final Map<String, SocketChannel> accepted = new HashMap<>();

    private SocketFolder(Path path) {
        this.path = path;
        this.owned = Flock.tryLock(path.resolve(OWNER))
                .orElseThrow(() -> new VmException("the new folder " + path + " is locked by another"));
    }

    /** Makes the folder and listens on the named sockets. */
    static SocketFolder listen(List<String> names) throws IOException {
        Path base = Path.of(System.getProperty("java.io.tmpdir"));
        boolean fits = base.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_FOLDER;
        Path parent = fits ? base.toAbsolutePath() : Path.of("/tmp");
        if (COLLECTED.add(parent)) {
            collect(parent);
        }
        SocketFolder folder = new SocketFolder(Files.createTempDirectory(parent, PREFIX));
        ChildProcesses.remember(folder);
        try {
            for (String name : names) {
                ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                folder.servers.put(name, server);
                server.bind(UnixDomainSocketAddress.of(folder.path.resolve(name)), 1);
                server.configureBlocking(false);
            }
            return folder;
        } catch (IOException e) {
            folder.close();
            throw e;
        }
    }

    /** Removes what processes left that were killed while a child was about to connect. */
    static void collect(Path parent) {
        try (Stream<Path> files = Files.list(parent)) {
            Instant before = Instant.now().minus(NEW);
            for (Path folder : files.filter(f -> name(f).startsWith(PREFIX)).toList()) {
                Path owner = folder.resolve(OWNER);
                if (!Files.isWritable(owner)
                        || Files.getLastModifiedTime(folder).toInstant().isAfter(before)) {
                    continue;
                }
                Optional<Flock> free = Flock.tryLock(owner);
                if (free.isPresent()) {
                    for (String name : List.of(QemuCommand.QMP, QemuCommand.COM2, QemuCommand.DOORBELL, OWNER)) {
                        Files.deleteIfExists(folder.resolve(name));
                    }
                    Files.deleteIfExists(folder);
                    free.get().close();
                }
            }
        } catch (IOException | VmException e) {
            LOG.info("what killed processes left in {} was not all removed: {}", parent, e.toString());
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    Path path() {
        return path;
    }

    /**
     * Waits until every socket has its peer.
     *
     * @return true when all have connected, false when {@code timeout} passed or {@code alive} turned false first
     */
    boolean acceptAll(Duration timeout, BooleanSupplier alive) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (Selector selector = Selector.open()) {
            for (Map.Entry<String, ServerSocketChannel> server : servers.entrySet()) {
                server.getValue().register(selector, SelectionKey.OP_ACCEPT, server.getKey());
            }
            while (accepted.size() < servers.size()) {
                selector.select(POLL_MS);
                for (SelectionKey key : selector.selectedKeys()) {
                    String name = (String) key.attachment();
                    SocketChannel peer = servers.get(name).accept();
                    if (peer != null) {
                        accepted.put(name, peer);
                        key.cancel();
                    }
                }
                selector.selectedKeys().clear();
                if (accepted.size() < servers.size() && (!alive.getAsBoolean() || System.nanoTime() - deadline > 0)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Hands a connected socket over to the caller, who closes it. */
    SocketChannel take(String name) {
        SocketChannel channel = accepted.remove(name);
        if (channel == null) {
            throw new IllegalStateException("nobody has connected to " + name);
        }
        return channel;
    }

    /** Closes what was not taken and removes the folder. */
    @Override
    public void close() throws IOException {
        for (SocketChannel channel : accepted.values()) {
            channel.close();
        }
        accepted.clear();
        for (ServerSocketChannel server : servers.values()) {
            server.close();
        }
        remove();
        owned.close();
        ChildProcesses.forget(this);
    }

    void remove() throws IOException {
        for (String name : servers.keySet()) {
            Files.deleteIfExists(path.resolve(name));
        }
        Files.deleteIfExists(path.resolve(OWNER));
        Files.deleteIfExists(path);
    }
}
