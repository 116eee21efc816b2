package dev.ktstr.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.kernel.SampleKernels.Packing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache when the disk is full in any phase, and when a process is killed in the middle. */
class KernelCacheTroubleTest {
    @TempDir
    Path dir;

    @Test
    void aFullDiskInAnyPhaseLeavesNoEntryAndMoreRoomMakesItWork() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "SKIPPED: mounting a small tmpfs needs root");
        List<String> options = new ArrayList<>();
        for (int pages = 1; pages <= 24; pages++) {
            options.add("size=" + 4 * pages + "k");
        }
        for (int inodes = 2; inodes <= 20; inodes++) {
            options.add("size=1m,nr_inodes=" + inodes);
        }
        Path disk = Files.createDirectory(dir.resolve("disk"));
        int full = 0;
        int worked = 0;
        for (String option : options) {
            command("mount", "-t", "tmpfs", "-o", option, "tmpfs", disk.toString());
            try {
                KernelCache cache = new KernelCache(disk.resolve("cache"));
                try {
                    cache.obtain("one", work -> material(dir), line -> {});
                    worked++;
                } catch (KernelException e) {
                    full++;
                    assertThat(e).as(option).hasMessageContaining("No space left on device");
                    assertThat(cache.list()).as(option).isEmpty();
                    assertThat(cache.listing().corrupt()).as(option).isEmpty();
                    assertThat(temporary(disk)).as(option).isEmpty();
                    command("mount", "-o", "remount,size=4m,nr_inodes=1000", disk.toString());
                }
                assertThat(cache.obtain("one", work -> material(dir), line -> {})
                                .image()
                                .version())
                        .as(option)
                        .isEqualTo(SampleKernels.RELEASE);
            } finally {
                command("umount", disk.toString());
            }
        }
        assertThat(full).as("sizes that were too small").isGreaterThan(10);
        assertThat(worked).as("sizes that were enough").isGreaterThan(2);
    }

    @Test
    void aProcessThatIsKilledWhileItMakesAKernelIsWaitedForByNameAndItsHalfIsRemoved() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HalfMaker.class.getName(),
                        dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log").toFile())
                .start();
        try {
            await(other, dir.resolve("half"));
            assertThat(temporary(dir)).hasSize(1);
            List<String> lines = Collections.synchronizedList(new ArrayList<>());

            KernelCache cache = new KernelCache(dir.resolve("cache"));
            CachedKernel made = cache.obtain("one", work -> material(dir), line -> {
                lines.add(line);
                other.destroyForcibly(); // SIGKILL, as soon as we wait for it
            });

            assertThat(made.image().version()).isEqualTo(SampleKernels.RELEASE);
            assertThat(lines)
                    .singleElement()
                    .asString()
                    .matches("waiting for process " + other.pid() + " since [0-9:]+, which makes kernel one");
            assertThat(temporary(dir)).isEmpty();
        } finally {
            other.destroyForcibly();
            assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** The program of the process that is killed: it has half a kernel and does not go on. */
    static final class HalfMaker {
        private HalfMaker() {}

        public static void main(String[] args) {
            Path dir = Path.of(args[0]);
            new KernelCache(dir.resolve("cache"))
                    .obtain(
                            "one",
                            work -> {
                                Files.write(work.resolve("vmlinux"), new byte[1000]);
                                Files.createFile(dir.resolve("half"));
                                LockSupport.parkNanos(Duration.ofMinutes(2).toNanos());
                                throw new IOException("nobody has killed us");
                            },
                            line -> {});
        }
    }

    @Test
    void anEntryThatCannotBeWrittenToIsUsedAllTheSame() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "SKIPPED: a read-only mount needs root");
        KernelCache cache = new KernelCache(dir.resolve("cache"));
        Path entry = cache.obtain("one", work -> material(dir), line -> {})
                .image()
                .image()
                .getParent();
        Files.delete(entry.resolve("stamp"));
        command("mount", "--bind", entry.toString(), entry.toString());
        try {
            command("mount", "-o", "remount,ro,bind", entry.toString());
            assertThat(cache.find("one")).isPresent();
            assertThat(entry.resolve("stamp")).doesNotExist();
        } finally {
            command("umount", entry.toString());
        }
    }

    @Test
    void aCleanerKeepsTheNewestAndLeavesWhatIsBeingMade() throws Exception {
        KernelCache cache = new KernelCache(dir.resolve("cache"));
        for (String key : List.of("a", "b", "c", "d")) {
            cache.obtain(key, work -> material(dir), line -> {});
        }
        KernelCleaner cleaner = new KernelCleaner(cache);
        assertThat(cleaner.allBut(9)).isEmpty();
        List<KernelCleaner.Victim> victims = cleaner.allBut(2);
        assertThat(victims).extracting(KernelCleaner.Victim::key).containsExactlyInAnyOrder("a", "b");
        assertThat(victims).allSatisfy(v -> assertThat(v.bytes()).isGreaterThan(3000));

        List<String> lines = new ArrayList<>();
        int[] removed = new int[1];
        cache.obtain(
                "a",
                work -> {
                    removed[0] = cleaner.remove(victims, lines::add);
                    return material(dir);
                },
                line -> {},
                true);

        assertThat(removed[0]).isEqualTo(1);
        assertThat(lines).containsExactlyInAnyOrder("removed b", "kept a: another process is making it");
        assertThat(cache.list()).extracting(CachedKernel::key).containsExactlyInAnyOrder("a", "c", "d");
        assertThat(temporary(dir)).isEmpty();
        assertThatThrownBy(() -> cache.remove("../images")).hasMessageContaining("cannot be a cache key");
    }

    private static KernelMaterial material(Path dir) throws IOException {
        Path image =
                SampleKernels.write(dir.resolve("bz"), SampleKernels.bzImage(Packing.ZSTD, SampleKernels.vmlinux()));
        Path config = SampleKernels.write(dir.resolve("config"), "CONFIG_X=y\n".getBytes(US_ASCII));
        return new KernelMaterial(image, null, config, "a test", null, null);
    }

    private static List<Path> temporary(Path dir) throws IOException {
        Path folder = dir.resolve("cache/tmp");
        return Files.exists(folder) ? KernelCacheTest.files(folder) : List.of();
    }

    private void await(Process process, Path file) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!Files.exists(file)) {
            assertThat(process.isAlive() && System.nanoTime() < deadline)
                    .as(Files.readString(dir.resolve("log")))
                    .isTrue();
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private static void command(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }
}
