package dev.ktstr.kernel.remote;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ktstr.kernel.CachedKernel;
import dev.ktstr.kernel.EntryMaker;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelMaterial;
import dev.ktstr.kernel.RemoteCache;
import dev.ktstr.kernel.SampleKernels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A second cache that works, and each way in which one does not: never is it the reason for a failure. */
class RemoteCacheTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    @TempDir
    Path dir;

    private final List<String> said = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<HttpServer> servers = new ArrayList<>();
    private Path shared;
    private int made;

    @BeforeEach
    void makeShared() {
        shared = dir.resolve("shared");
    }

    @AfterEach
    void endServers() throws InterruptedException {
        over.countDown();
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatOneMachineMadeAnotherFetches() throws IOException {
        CachedKernel first = machine("one", folder(false)).obtain("key", maker(), said::add);
        CachedKernel second = machine("two", folder(false)).obtain("key", maker(), said::add);

        assertThat(made).isEqualTo(1);
        assertThat(second.image().sha256()).isEqualTo(first.image().sha256());
        assertThat(second.image().vmlinux())
                .hasSameBinaryContentAs(first.image().vmlinux());
        assertThat(second.image().config()).hasSameBinaryContentAs(first.image().config());
        assertThat(second.source()).isEqualTo("source");
        assertThat(said)
                .containsExactly(
                        "the remote cache " + shared + " has no kernel key",
                        "kernel key is in the remote cache " + shared + " now",
                        "kernel key is from the remote cache " + shared);
        assertThat(leftovers("one")).isEmpty();
        assertThat(leftovers("two")).isEmpty();
    }

    @Test
    void aKeyThatIsOnlyInTheRemoteCacheIsFoundByIt() {
        machine("one", folder(false)).obtain("local-abc", maker(), said::add);

        assertThat(machine("two", folder(true)).find("local-abc")).isPresent();
        assertThat(machine("two", folder(true)).find("local-other")).isEmpty();
        assertThat(machine("three", RemoteCache.NONE).find("local-abc")).isEmpty();
    }

    @Test
    void whatIsMadeAnewReplacesWhatOthersFetch() {
        CachedKernel first = machine("one", folder(false)).obtain("key", maker("CONFIG_X=y\n"), said::add);
        machine("one", folder(false)).obtain("key", maker("CONFIG_X=m\n"), said::add, true);

        CachedKernel other = machine("two", folder(true)).obtain("key", maker("CONFIG_X=n\n"), said::add);

        assertThat(made).isEqualTo(2);
        assertThat(other.image().config()).hasContent("CONFIG_X=m");
        assertThat(other.image().sha256()).isEqualTo(first.image().sha256());
    }

    @Test
    void aReadOnlyCacheIsNotWrittenTo() {
        machine("one", folder(true)).obtain("key", maker(), said::add);

        assertThat(shared).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a bit", "the end", "garbage", "gone"})
    void aFileThatIsDamagedIsNotUsedAndTheKernelIsMadeHere(String damage) throws IOException {
        machine("one", folder(false)).obtain("key", maker(), said::add);
        for (Path blob : blobs("cas")) {
            byte[] bytes = Files.readAllBytes(blob);
            switch (damage) {
                case "a bit" -> bytes[bytes.length / 2] ^= 1;
                case "the end" -> bytes = Arrays.copyOf(bytes, bytes.length - 3);
                default -> bytes = "<html>log in</html>".getBytes(US_ASCII);
            }
            Files.write(blob, bytes);
            if (damage.equals("gone")) {
                Files.delete(blob);
            }
        }

        CachedKernel second = machine("two", folder(true)).obtain("key", maker(), said::add);

        assertThat(second.image().version()).isEqualTo(SampleKernels.RELEASE);
        assertThat(made).isEqualTo(2);
        assertThat(said).last().asString().contains("has of key is not used: its ");
        assertThat(leftovers("two")).isEmpty();
    }

    @Test
    void aManifestThatLiesIsRefused() throws IOException {
        machine("one", folder(false)).obtain("key", maker(), said::add);
        Path manifest = blobs("ac").get(0);
        String good = Files.readString(manifest);
        for (String bad : List.of(
                "",
                "{",
                good.replace("\"key\" : \"key\"", "\"key\" : \"other\""),
                good.replace("\"vmlinuz\"", "\"../../vmlinuz\""),
                good.replace("\"vmlinuz\"", "\"/etc/passwd\""),
                good.replaceAll("\"size\" : \\d+", "\"size\" : 1"),
                good.replaceAll("\"size\" : \\d+", "\"size\" : 99999999999999"),
                good.replaceAll("\"packedSize\" : \\d+", "\"packedSize\" : 10"),
                good.replace("\"ktstr\" : 1", "\"ktstr\" : 9"),
                good.replace("\"btf\"", "\"b\""),
                good + " ".repeat(100_000))) {
            Files.writeString(manifest, bad);
            said.clear();
            int before = made;

            machine("two-" + bad.hashCode(), folder(true)).obtain("key", maker(), said::add);

            assertThat(made).as(bad).isEqualTo(before + 1);
            assertThat(said).as(bad).singleElement().asString().containsAnyOf("is not used", "is left out");
            assertThat(dir.resolve("vmlinuz")).doesNotExist();
        }
    }

    @Test
    void aFolderThatHangsCostsItsLimitOnce() throws Exception {
        machine("one", folder(false)).obtain("key", maker(), said::add);
        Path manifest = blobs("ac").get(0);
        Files.delete(manifest);
        assertThat(new ProcessBuilder("mkfifo", manifest.toString()).start().waitFor())
                .isZero();
        RemoteCache remote = folder(false);

        long start = System.nanoTime();
        machine("two", remote).obtain("key", maker(), said::add);
        machine("three", remote).obtain("key", maker(), said::add);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT.multipliedBy(10));
        assertThat(said)
                .filteredOn(line -> line.contains("left out: it was not done within 1 s"))
                .hasSize(1);
        assertThat(made).isEqualTo(3);
    }

    @Test
    void aServerThatRefusesTheConnectionIsLeftOut() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        machine("one", http("http://127.0.0.1:" + port + "/k")).obtain("key", maker(), said::add);

        assertThat(made).isEqualTo(1);
        assertThat(said).singleElement().asString().contains("cannot be used and is left out: ");
    }

    @Test
    void aServerThatTakesTheConnectionAndIsSilentIsLeftOutInBoundedTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            machine("one", http("http://127.0.0.1:" + silent.getLocalPort())).obtain("key", maker(), said::add);
        }
        assertThat(made).isEqualTo(1);
        assertThat(said).singleElement().asString().contains("the server sent nothing for 1 s");
    }

    @Test
    void aServerThatStopsInTheMiddleIsLeftOutInBoundedTime() throws IOException {
        String url = serve(exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(new byte[10]);
            exchange.getResponseBody().flush();
            awaitOver();
        });
        machine("one", http(url)).obtain("key", maker(), said::add);

        assertThat(made).isEqualTo(1);
        assertThat(said)
                .singleElement()
                .asString()
                .containsAnyOf("the server sent nothing for 1 s", "not done within 1 s");
    }

    @Test
    void aServerThatNeverStopsSendingIsCutOff() throws IOException {
        String url = serve(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 100_000; i++) {
                exchange.getResponseBody().write(new byte[1 << 16]);
            }
        });
        machine("one", http(url)).obtain("key", maker(), said::add);

        assertThat(made).isEqualTo(1);
        assertThat(said).singleElement().asString().contains("it sends more than 65536 bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 500, 503})
    void aServerThatAnswersSomethingElseIsLeftOutAndQuoted(int status) throws IOException {
        String url = serve(exchange -> exchange.sendResponseHeaders(status, -1));

        machine("one", http(url)).obtain("key", maker(), said::add);

        assertThat(made).isEqualTo(1);
        assertThat(said).singleElement().asString().contains("status " + status);
    }

    @Test
    void aServerThatTakesNothingIsSaidSoAndTheKernelIsThere() throws IOException {
        String url = serve(exchange ->
                exchange.sendResponseHeaders(exchange.getRequestMethod().equals("PUT") ? 405 : 404, -1));

        machine("one", http(url)).obtain("key", maker(), said::add);

        assertThat(made).isEqualTo(1);
        assertThat(said)
                .last()
                .asString()
                .contains("could not be put into", "status 405", "-Dktstr.remoteCache.readOnly");
    }

    @Test
    void userAndPasswordAreSentAndNeverShown() throws IOException {
        List<String> seen = new ArrayList<>();
        String url = serve(exchange -> {
            seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.sendResponseHeaders(404, -1);
        });
        machine("one", http(url.replace("http://", "http://me:secret@"))).obtain("key", maker(), said::add);

        assertThat(seen).first().isEqualTo("Basic bWU6c2VjcmV0");
        assertThat(said).isNotEmpty().allSatisfy(line -> assertThat(line).doesNotContain("secret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://host/x", "http://", "http://host/x?y=1", "http://ho st/"})
    void whatIsNeitherFolderNorHttpIsRefused(String where) {
        assertThatThrownBy(() -> RemoteCaches.of(where, false))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("remote cache");
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    /** Starts a server; it ends with the test. */
    private String serve(Answer answer) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                answer.to(exchange);
            }
        });
        server.start();
        servers.add(server);
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/cache";
    }

    private void awaitOver() {
        try {
            assertThat(over.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private KernelCache machine(String name, RemoteCache remote) {
        return new KernelCache(dir.resolve(name)).withRemote(remote);
    }

    private RemoteCache folder(boolean readOnly) {
        return RemoteCaches.of(shared.toString(), readOnly, LIMIT, LIMIT, LIMIT);
    }

    private static RemoteCache http(String url) {
        return RemoteCaches.of(url, false, LIMIT, LIMIT, LIMIT);
    }

    private EntryMaker maker() {
        return maker("CONFIG_X=y\n");
    }

    private EntryMaker maker(String configuration) {
        return work -> {
            made++;
            Path image = SampleKernels.write(
                    work.resolve("bz"), SampleKernels.bzImage(SampleKernels.Packing.ZSTD, SampleKernels.vmlinux()));
            Path config = SampleKernels.write(work.resolve("c"), configuration.getBytes(US_ASCII));
            return new KernelMaterial(image, null, config, "a test", "source", null);
        };
    }

    private List<Path> blobs(String space) throws IOException {
        try (Stream<Path> files = Files.list(shared.resolve(space))) {
            return files.toList();
        }
    }

    private List<Path> leftovers(String machine) throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve(machine).resolve("tmp"))) {
            return files.toList();
        }
    }
}
