package dev.ktstr.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.SampleKernels.Packing;
import dev.ktstr.kernel.internal.KeyLock;
import dev.ktstr.kernel.internal.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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

        Path metadata = Files.createDirectories(cache.folder().resolve("empty")).resolve("metadata.json");
        assertThatThrownBy(() -> cache.find("empty"))
                .isInstanceOf(KernelException.class)
                .hasMessageStartingWith("cannot read " + metadata + ": there is no such file. The entry is not used");
    }

    @Test
    void metadataThatIsNotJsonOrFromANewerVersionIsRefused() throws IOException {
        Path folder = store("one", "6.14.2").image().image().getParent();
        Path metadata = folder.resolve("metadata.json");
        String good = Files.readString(metadata);
        Files.writeString(metadata, good.replace("\"schema\" : 2", "\"schema\" : 3"));
        assertThatThrownBy(() -> cache.find("one"))
                .hasMessageContaining("written by a newer ktstr")
                .hasMessageContaining("KTSTR_CACHE_DIR")
                .hasMessageNotContaining("corruptOnly");
        assertThatThrownBy(() -> cache.obtain(
                        "one",
                        work -> {
                            throw new AssertionError("made again");
                        },
                        line -> {}))
                .as("it is not made again")
                .hasMessageContaining("written by a newer ktstr");
        assertThat(cache.listing().corrupt())
                .singleElement()
                .satisfies(d -> assertThat(d.newer()).isTrue());
        for (String bad : List.of(
                "",
                "[",
                "{}",
                "[]",
                good.replace("6.14.2", ""),
                good.replace("6.14.2", "6.14.3"),
                good.replace("\"size\"", "\"s\""),
                good.replaceFirst("\"check\".*", "\"x\": 1"))) {
            Files.writeString(metadata, bad);
            assertThatThrownBy(() -> cache.find("one"))
                    .as(bad)
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("damaged");
        }
    }

    @Test
    void anEntryOfTheFirstReleaseIsStillRead() throws IOException {
        byte[] bytes = SampleKernels.vmlinux();
        Path folder = dir.resolve("cache/kernels/old");
        Path image = SampleKernels.write(folder.resolve("vmlinuz"), bytes);
        SampleKernels.write(folder.resolve("metadata.json"), """
                {"schema": 1, "version": "6.14.2", "image": {"file": "vmlinuz", "size": %1$d},
                 "vmlinux": {"file": "vmlinuz", "size": %1$d}, "sha256": "%2$s", "origin": "o",
                 "created": "2026-01-01T00:00:00Z"}""".formatted(bytes.length, Sha256.of(image))
                .getBytes(US_ASCII));

        assertThat(cache.find("old")).get().extracting(k -> k.image().version()).isEqualTo("6.14.2");
        flip(image);
        assertThatThrownBy(() -> cache.find("old")).hasMessageContaining("SHA-256");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vmlinuz", "vmlinux", "btf", "config"})
    void aBitThatTurnedIsFoundAtTheNextUseAndTheEntryIsNotUsed(String name) throws IOException {
        Path image =
                SampleKernels.write(dir.resolve("bz"), SampleKernels.bzImage(Packing.ZSTD, SampleKernels.vmlinux()));
        Path config = SampleKernels.write(dir.resolve("config"), "CONFIG_X=y\n".getBytes(US_ASCII));
        Path file = cache.store("one", image, config, "o", null).image().image().resolveSibling(name);
        assertThat(cache.find("one")).isPresent();
        FileTime before = Files.getLastModifiedTime(file);

        flip(file);
        Files.setLastModifiedTime(file, before); // what it takes to be found all the same: the change time

        assertThatThrownBy(() -> cache.find("one"))
                .hasMessageContaining(file + " is damaged: its SHA-256")
                .hasMessageContaining("kernel-clean -Dktstr.corruptOnly");
        assertThat(cache.find("6.14.2")).isEmpty();
        assertThat(cache.listing().corrupt())
                .extracting(KernelCache.Damaged::key)
                .containsExactly("one");
    }

    @Test
    void whatTheKernelDidNotSeeChangeIsFoundByAFullCheckAndOnceADay() throws IOException {
        Path image = store("one", "6.14.2").image().image();
        Path stamp = image.resolveSibling("stamp");
        flip(image);
        forgeStamp(image.getParent(), stamp); // as after an error of the disk: nothing about the file differs

        assertThat(new KernelCache(dir.resolve("cache")).quickListing().kernels())
                .hasSize(1);
        assertThat(cache.verifiedListing().corrupt()).hasSize(1);

        Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        assertThatThrownBy(() -> cache.find("one")).hasMessageContaining("SHA-256");
    }

    /** Makes the stamp say of the files as they are now that they were checked. */
    private static void forgeStamp(Path folder, Path stamp) throws IOException {
        Map<String, Object> now =
                Files.readAttributes(folder.resolve("vmlinuz"), "unix:size,lastModifiedTime,ctime,ino,dev");
        String state = "%s %d %d %s %s"
                .formatted(
                        now.get("size"),
                        ((FileTime) now.get("lastModifiedTime")).to(TimeUnit.NANOSECONDS),
                        ((FileTime) now.get("ctime")).to(TimeUnit.NANOSECONDS),
                        now.get("ino"),
                        now.get("dev"));
        Properties text = properties(stamp);
        text.setProperty("image.state", state);
        text.setProperty("vmlinux.state", state); // an ELF image is its own vmlinux
        store(text, stamp);
    }

    private static Properties properties(Path stamp) throws IOException {
        Properties text = new Properties();
        try (var in = Files.newBufferedReader(stamp)) {
            text.load(in);
        }
        return text;
    }

    private static void store(Properties text, Path stamp) throws IOException {
        try (var out = Files.newBufferedWriter(stamp)) {
            text.store(out, null);
        }
    }

    @Test
    void whatAStampRemembersIsWhatTheMetadataSays() throws IOException {
        Path image = SampleKernels.write(dir.resolve("v"), SampleKernels.vmlinux());
        Path config = SampleKernels.write(dir.resolve("c"), "CONFIG_CC_VERSION_TEXT=\"gcc 14\"\n".getBytes(US_ASCII));
        String origin = "a=b\\ # ! : two\nlines, \u00e4 and \u2026";
        CachedKernel stored =
                cache.obtain("one", work -> new KernelMaterial(image, null, config, origin, "s", "c"), line -> {});

        CachedKernel remembered = cache.find("one").orElseThrow();
        Files.delete(stored.image().image().resolveSibling("stamp"));

        assertThat(cache.find("one")).contains(remembered).contains(stored);
        assertThat(remembered.image().origin()).isEqualTo(origin);
    }

    @Test
    void aStampIsBelievedAsLongAsNothingIsTouchedAndNoLonger() throws IOException {
        Path folder = store("one", "6.14.2").image().image().getParent();
        Path stamp = folder.resolve("stamp");
        Properties told = properties(stamp);
        told.setProperty("origin", "from the stamp");
        store(told, stamp);
        assertThat(cache.find("one")).get().extracting(k -> k.image().origin()).isEqualTo("from the stamp");

        Path metadata = folder.resolve("metadata.json");
        Files.setLastModifiedTime(metadata, Files.getLastModifiedTime(metadata)); // its change time moves

        assertThat(cache.find("one")).get().extracting(k -> k.image().origin()).isEqualTo("a test");
    }

    @Test
    void aStampThatIsCutOrOfAnotherReleaseIsNone() throws IOException {
        CachedKernel whole = store("one", "6.14.2");
        Path stamp = whole.image().image().resolveSibling("stamp");
        String good = Files.readString(stamp);
        List<String> bad = new ArrayList<>(List.of("", "1\nmetadata.json {}\n", "\\u12", "x".repeat(100_000)));
        for (String line : good.lines().toList()) {
            bad.add(good.replace(line + "\n", "")); // without it
            bad.add(good.replace(line, line.replaceAll("=.*", "=x"))); // with something else
        }
        for (String text : bad) {
            if (!text.contains("origin=x") && !text.contains("version=x") && !text.contains("sha256=x")) {
                Files.writeString(stamp, text);
                assertThat(new KernelCache(dir.resolve("cache")).quickListing().kernels())
                        .as(text)
                        .containsExactly(whole);
            }
        }
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void aCacheOnANetworkFileSystemIsRefusedWithItsTypeAndTheCure() {
        for (String type : List.of("nfs4", "cifs", "9p", "fuse.sshfs")) {
            KernelCache remote = new KernelCache(dir.resolve("cache"), path -> type);

            assertThatThrownBy(() -> remote.find("6.14"))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("(" + type + ")")
                    .hasMessageContaining("KTSTR_CACHE_DIR")
                    .hasMessageContaining("-Dktstr.remoteCache");
            assertThatThrownBy(() -> remote.store("k", dir, null, "o", null)).hasMessageContaining(type);
        }
        assertThat(dir.resolve("cache")).doesNotExist();
        for (String type : List.of("ext4", "btrfs", "fuse.fuseblk", "overlay")) {
            assertThat(new KernelCache(dir.resolve("cache"), path -> type).list())
                    .isEmpty();
        }
        assertThat(new KernelCache(dir.resolve("cache"), path -> null).list()).isEmpty();
    }

    @Test
    void aHitMakesNothingAndADamagedEntryIsMadeAgain() throws IOException {
        Path image = store("one", "6.14.2").image().image();
        EntryMaker never = work -> {
            throw new AssertionError("a hit needs no maker");
        };
        assertThat(cache.obtain("one", never, line -> {}).key()).isEqualTo("one");

        flip(image);
        List<String> lines = new ArrayList<>();
        Path fresh = SampleKernels.write(dir.resolve("fresh"), SampleKernels.vmlinux("6.14.3", null, true));
        CachedKernel made =
                cache.obtain("one", work -> new KernelMaterial(fresh, null, null, "made", "source", "abc"), lines::add);

        assertThat(made.image().version()).isEqualTo("6.14.3");
        assertThat(made.image().commit()).isEqualTo("abc");
        assertThat(made.source()).isEqualTo("source");
        assertThat(lines).singleElement().asString().contains("is made again", "SHA-256");
    }

    @Test
    void anEntrySaysWhichCompilerAndConfigurationMadeIt() throws IOException {
        Path image = SampleKernels.write(dir.resolve("v"), SampleKernels.vmlinux());
        Path config = SampleKernels.write(
                dir.resolve("c"), "CONFIG_CC_VERSION_TEXT=\"gcc (Debian 14) 14.2.0\"\n".getBytes(US_ASCII));

        CachedKernel k = cache.store("one", image, config, "o", null);

        assertThat(k.compiler()).isEqualTo("gcc (Debian 14) 14.2.0");
        assertThat(k.configHash()).isEqualTo(Sha256.of(config));
    }

    @Test
    void twoMakersOfOneKeyMakeOneKernelAndTheOtherSaysWhomItWaitsFor() throws Exception {
        Path image = SampleKernels.write(dir.resolve("v"), SampleKernels.vmlinux());
        AtomicInteger made = new AtomicInteger();
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        EntryMaker maker = work -> {
            made.incrementAndGet();
            making.countDown();
            await(waiting);
            return new KernelMaterial(image, null, null, "o", null, null);
        };
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<CachedKernel> first = threads.submit(() -> cache.obtain("one", maker, line -> {}));
            await(making);
            Future<CachedKernel> second = threads.submit(() -> cache.obtain("one", maker, line -> {
                assertThat(line).isEqualTo("waiting for another thread of this process, which makes kernel one");
                waiting.countDown();
            }));
            assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(first.get(30, TimeUnit.SECONDS));
        } finally {
            threads.shutdownNow();
        }
        assertThat(made).hasValue(1);
    }

    @Test
    void aMakerThatFailsLeavesNothing() throws IOException {
        assertThatThrownBy(() -> cache.obtain(
                        "one",
                        work -> {
                            SampleKernels.write(work.resolve("half"), new byte[10]);
                            throw new KernelException("no compiler");
                        },
                        line -> {}))
                .hasMessage("no compiler");
        assertThat(cache.list()).isEmpty();
        assertThat(files(dir.resolve("cache/tmp"))).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
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
    void whatAKilledProcessLeftIsRemovedByTheNextThatWritesWhateverItsKey() throws IOException {
        Path left = Files.createDirectories(dir.resolve("cache/tmp/one-1234"));
        Path other = Files.createDirectories(dir.resolve("cache/tmp/one-two-1234"));
        Path foreign = Files.createDirectories(dir.resolve("cache/tmp/not-ours"));
        Files.writeString(left.resolve("vmlinux"), "half");

        KeyLock.whileHeld(dir.resolve("cache/locks"), "one-two", Duration.ofSeconds(9), () -> {
            cache.inTemporaryFolder("one", Duration.ofSeconds(9), work -> {});
            assertThat(other).as("somebody works for that key").exists();
        });
        assertThat(left).doesNotExist();
        cache.inTemporaryFolder("one", Duration.ofSeconds(9), work -> {});

        assertThat(other).doesNotExist();
        assertThat(foreign).exists();
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
