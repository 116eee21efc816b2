package dev.ktstr.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.SampleKernels.Packing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelDiscoveryTest {
    private static final String HOST = "6.16.0-host";

    @TempDir
    Path dir;

    private KernelCache cache;
    private Path project;

    @BeforeEach
    void makeProject() throws IOException {
        cache = new KernelCache(dir.resolve("cache"));
        project = Files.createDirectories(dir.resolve("work/project"));
    }

    @Test
    void whatIsAskedForComesBeforeTheCacheTheTreesAndTheHost() throws IOException {
        cached("entry", "6.14.2");
        tree(project.resolve("linux"), "6.15.0");
        host(SampleKernels.btf("sched_ext_ops"));
        Path image = SampleKernels.write(dir.resolve("my/vmlinux"), kernel("6.13.0"));

        assertThat(discovery(image.toString()).find(null).version()).isEqualTo("6.13.0");
        assertThat(discovery(image.toString()).find("6.14").version()).isEqualTo("6.14.2");
        assertThat(discovery(null).find(null).version()).isEqualTo("6.14.2");
    }

    @Test
    void withoutACacheTheTreeHereComesFirstThenTheTreeBesideThenTheHost() throws IOException {
        host(SampleKernels.btf("sched_ext_ops"));
        assertThat(discovery(null).find(null).version()).isEqualTo(HOST);
        tree(project.resolveSibling("linux"), "6.12.9");
        assertThat(discovery(null).find(null).version()).isEqualTo("6.12.9");
        tree(project.resolve("linux"), "6.15.0");
        assertThat(discovery(null).find(null).version()).isEqualTo("6.15.0");
    }

    @Test
    void aTreeGivesItsOwnVmlinuxAndConfigAndTheBzImageAsImage() throws IOException {
        Path tree = tree(project.resolve("linux"), "6.15.0");

        KernelImage image = discovery(null).find("./linux");

        assertThat(image.vmlinux()).isEqualTo(tree.resolve("vmlinux"));
        assertThat(image.image()).isEqualTo(tree.resolve("arch/x86/boot/bzImage"));
        assertThat(image.config()).isEqualTo(tree.resolve(".config"));
        assertThat(image.origin()).isEqualTo("build tree " + tree);
        assertThat(image.commit()).isNull();
    }

    @Test
    void aVmlinuxThatWasLinkedAfterTheBzImageIsTheImageItself() throws IOException {
        Path tree = tree(project.resolve("linux"), "6.15.0");
        Files.setLastModifiedTime(tree.resolve("vmlinux"), FileTime.from(Instant.parse("2031-01-01T00:00:00Z")));

        assertThat(discovery(null).find(null).image()).isEqualTo(tree.resolve("vmlinux"));
    }

    @Test
    void aTreeWithOnlyABzImageIsUnpacked() throws IOException {
        Path tree = tree(project.resolve("linux"), "6.15.0");
        Files.delete(tree.resolve("vmlinux"));

        assertThat(discovery(null).find(null).version()).isEqualTo("6.14.2-sample");
    }

    @Test
    void aHostKernelWithoutSchedExtIsPassedOverAndTheErrorSaysWhy() throws IOException {
        host(SampleKernels.btf("task_struct"));

        assertThatThrownBy(() -> discovery(null).find(null))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("vmlinuz-" + HOST + ": its BTF has no struct sched_ext_ops");
    }

    @Test
    void theErrorForNoKernelNamesAllThatWasLookedAtAndTheCure() throws IOException {
        Files.createDirectories(project.resolve("linux"));

        assertThatThrownBy(() -> discovery(null).find(null))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("mvn ktstr:kernel-fetch")
                .hasMessageContaining("-Dktstr.kernel=")
                .hasMessageContaining("cache " + cache.folder() + ": no entry")
                .hasMessageContaining("build tree " + project.resolve("linux") + ": not built")
                .hasMessageContaining("build tree " + project.resolveSibling("linux") + ": not there")
                .hasMessageContaining("boot/vmlinuz-" + HOST)
                .hasMessageContaining("lib/modules/" + HOST + "/vmlinuz");
    }

    @Test
    void aDamagedCacheEntryIsNamedAndNeverTaken() throws IOException {
        Files.write(cached("entry", "6.14.2").image().vmlinux(), new byte[1]);

        assertThatThrownBy(() -> discovery(null).find(null)).hasMessageContaining("damaged cache entry");
    }

    @Test
    void aKernelThatIsAskedForAndNotThereIsNeverReplacedByAnother() throws IOException {
        cached("entry", "6.14.2");

        assertThatThrownBy(() -> discovery("6.15").find(null))
                .hasMessageContaining("no kernel '6.15' (from -Dktstr.kernel)")
                .hasMessageContaining("it has entry (6.14.2). ");
        assertThatThrownBy(() -> discovery("./none").find(null))
                .hasMessageContaining(project.resolve("none") + " (from -Dktstr.kernel): it does not exist");
        assertThatThrownBy(() -> discovery("6.x").find(null)).hasMessageContaining("does not name a kernel");
        Files.createDirectories(project.resolve("empty"));
        assertThatThrownBy(() -> discovery(null).find("./empty"))
                .hasMessageContaining("neither vmlinux nor arch/x86")
                .hasMessageContaining("no kernel source tree");
    }

    @Test
    void aFileNamedWithoutASlashIsPointedOut() throws IOException {
        SampleKernels.write(project.resolve("bzImage"), new byte[1]);

        assertThatThrownBy(() -> discovery("bzImage").find(null)).hasMessageContaining("write ./bzImage to use it");
    }

    @Test
    void aListGivesEachKernelOnceInTheOrderAskedFor() throws IOException {
        cached("a", "6.14.2");
        cached("b", "7.2.13");

        assertThat(versions("7.2,6.14, b,7.2.13")).containsExactly("7.2.13", "6.14.2");
        assertThat(new KernelDiscovery(cache, project, dir, null, "6.14,7.2", "-Dktstr.kernel").findAll((String) null))
                .hasSize(2);
        assertThatThrownBy(() -> discovery("6.14,7.2").find(null))
                .hasMessageContaining("names 2 kernels (6.14.2, 7.2.13), and one is wanted here");
        assertThatThrownBy(() -> discovery(null).findAll("6.14,7.1"))
                .hasMessageContaining("no kernel '7.1'")
                .hasMessageContaining("mvn ktstr:kernel-build -Dktstr.kernel=7.1");
    }

    @Test
    void aRangeGivesTheNewestOfEachSeriesInTheCacheOldestFirst() throws IOException {
        cached("a", "6.12.9");
        cached("b", "6.12.10");
        cached("c", "6.14.1");
        cached("d", "7.2.13");

        assertThat(versions("6.12..6.14")).containsExactly("6.12.10", "6.14.1");
        assertThat(versions("6.12..=7.2")).containsExactly("6.12.10", "6.14.1", "7.2.13");
        assertThatThrownBy(() -> discovery(null).findAll("6.9..6.11"))
                .hasMessageContaining("no kernel '6.9..6.11'")
                .hasMessageContaining("kernel-build -Dktstr.kernel=6.9..6.11");
    }

    @Test
    void whatIsNoVersionIsFoundByTheSourceItWasStoredUnder() throws IOException {
        stored("a", "6.14.2", "git/https://example.org/linux#tag=v6.14.2");
        stored("b", "7.2.13", CacheSource.debian("unstable"));
        stored("c", "6.12.1", CacheSource.packageFile(project.resolve("k.rpm").toString()));

        assertThat(versions("git+https://example.org/linux#tag=v6.14.2")).containsExactly("6.14.2");
        assertThat(versions("debian:sid,distro")).containsExactly("7.2.13");
        assertThat(versions("k.rpm")).containsExactly("6.12.1");
        assertThatThrownBy(() -> discovery(null).find("debian:trixie"))
                .hasMessageContaining("mvn ktstr:kernel-fetch -Dktstr.kernel=debian:trixie");
        assertThatThrownBy(() -> discovery(null).find("git+https://example.org/linux#tag=v7"))
                .hasMessageContaining("mvn ktstr:kernel-build -Dktstr.kernel=git+https://example.org/linux#tag=v7");
    }

    @Test
    void theHostIsTakenWhenAskedForOrSaysWhyNot() throws IOException {
        cached("entry", "6.14.2");
        assertThatThrownBy(() -> discovery(null).find("host"))
                .hasMessageContaining("'host' cannot be used")
                .hasMessageContaining("boot/vmlinuz-" + HOST + ": not there");

        host(SampleKernels.btf("sched_ext_ops"));
        assertThat(versions("host")).containsExactly(HOST);
    }

    @Test
    void aSourceTreeThatIsNotBuiltIsSentToTheGoalThatBuildsIt() throws IOException {
        SampleKernels.write(project.resolve("linux/Kbuild"), new byte[0]);

        assertThatThrownBy(() -> discovery(null).find("./linux"))
                .hasMessageContaining(
                        "'mvn ktstr:kernel-build -Dktstr.kernel=./linux', which prints what to name then");
    }

    private java.util.List<String> versions(String specs) {
        return discovery(null).findAll(specs).stream().map(KernelImage::version).toList();
    }

    private void stored(String key, String release, String source) throws IOException {
        Path image = SampleKernels.write(dir.resolve("src/" + key), kernel(release));
        cache.store(key, image, null, "a test", source);
    }

    private KernelDiscovery discovery(@Nullable String asked) {
        return new KernelDiscovery(cache, project, dir.resolve("root"), HOST, asked, "-Dktstr.kernel");
    }

    private CachedKernel cached(String key, String release) throws IOException {
        Path image = SampleKernels.write(dir.resolve("src/" + key), kernel(release));
        return cache.store(key, image, null, "a test", null);
    }

    private Path tree(Path top, String release) throws IOException {
        SampleKernels.write(top.resolve(".config"), "CONFIG_SCHED_CLASS_EXT=y\n".getBytes(US_ASCII));
        Path vmlinux = SampleKernels.write(top.resolve("vmlinux"), kernel(release));
        Files.setLastModifiedTime(vmlinux, FileTime.from(Instant.parse("2025-01-01T00:00:00Z")));
        Path bzImage = SampleKernels.write(
                top.resolve("arch/x86/boot/bzImage"), SampleKernels.bzImage(Packing.GZIP, SampleKernels.vmlinux()));
        Files.setLastModifiedTime(bzImage, FileTime.from(Instant.parse("2025-01-01T00:01:00Z")));
        return top;
    }

    private void host(byte[] btf) throws IOException {
        SampleKernels.write(dir.resolve("root/boot/vmlinuz-" + HOST), SampleKernels.vmlinux(HOST, btf, true));
    }

    private static byte[] kernel(String release) {
        return SampleKernels.vmlinux(release, SampleKernels.btf("sched_ext_ops"), true);
    }
}
