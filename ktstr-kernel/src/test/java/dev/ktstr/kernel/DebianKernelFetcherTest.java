package dev.ktstr.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.SampleKernels.Packing;
import dev.ktstr.kernel.internal.Apt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against an apt that is a script: it writes down how it is called and gives out packages made here. */
class DebianKernelFetcherTest {
    private static final String RELEASE = SampleKernels.RELEASE;

    private static final String APT_GET = """
            #!/bin/sh
            echo "$@" >>DIR/calls
            for last in "$@"; do :; done
            case "$*" in
              *" update") [ ! -e DIR/no-network ] || { echo 'E: Could not resolve mirror' >&2; exit 100; }
                cat $(echo "$*" | tr ' ' '\\n' | sed -n 's/^Dir::Etc::sourcelist=//p') >DIR/sources ;;
              *" download "*) cp DIR/pool/*.deb . ;;
            esac
            """;
    private static final String APT_CACHE = """
            #!/bin/sh
            for last in "$@"; do :; done
            cat DIR/show-$last
            """;

    @TempDir
    Path dir;

    private KernelCache cache;
    private final List<String> progress = new ArrayList<>();

    @BeforeEach
    void makeApt() throws IOException {
        cache = new KernelCache(dir.resolve("cache"));
        script("apt-get", APT_GET);
        script("apt-cache", APT_CACHE);
        Files.createDirectories(dir.resolve("etc"));
        Files.writeString(
                dir.resolve("etc/sources.list"), "deb [signed-by=/k.gpg] http://mirror.example/debian stable main\n");
        show("linux-image-cloud-amd64", "linux-base (>= 4.3), linux-image-" + RELEASE + " (= 1)");
    }

    @Test
    void kernelAndConfigurationAreTakenFromThePackagesThatHoldThem() throws IOException {
        splitLayout();

        CachedKernel kernel = fetcher("unstable").fetch(false);

        assertThat(kernel.key()).isEqualTo("debian-" + RELEASE);
        assertThat(kernel.image().version()).isEqualTo(RELEASE);
        assertThat(kernel.image().config()).hasContent("CONFIG_SCHED_CLASS_EXT=y");
        assertThat(kernel.image().origin()).isEqualTo("Debian unstable, linux-image-cloud-amd64");
        assertThat(calls()).hasSize(2);
        assertThat(calls().get(1)).endsWith("-q download linux-binary-" + RELEASE + " linux-base-" + RELEASE);
        assertThat(progress).allSatisfy(line -> assertThat(line).doesNotContain("\n"));
    }

    @Test
    void theOlderLayoutWithAllInOnePackageIsReadToo() throws IOException {
        show("linux-image-" + RELEASE, "kmod, linux-base (>= 4.3~)");
        SampleDebs.write(
                dir.resolve("pool/linux-image.deb"),
                "data.tar.zst",
                Map.of("./boot/vmlinuz-" + RELEASE, image(), "./boot/config-" + RELEASE, config()));

        CachedKernel kernel = fetcher("unstable").fetch(false);

        assertThat(kernel.key()).isEqualTo("debian-" + RELEASE);
        assertThat(kernel.image().config()).isNotNull();
        assertThat(calls().get(1)).endsWith("-q download linux-image-" + RELEASE);
    }

    @Test
    void aptWorksOnPrivateStateAndNothingOfItStays() throws IOException {
        splitLayout();

        fetcher("experimental").fetch(false);

        String options = calls().get(0);
        String work = dir.resolve("cache/tmp/apt-").toString();
        for (String option : List.of("Dir::Etc::sourcelist", "Dir::State", "Dir::State::lists", "Dir::Cache")) {
            assertThat(options).contains(" " + option + "=" + work);
        }
        assertThat(options).contains("Dir::State::status=" + work).contains("-o Dir::Etc::sourceparts=- ");
        assertThat(Files.readString(dir.resolve("sources")))
                .contains("URIs: http://mirror.example/debian\n", "Suites: experimental\n", "Signed-By: /k.gpg\n");
        assertThat(KernelCacheTest.files(dir.resolve("cache/tmp"))).isEmpty();
    }

