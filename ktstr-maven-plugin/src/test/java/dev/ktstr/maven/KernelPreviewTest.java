package dev.ktstr.maven;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.source.KernelOrg;
import dev.ktstr.kernel.source.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kernel-list -Dktstr.range=} against a kernel.org on loopback. */
class KernelPreviewTest {
    private static final String HASH = "0123456789abcdef".repeat(4);
    private static final Network NETWORK =
            new Network(Duration.ofSeconds(5), Duration.ofSeconds(5), 2, Duration.ofMillis(1), Duration.ofSeconds(30));

    @TempDir
    Path dir;

    private final Map<String, String> files = new ConcurrentHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private KernelCache cache;
    private HttpServer server;
    private String base;

    @BeforeEach
    void serve() throws IOException {
        cache = new KernelCache(dir);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                String text = files.get(exchange.getRequestURI().getPath());
                byte[] bytes = text == null ? new byte[0] : text.getBytes(UTF_8);
                exchange.sendResponseHeaders(text == null ? 404 : 200, text == null ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        base = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        files.put("/releases.json", """
                {"releases": [
                 {"iseol": false, "version": "6.15.1", "moniker": "stable"},
                 {"iseol": true, "version": "6.14.2", "moniker": "stable"},
                 {"iseol": false, "version": "6.12.10", "moniker": "longterm"}]}
                """);
        files.put(
                "/pub/v6.x/sha256sums.asc",
                Stream.of("6.11.4", "6.12.9", "6.12.10", "6.13.1", "6.14.2", "6.15.1")
                        .map(v -> HASH + "  linux-" + v + ".tar.xz\n")
                        .collect(Collectors.joining()));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aRangeIsTheNewestOfEachSeriesWithWhatIsAtItsEnd() {
        String at = base + "pub/v6.x/linux-";

        assertThat(preview().table("6.12..6.14"))
                .containsExactly(
                        "VERSION  STATE        CACHED AS  SOURCE",
                        "6.12.10  ok           -          " + at + "6.12.10.tar.xz",
                        "6.13.1   end of life  -          " + at + "6.13.1.tar.xz",
                        "6.14.2   end of life  -          " + at + "6.14.2.tar.xz");
        assertThat(warnings).isEmpty();
    }

    @Test
    void programsGetAddressAndHash() {
        assertThat(preview().values("6.12"))
                .containsExactly(Map.of(
                        "version",
                        "6.12.10",
                        "endOfLife",
                        false,
                        "uri",
                        base + "pub/v6.x/linux-6.12.10.tar.xz",
                        "sha256",
                        HASH));
    }

    @Test
    void theListingKnowsTheEndOfLifeFromThenOnWithoutANetwork() {
        assertThat(known()).isEmpty();

        preview().table("6.12");
        server.stop(0);

        assertThat(known())
                .extracting(r -> r.version() + " " + r.endOfLife())
                .containsExactly("6.15.1 false", "6.14.2 true", "6.12.10 false");
    }

    @Test
    void aListThatIsNoneIsWarnedOfAndTheOneBeforeStays() {
        preview().table("6.12");
        files.put("/releases.json", "<html>log in</html>");

        assertThat(preview().table("6.12")).hasSize(2);
        assertThat(warnings).singleElement().asString().contains(base + "releases.json is not JSON");
        assertThat(known()).hasSize(3);
    }

    @Test
    void whatNamesNoVersionOrOneThatDoesNotExistIsSaidSo() {
        assertThatThrownBy(() -> preview().table("distro"))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("-Dktstr.range is 'distro'; it must be versions");
        assertThatThrownBy(() -> preview().table("6.12.77"))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("6.12.9, 6.12.10");
    }

    private KernelPreview preview() {
        KernelOrg.Sites sites =
                new KernelOrg.Sites(URI.create(base + "releases.json"), URI.create(base + "pub"), URI.create(base));
        return new KernelPreview(cache, sites, NETWORK, warnings::add);
    }

    private List<KernelOrg.Release> known() {
        return new KnownReleases(cache, warnings::add).all();
    }
}
