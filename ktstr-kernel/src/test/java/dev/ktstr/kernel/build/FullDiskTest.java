package dev.ktstr.kernel.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.source.LocalSource;
import dev.ktstr.kernel.source.Network;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full: a small tmpfs. Mounting it takes root, so these are skipped, with that reason, for others. */
class FullDiskTest {
    @TempDir
    Path dir;

    private Path small;
    private boolean mounted;

    @BeforeEach
    void mountSmallDisk() throws Exception {
        small = Files.createDirectories(dir.resolve("small"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=256k", "ktstr-test", small.toString());
        assumeTrue(mounted, "mounting a tmpfs, a disk to fill, takes root");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", small.toString())).isTrue();
        }
    }

    @Test
    void aDiskThatFillsUpWhileCompilingIsSaidToBeFull() throws Exception {
        Path tree = FakeTree.make(dir.resolve("linux"), "6.14.2");
        FakeTree.hook(tree, "head -c 1000000 /dev/zero >$O/big");
        KernelCache cache = new KernelCache(small.resolve("cache"));
        KernelBuilder builder = new KernelBuilder(cache, new KernelBuilderTest.Quiet(), argv -> Optional.of("v1.30"));

        assertThatThrownBy(() -> builder.build(new LocalSource(tree), KernelBuilderTest.options()))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("No space left on device");
        assertThat(cache.listing().kernels()).isEmpty();
        assertThat(cache.listing().damaged()).isEmpty();

        // Making room is enough: the next run recovers by itself.
        FakeTree.hook(tree, "true");
        try (var left = Files.walk(small)) {
            for (Path big : left.filter(p -> p.endsWith("big")).toList()) {
                Files.delete(big);
            }
        }
        assertThat(builder.build(new LocalSource(tree), KernelBuilderTest.options())
                        .cached())
                .isTrue();
    }

    @Test
    void aDiskThatFillsUpWhileDownloadingEndsTheDownloadAtOnce() throws IOException {
        var server =
                com.sun.net.httpserver.HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(new byte[1 << 20]);
            }
        });
        server.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/linux.tar.xz");
            assertThatThrownBy(() -> Network.STANDARD.download(uri, small.resolve("part"), 1L << 30, n -> {}))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("cannot write " + small.resolve("part") + ": No space left on device")
                    .hasMessageContaining("KTSTR_CACHE_DIR");
        } finally {
            server.stop(0);
        }
    }

    private static boolean run(String... argv) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(argv)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
