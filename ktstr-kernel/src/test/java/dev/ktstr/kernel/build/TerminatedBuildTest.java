package dev.ktstr.kernel.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.Processes;
import dev.ktstr.kernel.source.LocalSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Ctrl-C and SIGKILL do: a JVM of its own, ended while make runs. */
class TerminatedBuildTest {
    @TempDir
    Path dir;

    /** The program of that JVM. */
    static final class Build {
        private Build() {}

        public static void main(String[] args) {
            build(Path.of(args[0]));
        }

        static BuiltKernel build(Path dir) {
            KernelCache cache = new KernelCache(dir.resolve("cache"));
            return new KernelBuilder(cache, new KernelBuilderTest.Quiet(), argv -> Optional.of("v1.30"))
                    .build(new LocalSource(dir.resolve("linux")), KernelBuilderTest.options());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "KILL"})
    void aBuildThatIsEndedLeavesNoProcessAndNothingHalfAndTheNextRecovers(String signal) throws Exception {
        Path tree = FakeTree.make(dir.resolve("linux"), "6.14.2");
        // Three generations, one of which went into the background: what make, a sub-make and a compiler are.
        FakeTree.hook(
                tree,
                "sh -c 'sleep 72 & echo $$ $$PPID $$! >" + dir + "/pids.new; mv " + dir + "/pids.new " + dir
                        + "/pids; wait'");
        // What runs in the background of a shell ignores SIGINT, and so do its children; a JVM that finds it ignored
        // leaves it so.
        Process jvm = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Build.class.getName(),
                        dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("out").toFile())
                .start();
        try {
            List<String> pids =
                    List.of(awaitText(dir.resolve("pids"), jvm).strip().split(" ", -1));
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + jvm.pid()).start();
            assertThat(kill.waitFor()).isZero();
            assertThat(jvm.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(pids).hasSize(3).allSatisfy(Processes::awaitDeath);
        } finally {
            jvm.destroyForcibly();
        }
        KernelCache cache = new KernelCache(dir.resolve("cache"));
        assertThat(cache.listing().kernels()).isEmpty();
        assertThat(cache.listing().damaged()).isEmpty();

        FakeTree.hook(tree, "true");
        BuiltKernel built = Build.build(dir);

        assertThat(built.cached()).isTrue();
        assertThat(Files.readString(built.log())).contains("COMPILED");
        assertThat(dir.resolve("cache/tmp")).isEmptyDirectory();
    }

    private String awaitText(Path file, Process jvm) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!Files.exists(file)) {
            assertThat(jvm.isAlive() && System.nanoTime() < deadline)
                    .as(Files.readString(dir.resolve("out")))
                    .isTrue();
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        return Files.readString(file);
    }
}
