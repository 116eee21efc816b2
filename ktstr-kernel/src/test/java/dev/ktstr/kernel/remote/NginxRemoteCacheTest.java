package dev.ktstr.kernel.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.kernel.CachedKernel;
import dev.ktstr.kernel.EntryMaker;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelMaterial;
import dev.ktstr.kernel.SampleKernels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real server: nginx with its WebDAV module, on loopback, with a configuration and files of its own. */
class NginxRemoteCacheTest {
    private static final Path NGINX = Path.of("/usr/sbin/nginx");

    @TempDir
    Path dir;

    private final List<String> said = new ArrayList<>();
    private Process nginx;
    private String url;

    @BeforeEach
    void startNginx() throws IOException {
        assumeTrue(Files.isExecutable(NGINX), "SKIPPED: needs nginx (package nginx-light)");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.createDirectories(dir.resolve("files"));
        Path config = Files.writeString(dir.resolve("nginx.conf"), """
                USER
                daemon off;
                master_process off;
                pid DIR/pid;
                error_log DIR/error.log;
                events { }
                http {
                    access_log off;
                    client_body_temp_path DIR/body;
                    proxy_temp_path DIR/t1; fastcgi_temp_path DIR/t2; uwsgi_temp_path DIR/t3; scgi_temp_path DIR/t4;
                    client_max_body_size 1m;
                    server {
                        listen 127.0.0.1:PORT;
                        root DIR/files;
                        location /cache/ { dav_methods PUT; create_full_put_path on; }
                        location /shut/ { deny all; }
                        location /plain/ { }
                    }
                }
                """.replace(
                        "USER", "root".equals(System.getProperty("user.name")) ? "user root;" : "")
                .replace("DIR", dir.toString())
                .replace("PORT", Integer.toString(port)));
        nginx = new ProcessBuilder(NGINX.toString(), "-p", dir.toString(), "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("out").toFile())
                .start();
        awaitPort(port);
        url = "http://127.0.0.1:" + port;
    }

    @AfterEach
    void endNginx() throws InterruptedException {
        if (nginx != null) {
            nginx.destroy();
            if (!nginx.waitFor(10, TimeUnit.SECONDS)) {
                nginx.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void whatOneMachinePutsAnotherGets() throws IOException {
        CachedKernel first = machine("one", "/cache/kernels").obtain("key", maker(10), said::add);
        CachedKernel second = machine("two", "/cache/kernels/").obtain("key", never(), said::add);

        assertThat(second.image().sha256()).isEqualTo(first.image().sha256());
        assertThat(second.image().vmlinux())
                .hasSameBinaryContentAs(first.image().vmlinux());
        assertThat(said).last().asString().isEqualTo("kernel key is from the remote cache " + url + "/cache/kernels/");
    }

    @Test
    void aServerThatOnlyServesFilesIsReadAndTheFailedPutExplained() {
        machine("one", "/plain/").obtain("key", maker(10), said::add);

        assertThat(said).hasSize(2);
        assertThat(said.get(0)).contains("has no kernel key");
        assertThat(said.get(1)).contains("status 405", "readOnly");
    }

    @Test
    void aServerThatForbidsOrTakesNoLargeFilesIsExplained() {
        machine("one", "/shut/").obtain("key", maker(10), said::add);
        machine("two", "/cache/").obtain("key", maker(3 << 20), said::add);

        assertThat(said.get(0)).contains("status 403", "user and password");
        // nginx answers while the body is still on its way; whether the answer is read or the write fails first varies.
        assertThat(said.get(2)).contains("could not be put into the remote cache");
    }

    private KernelCache machine(String name, String path) {
        return new KernelCache(dir.resolve(name)).withRemote(RemoteCaches.of(url + path, false));
    }

    private static EntryMaker maker(int configSize) {
        return work -> {
            Path image = SampleKernels.write(work.resolve("v"), SampleKernels.vmlinux());
            byte[] noise = new byte[configSize];
            new Random(1).nextBytes(noise);
            Path config = SampleKernels.write(work.resolve("c"), noise);
            return new KernelMaterial(image, null, config, "a test", null, null);
        };
    }

    private static EntryMaker never() {
        return work -> {
            throw new AssertionError("it is in the remote cache");
        };
    }

    private void awaitPort(int port) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                assertThat(nginx.isAlive() && System.nanoTime() < deadline)
                        .as(Files.readString(dir.resolve("out")))
                        .isTrue();
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
        }
    }
}
