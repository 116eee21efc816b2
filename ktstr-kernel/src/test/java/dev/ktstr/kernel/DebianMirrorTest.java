package dev.ktstr.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.kernel.SampleKernels.Packing;
import dev.ktstr.kernel.internal.Apt;
import dev.ktstr.kernel.source.Mirror;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine's own apt, against a mirror on loopback with a backports suite that is made here. */
class DebianMirrorTest {
    private static final String RELEASE = SampleKernels.RELEASE;
    private static final String SUITE = "trixie-backports";
    private static final String LISTS = "debian/dists/" + SUITE + "/";
    private static final String PACKAGES = "main/binary-amd64/Packages";
    private static final Path PROGRAMS = Path.of("/usr/bin");
    private static final Apt.Patience PATIENCE = new Apt.Patience(Duration.ofSeconds(1), 1);

    @TempDir
    Path dir;

    private final StringBuilder packages = new StringBuilder();
    private Mirror mirror;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Files.isExecutable(PROGRAMS.resolve("apt-get")), "SKIPPED: this machine has no apt");
        mirror = new Mirror();
        system("trusted=yes");
    }

    @AfterEach
    void stop() {
        if (mirror != null) {
            mirror.close();
        }
    }

    @Test
    void theKernelOfABackportsSuiteIsFetchedOnceAndFoundBySuite() throws Exception {
        serveKernel();
        KernelCache cache = new KernelCache(dir.resolve("cache"));

        CachedKernel kernel = fetch(cache, SUITE);

        assertThat(kernel.key()).isEqualTo("debian-" + RELEASE);
        assertThat(kernel.image().origin()).isEqualTo("Debian trixie-backports, linux-image-cloud-amd64");
        assertThat(kernel.image().config()).hasContent("CONFIG_SCHED_CLASS_EXT=y");
        assertThat(cache.newestOf(CacheSource.debian(SUITE))).contains(kernel);
        assertThat(dir.resolve("cache/tmp")).isEmptyDirectory();
        int requests = mirror.requests.size();
        assertThat(fetch(cache, SUITE)).isEqualTo(kernel);
        assertThat(mirror.requests).hasSize(requests);
    }

    @Test
    void aSuiteThatHasNoCloudKernelNamesTheNearestPackages() throws Exception {
        for (String name :
                List.of("linux-image-6.12.1-amd64", "linux-image-amd64", "linux-image-rt-amd64", "linux-doc")) {
            paragraph(name, "", "pool/none.deb", new byte[1]);
        }
        serveLists();

        assertThatThrownBy(() -> fetch(SUITE))
                .isInstanceOf(KernelException.class)
                .hasMessage("Debian trixie-backports (" + mirror.uri("debian") + ") has no package"
                        + " linux-image-cloud-amd64; the nearest it has: linux-image-amd64, linux-image-rt-amd64,"
                        + " linux-image-6.12.1-amd64. debian:sid has it");
    }

    @Test
    void aSuiteThatTheMirrorHasNotIsSaidSo() throws Exception {
        serveKernel();

        assertThatThrownBy(() -> fetch("trixie-backport"))
                .isInstanceOf(KernelException.class)
                .hasMessageStartingWith(
                        "cannot read the package list of Debian trixie-backport (" + mirror.uri("debian") + "): ")
                .hasMessageContaining("404")
                .hasMessageEndingWith("Suites are named as in debian:sid, debian:forky, debian:trixie-backports.");
    }

    @Test
    void aMirrorWithoutASignatureIsRefusedUnlessTheSystemTrustsIt() throws Exception {
        serveKernel();
        system("arch=amd64");

        assertThatThrownBy(() -> fetch(SUITE))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("trixie-backports Release' is not signed.")
                .hasMessageContaining("trusted=yes");
        assertThat(mirror.requests).noneMatch(r -> r.contains("pool/"));
    }

    @Test
    void aPackageThatIsNotWhatTheListSaysIsRefused() throws Exception {
        serveKernel();
        byte[] deb = mirror.files.get("debian/pool/binary.deb");
        deb[deb.length / 2] ^= 1;

        assertThatThrownBy(() -> fetch(SUITE))
                .isInstanceOf(KernelException.class)
                .hasMessageStartingWith("cannot download linux-binary-" + RELEASE)
                .hasMessageContaining("Hash Sum mismatch");
        assertThat(new KernelCache(dir.resolve("cache")).list()).isEmpty();
        assertThat(dir.resolve("cache/tmp")).isEmptyDirectory();
    }

    @Test
    void aMirrorThatStallsIsAskedAgainAndThenGivenUp() throws Exception {
        serveKernel();
        mirror.behave("debian/pool/binary.deb", (exchange, nth) -> {
            byte[] deb = mirror.files.get("debian/pool/binary.deb");
            exchange.sendResponseHeaders(200, deb.length);
            exchange.getResponseBody().write(deb, 0, 10);
            exchange.getResponseBody().flush();
            mirror.stall();
            return true;
        });

        assertThatThrownBy(() -> fetch(SUITE))
                .isInstanceOf(KernelException.class)
                .hasMessageStartingWith("cannot download linux-binary-" + RELEASE)
                .hasMessageContaining("binary.deb");
        assertThat(mirror.requests).filteredOn(r -> r.contains("binary.deb")).hasSizeGreaterThan(1);
    }

    @Test
    void aDiskThatIsFullIsSaidSoAndMoreRoomIsEnough() throws Exception {
        serveKernel();
        for (int i = 0; i < 20_000; i++) {
            packages.append("Package: filler").append(i).append("\nVersion: 1\nArchitecture: amd64\n");
            packages.append("Description: of which there are so many that their list fills the disk\n\n");
        }
        serveLists();
        Path disk = Files.createDirectory(dir.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "ktstr-test", disk.toString()),
                "SKIPPED: mounting a small tmpfs needs root");
        try {
            KernelCache cache = new KernelCache(disk.resolve("cache"));
            assertThatThrownBy(() -> fetch(cache, SUITE))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("No space left on device")
                    .hasMessageContaining("KTSTR_CACHE_DIR");
            assertThat(cache.list()).isEmpty();
            assertThat(disk.resolve("cache/tmp")).isEmptyDirectory();

            assertThat(run("mount", "-o", "remount,size=64m", disk.toString())).isTrue();
            assertThat(fetch(cache, SUITE).image().version()).isEqualTo(RELEASE);
        } finally {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    private CachedKernel fetch(String suite) {
        return fetch(new KernelCache(dir.resolve("cache")), suite);
    }

    private CachedKernel fetch(KernelCache cache, String suite) {
        return new DebianKernelFetcher(cache, suite, line -> {}, dir.resolve("etc"), PROGRAMS, PATIENCE).fetch(false);
    }

    /** What the system is configured with. */
    private void system(String option) throws IOException {
        Files.createDirectories(dir.resolve("etc"));
        Files.writeString(
                dir.resolve("etc/sources.list"), "deb [" + option + "] " + mirror.uri("debian") + " trixie main\n");
    }

    private void serveKernel() throws Exception {
        paragraph("linux-image-cloud-amd64", "linux-image-" + RELEASE + " (= 1)", "pool/none.deb", new byte[1]);
        paragraph(
                "linux-image-" + RELEASE,
                "linux-base-" + RELEASE + " (= 1), linux-binary-" + RELEASE + " (= 1)",
                "pool/none.deb",
                new byte[1]);
        String modules = "./usr/lib/modules/" + RELEASE + "/";
        byte[] image = SampleKernels.bzImage(Packing.ZSTD, SampleKernels.vmlinux());
        byte[] config = "CONFIG_SCHED_CLASS_EXT=y\n".getBytes(US_ASCII);
        paragraph("linux-binary-" + RELEASE, "", "pool/binary.deb", deb(modules + "vmlinuz", image));
        paragraph("linux-base-" + RELEASE, "", "pool/base.deb", deb(modules + "config", config));
        serveLists();
    }

    private byte[] deb(String name, byte[] content) throws IOException {
        return Files.readAllBytes(SampleDebs.write(dir.resolve("made.deb"), "data.tar.xz", Map.of(name, content)));
    }

    private void paragraph(String name, String depends, String file, byte[] content) throws Exception {
        mirror.files.put("debian/" + file, content);
        packages.append("Package: ")
                .append(name)
                .append("\nVersion: 1\nArchitecture: amd64\nFilename: ")
                .append(file);
        packages.append(depends.isEmpty() ? "" : "\nDepends: " + depends);
        packages.append("\nSize: ")
                .append(content.length)
                .append("\nSHA256: ")
                .append(sha256(content))
                .append("\n\n");
    }

    /** As Debian's own backports: never taken by itself, {@code NotAutomatic}. */
    private void serveLists() throws Exception {
        byte[] list = packages.toString().getBytes(US_ASCII);
        String now = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
        mirror.files.put(LISTS + PACKAGES, list);
        mirror.files.put(
                LISTS + "Release", """
                Origin: Debian Backports
                Suite: stable-backports
                Codename: trixie-backports
                Date: %s
                NotAutomatic: yes
                ButAutomaticUpgrades: yes
                Architectures: amd64
                Components: main
                SHA256:
                 %s %d %s
                """.formatted(now.replace("GMT", "UTC"), sha256(list), list.length, PACKAGES)
                        .getBytes(US_ASCII));
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static boolean run(String... argv) throws Exception {
        Process process = new ProcessBuilder(argv)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
