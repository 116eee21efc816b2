package dev.ktstr.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.ktstr.kernel.SampleKernels.Packing;
import dev.ktstr.kernel.source.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageKernelFetcherTest {
    @TempDir
    Path dir;

    private static final Network NETWORK =
            new Network(Duration.ofSeconds(5), Duration.ofSeconds(1), 2, Duration.ofMillis(1), Duration.ofSeconds(60));

    private final List<String> said = new ArrayList<>();
    private KernelCache cache;
    private byte[] image;

    @BeforeEach
    void makeCache() throws IOException {
        cache = new KernelCache(dir.resolve("cache"));
        image = SampleKernels.bzImage(Packing.ZSTD, SampleKernels.vmlinux());
    }

    @Test
    void theKernelOfARpmIsInTheCacheAndFoundByItsPackage() throws IOException {
        SampleRpms.write(
                dir.resolve("kernel-core.rpm"),
                "zstd",
                Map.of(
                        "./lib/modules/6.14.2-sample/vmlinuz",
                        image,
                        "./lib/modules/6.14.2-sample/config",
                        "CONFIG_SCHED_CLASS_EXT=y\n".getBytes(US_ASCII)));

        CachedKernel kernel = fetcher().fetch("./kernel-core.rpm", false);

        assertThat(kernel.key()).isEqualTo("rpm-6.14.2-sample");
        assertThat(kernel.image().image()).hasBinaryContent(image);
        assertThat(KernelRequirements.missingForSchedExt(kernel.image())).isEmpty();
        assertThat(new KernelDiscovery(cache, dir, dir, null, null, "").find("./kernel-core.rpm"))
                .isEqualTo(kernel.image());
        assertThat(fetcher().fetch("kernel-core.rpm", false)).isEqualTo(kernel);
        assertThat(said).last().isEqualTo("kernel rpm-6.14.2-sample is already in the cache");
    }

    @Test
    void aLocalPackageThatChangedIsUnpackedAgain() throws IOException {
        Path deb = SampleDebs.write(dir.resolve("k.deb"), "data.tar.xz", Map.of("./boot/vmlinuz-6.14.2", image));
        CachedKernel first = fetcher().fetch(deb.toString(), false);
        Files.setLastModifiedTime(deb, FileTime.from(Instant.now().plus(Duration.ofHours(1))));

        assertThat(fetcher().fetch(deb.toString(), false).created()).isAfter(first.created());
        assertThat(first.key()).isEqualTo("deb-6.14.2");
        assertThat(cache.list()).hasSize(1);
    }

    @Test
    void aPackageBehindAUrlIsDownloaded() throws IOException {
        byte[] rpm = SampleRpms.bytes("xz", "x86_64", Map.of("lib/modules/6.14.2/vmlinuz", image));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/k.rpm", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, rpm.length);
                exchange.getResponseBody().write(rpm);
            }
        });
        server.start();
        try {
            String base = "http://127.0.0.1:" + server.getAddress().getPort();
            assertThat(fetcher().fetch(base + "/k.rpm", false).key()).isEqualTo("rpm-6.14.2");
            assertThat(cache.newestOf("package/" + base + "/k.rpm")).isPresent();
            assertThatThrownBy(() -> fetcher().fetch(base + "/other.rpm", false))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("there is no " + base + "/other.rpm");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aDownloadThatBreaksOffGoesOnWhereItStopped() throws IOException {
        byte[] rpm = SampleRpms.bytes("xz", "x86_64", Map.of("lib/modules/6.14.2/vmlinuz", image));
        List<String> ranges = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/k.rpm", exchange -> {
            try (exchange) {
                String range = exchange.getRequestHeaders().getFirst("Range");
                if (range == null) {
                    exchange.sendResponseHeaders(200, rpm.length);
                    exchange.getResponseBody().write(rpm, 0, rpm.length / 2);
                    exchange.getResponseBody().flush();
                    return; // and closes the connection
                }
                ranges.add(range);
                int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (rpm.length - 1) + "/" + rpm.length);
                exchange.sendResponseHeaders(206, rpm.length - from);
                exchange.getResponseBody().write(rpm, from, rpm.length - from);
            }
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/k.rpm";
            assertThat(fetcher().fetch(url, false).key()).isEqualTo("rpm-6.14.2");
            assertThat(ranges).singleElement().asString().isEqualTo("bytes=" + rpm.length / 2 + "-");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aServerThatIsSilentEndsTheFetchInBoundedTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + silent.getLocalPort() + "/k.rpm";
            assertThatThrownBy(() -> fetcher().fetch(url, false))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("cannot get " + url + ": the server sent nothing for 1 s (2 attempts");
        }
        assertThat(KernelCacheTest.files(dir.resolve("cache/tmp"))).isEmpty();
    }

    @Test
    void whatIsNoPackageOrNotThereIsSaidSo() {
        assertThatThrownBy(() -> fetcher().fetch("k.rpm", false)).hasMessageContaining("there is no package");
        assertThatThrownBy(() -> fetcher().fetch("k.zip", false)).hasMessageContaining("neither .deb nor .rpm");
    }

    private PackageKernelFetcher fetcher() {
        return new PackageKernelFetcher(cache, dir, said::add, NETWORK);
    }
}