    @Test
    void aKernelThatIsCachedIsNotFetchedAgainUnlessForced() throws IOException {
        splitLayout();
        CachedKernel first = fetcher("unstable").fetch(false);
        Files.writeString(dir.resolve("no-network"), "");

        assertThat(fetcher("unstable").fetch(false)).isEqualTo(first);
        assertThat(calls()).hasSize(2);
        assertThatThrownBy(() -> fetcher("unstable").fetch(true))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining(
                        "cannot read the package list of Debian unstable (http://mirror.example/debian): Could not resolve mirror");
        assertThat(cache.list()).containsExactly(first);
        assertThat(KernelCacheTest.files(dir.resolve("cache/tmp"))).isEmpty();
    }

    @Test
    void aKernelOfAnotherSuiteDoesNotCountAsFetched() throws IOException {
        splitLayout();
        fetcher("unstable").fetch(false);

        fetcher("testing").fetch(false);

        assertThat(calls()).hasSize(4);
    }

    @Test
    void packagesWithoutAKernelAreRefused() throws IOException {
        splitLayout();
        SampleDebs.write(dir.resolve("pool/linux-binary.deb"), "data.tar.xz", Map.of("./usr/share/x", config()));

        assertThatThrownBy(() -> fetcher("unstable").fetch(false)).hasMessageContaining("no kernel in");
        assertThat(cache.list()).isEmpty();
    }

    @Test
    void aSystemWithoutAptOrWithoutAMirrorIsToldWhatToDo() throws IOException {
        Files.writeString(dir.resolve("etc/sources.list"), "");
        assertThatThrownBy(() -> fetcher("unstable").fetch(false))
                .hasMessageContaining("no Debian mirror is configured");

        Files.delete(dir.resolve("bin/apt-get"));
        assertThatThrownBy(() -> fetcher("unstable").fetch(false))
                .hasMessageContaining("there is no " + dir.resolve("bin/apt-get"))
                .hasMessageContaining("-Dktstr.kernel=");
    }

    @Test
    void aSuiteThatIsNoNameIsRefused() {
        assertThatThrownBy(() -> fetcher("un stable\nSuites: x"))
                .hasMessageContaining("not the name of a Debian suite");
    }

    private DebianKernelFetcher fetcher(String suite) {
        return new DebianKernelFetcher(
                cache, suite, progress::add, dir.resolve("etc"), dir.resolve("bin"), Apt.Patience.STANDARD);
    }

    private void splitLayout() throws IOException {
        show(
                "linux-image-" + RELEASE,
                "dracut | initramfs-tools (>= 0.120), linux-base-" + RELEASE + " (= 1), linux-binary-" + RELEASE
                        + " (= 1), linux-modules-" + RELEASE + " (= 1)");
        String modules = "./usr/lib/modules/" + RELEASE + "/";
        SampleDebs.write(dir.resolve("pool/linux-binary.deb"), "data.tar.xz", Map.of(modules + "vmlinuz", image()));
        SampleDebs.write(dir.resolve("pool/linux-base.deb"), "data.tar.xz", Map.of(modules + "config", config()));
    }

    private static byte[] image() throws IOException {
        return SampleKernels.bzImage(Packing.ZSTD, SampleKernels.vmlinux());
    }

    private static byte[] config() {
        return "CONFIG_SCHED_CLASS_EXT=y\n".getBytes(US_ASCII);
    }

    private void show(String name, String depends) throws IOException {
        Files.writeString(dir.resolve("show-" + name), "Package: " + name + "\nDepends: " + depends + "\nSize: 1\n\n");
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(dir.resolve("calls"));
    }

    private void script(String name, String text) throws IOException {
        Path file = SampleKernels.write(
                dir.resolve("bin").resolve(name),
                text.replace("DIR", dir.toString()).getBytes(US_ASCII));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
