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
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KernelCacheTest {
    @TempDir
    Path dir;

    private KernelCache cache;

    @BeforeEach
    void makeCache() {
        cache = new KernelCache(dir.resolve("cache"));
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void anEntryHoldsAllThatWasInTheImageWhateverItWasPackedWith(Packing packing) throws IOException {
        byte[] vmlinux = SampleKernels.vmlinux();
        byte[] bzImage = SampleKernels.bzImage(packing, vmlinux);
        Path config = SampleKernels.write(dir.resolve("config"), "CONFIG_SCHED_CLASS_EXT=y\n".getBytes(US_ASCII));

        CachedKernel stored =
                cache.store("sample", SampleKernels.write(dir.resolve("bz"), bzImage), config, "a test", "test/one");

        assertThat(cache.list()).containsExactly(stored);
        assertThat(stored.key()).isEqualTo("sample");
        assertThat(stored.source()).isEqualTo("test/one");
        KernelImage image = stored.image();
        assertThat(image.version()).isEqualTo("6.14.2-sample");
        assertThat(image.label()).isEqualTo("6.14.2");
        assertThat(image.origin()).isEqualTo("a test");
        assertThat(image.sha256()).matches("[0-9a-f]{64}");
        assertThat(image.image()).hasBinaryContent(bzImage);
        assertThat(image.vmlinux()).hasBinaryContent(vmlinux);
        assertThat(image.btf()).hasBinaryContent(SampleKernels.btf("task_struct", "sched_ext_ops"));
        assertThat(image.config()).hasContent("CONFIG_SCHED_CLASS_EXT=y\n");
        assertThat(files(dir.resolve("cache/tmp"))).isEmpty();
    }

    @Test
    void anImageThatIsNoKernelLeavesTheCacheAsItWas() throws IOException {
        store("good", "6.14.2");
        Path bad = SampleKernels.write(dir.resolve("bad"), SampleKernels.vmlinux(null, null, false));

        assertThatThrownBy(() -> cache.store("good", bad, null, "a test", null))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("is not a kernel");

        assertThat(cache.find("good")).isPresent();
        assertThat(files(dir.resolve("cache/tmp"))).isEmpty();
    }

    @Test
    void storingAKeyAgainReplacesItsEntry() throws IOException {
        store("same", "6.14.2");
        store("same", "6.14.3");

        assertThat(cache.list())
                .singleElement()
                .satisfies(k -> assertThat(k.image().version()).isEqualTo("6.14.3"));
        assertThat(files(dir.resolve("cache/kernels"))).hasSize(1);
    }

    @Test
    void kernelsAreListedNewestFirstWithCandidatesBelowTheirRelease() throws IOException {
        for (String release : List.of("6.9.1", "6.14.0-rc3", "6.14.0", "6.14.0-rc12", "6.10.7-x")) {
            store("k-" + release, release);
        }

        assertThat(cache.list())
                .extracting(k -> k.image().version())
                .containsExactly("6.14.0", "6.14.0-rc12", "6.14.0-rc3", "6.10.7-x", "6.9.1");
    }

    @Test
    void anEntryIsFoundByKeyVersionReleaseAndSeries() throws IOException {
        store("old", "6.14.2-a");
        store("new", "6.14.10-b");

        assertThat(key("old")).isEqualTo("old");
        assertThat(key("6.14.2")).isEqualTo("old");
        assertThat(key("6.14.2-a")).isEqualTo("old");
        assertThat(key("6.14")).isEqualTo("new");
        assertThat(cache.find("6.1")).isEmpty();
        assertThat(cache.find("6.14.1")).isEmpty();
        assertThatThrownBy(() -> cache.find("6.x")).hasMessageContaining("does not name a kernel");
    }

    @Test
    void anEntryWhoseFileWasCutIsReportedAndNotListed() throws IOException {
        store("whole", "6.14.2");
        Path vmlinux = store("cut", "6.14.3").image().vmlinux();
        Files.write(vmlinux, new byte[10]);

        KernelCache.Listing listing = cache.listing();

        assertThat(listing.kernels()).extracting(CachedKernel::key).containsExactly("whole");
        assertThat(listing.damaged())
                .singleElement()
                .asString()
                .contains("cut")
                .contains("it has 10 bytes and metadata.json says");
        assertThatThrownBy(() -> cache.find("cut")).hasMessageContaining("is damaged");
    }

    @Test
    void metadataThatIsNotJsonOrFromANewerVersionIsRefused() throws IOException {
        Path folder = store("one", "6.14.2").image().image().getParent();
        Path metadata = folder.resolve("metadata.json");
        String good = Files.readString(metadata);
        Files.writeString(metadata, good.replace("\"schema\" : 1", "\"schema\" : 2"));
        assertThatThrownBy(() -> cache.find("one")).hasMessageContaining("written by a newer ktstr");
        for (String bad : List.of("", "[", "{}", "[]", good.replace("6.14.2", ""), good.replace("\"size\"", "\"s\""))) {
            Files.writeString(metadata, bad);
            assertThatThrownBy(() -> cache.find("one"))
                    .as(bad)
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("damaged");
        }
    }

    @Test
    void aKeyThatCouldLeaveTheFolderIsRefused() {
        for (String key : List.of("../x", "a/b", "", ".", "..", "a\0b")) {
            assertThatThrownBy(() -> cache.store(key, dir, null, "o", null))
                    .hasMessageContaining("cannot be a cache key");
        }
    }

    @Test
    void anImageElsewhereIsUnpackedOnceAndAgainOnlyWhenItChanges() throws IOException {
        Path image =
                SampleKernels.write(dir.resolve("bz"), SampleKernels.bzImage(Packing.ZSTD, SampleKernels.vmlinux()));
        KernelImage first = cache.describe(image, null, null, "here", null);
        FileTime made = Files.getLastModifiedTime(first.vmlinux());

        assertThat(cache.describe(image, null, null, "here", null)).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(first.vmlinux())).isEqualTo(made);

        SampleKernels.write(image, SampleKernels.bzImage(Packing.ZSTD, SampleKernels.vmlinux("6.14.9", null, true)));
        Files.setLastModifiedTime(image, FileTime.from(Instant.parse("2031-01-01T00:00:00Z")));
        assertThat(cache.describe(image, null, null, "here", null).version()).isEqualTo("6.14.9");
    }

    @Test
    void whatAKilledProcessLeftIsRemovedWhenItsKeyIsStoredAgain() throws IOException {
        Path left = Files.createDirectories(dir.resolve("cache/tmp/one-1234"));
        Path other = Files.createDirectories(dir.resolve("cache/tmp/one-two-1234"));
        Files.writeString(left.resolve("vmlinux"), "half");

        store("one", "6.14.2");

        assertThat(left).doesNotExist();
        assertThat(other).exists();
    }

    @Test
    void manyThreadsThatStoreOneKeyEndWithOneWholeEntry() throws Exception {
        Path image = SampleKernels.write(dir.resolve("vmlinux"), SampleKernels.vmlinux());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<CachedKernel> store = () -> cache.store("one", image, null, "a test", null);
            for (Future<CachedKernel> done :
                    threads.invokeAll(List.of(store, store, store, store), 30, TimeUnit.SECONDS)) {
                assertThat(done.get().key()).isEqualTo("one");
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(cache.list()).hasSize(1);
        assertThat(files(dir.resolve("cache/tmp"))).isEmpty();
    }

    @Test
    void theCacheIsWhereTheEnvironmentSays() {
        assertThat(KernelCache.root(Map.of("KTSTR_CACHE_DIR", "/k", "XDG_CACHE_HOME", "/x", "HOME", "/h")))
                .isEqualTo(Path.of("/k"));
        assertThat(KernelCache.root(Map.of("XDG_CACHE_HOME", "/x", "HOME", "/h")))
                .isEqualTo(Path.of("/x/ktstr"));
        assertThat(KernelCache.root(Map.of("XDG_CACHE_HOME", "relative", "HOME", "/h")))
                .isEqualTo(Path.of("/h/.cache/ktstr"));
    }

    private CachedKernel store(String key, String release) throws IOException {
        Path image = SampleKernels.write(
                dir.resolve("vmlinux-" + key), SampleKernels.vmlinux(release, SampleKernels.btf("x"), true));
        return cache.store(key, image, null, "a test", null);
    }

    private String key(String spec) {
        return cache.find(spec).orElseThrow().key();
    }

    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
