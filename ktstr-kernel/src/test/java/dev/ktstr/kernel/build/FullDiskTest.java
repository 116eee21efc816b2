package dev.ktstr.kernel.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.source.GitSource;
import dev.ktstr.kernel.source.KernelSource;
import dev.ktstr.kernel.source.LocalSource;
import dev.ktstr.kernel.source.Network;
import dev.ktstr.spec.KernelSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /**
     * From a disk that has room for nothing to one that has for all, in sizes and in numbers of files: whichever step is the one
     * that finds it full, from the lock to the entry.
     */
    @ParameterizedTest
    @ValueSource(strings = {"local", "configured", "git"})
    void aDiskThatIsFullInAnyPhaseLeavesNoEntryAndMoreRoomMakesItWork(String kind) throws Exception {
        Path tree = FakeTree.make(dir.resolve("linux"), "6.14.2");
        if (kind.equals("configured")) {
            Files.writeString(tree.resolve(".config"), "CONFIG_MINE=y\n"); // is built from a copy
        } else if (kind.equals("git")) {
            Git.init(tree);
        }
        int full = 0;
        int worked = 0;
        for (String room : List.of(
                "size=4k",
                "size=8k",
                "size=16k",
                "size=24k",
                "size=32k",
                "size=48k",
                "size=64k",
                "size=96k",
                "size=128k",
                "size=192k",
                "size=4m",
                "size=4m,nr_inodes=4",
                "size=4m,nr_inodes=9",
                "size=4m,nr_inodes=14",
                "size=4m,nr_inodes=21",
                "size=4m,nr_inodes=28",
                "size=4m,nr_inodes=36")) {
            assertThat(run("umount", small.toString())).isTrue();
            mounted = run("mount", "-t", "tmpfs", "-o", room, "ktstr-test", small.toString());
            assertThat(mounted).as(room).isTrue();
            KernelCache cache = new KernelCache(small.resolve("cache"));
            KernelBuilder builder =
                    new KernelBuilder(cache, new KernelBuilderTest.Quiet(), argv -> Optional.of("v1.30"));
            KernelSource source = kind.equals("git")
                    ? new GitSource((KernelSpec.Git) KernelSpec.parse("git+file://" + tree + "#branch=main"), dir)
                    : new LocalSource(tree);
            try {
                assertThat(builder.build(source, KernelBuilderTest.options()).cached())
                        .as(room)
                        .isTrue();
                worked++;
            } catch (KernelException e) {
                full++;
                assertThat(e).as(room).hasMessageContaining("make room").hasMessageContaining("KTSTR_CACHE_DIR");
                assertThat(cache.listing().kernels()).as(room).isEmpty();
                assertThat(cache.listing().corrupt()).as(room).isEmpty();
                assertThat(run("mount", "-o", "remount,size=4m,nr_inodes=1000", small.toString()))
                        .isTrue();
                assertThat(builder.build(source, KernelBuilderTest.options()).cached())
                        .as(room)
                        .isTrue();
            }
        }
        assertThat(full).as("disks that were too small").isGreaterThan(6);
        assertThat(worked).as("disks that were enough").isPositive();
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
