package dev.ktstr.kernel.build;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.OwnJvm;
import dev.ktstr.kernel.Processes;
import dev.ktstr.kernel.SampleKernels;
import dev.ktstr.kernel.source.GitSource;
import dev.ktstr.kernel.source.KernelSource;
import dev.ktstr.kernel.source.LocalSource;
import dev.ktstr.spec.KernelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Ctrl-C and SIGKILL do: a JVM of its own, ended while make or git runs. */
class TerminatedBuildTest {
    /** Three generations, one of which is in the background: what make, a sub-make and a compiler are. */
    private static final String STALL =
            "sh -c 'sleep 72 & echo $$ $PPID $! >DIR/pids.new; mv DIR/pids.new DIR/pids; wait'";

    @TempDir
    Path dir;

    /** The program of one JVM. */
    static final class Build {
        private Build() {}

        public static void main(String[] args) {
            Path dir = Path.of(args[0]);
            build(dir, new LocalSource(dir.resolve("linux")));
        }
    }

    /** The program of another. */
    static final class BuildFromGit {
        private BuildFromGit() {}

        public static void main(String[] args) {
            build(Path.of(args[0]), source(Path.of(args[0])));
        }

        static KernelSource source(Path dir) {
            return new GitSource(
                    (KernelSpec.Git) KernelSpec.parse("git+file://" + dir.resolve("linux") + "#branch=main"), dir);
        }
    }

    private static BuiltKernel build(Path dir, KernelSource source) {
        KernelCache cache = new KernelCache(dir.resolve("cache"));
        return new KernelBuilder(cache, new KernelBuilderTest.Quiet(), argv -> Optional.of("v1.30"))
                .build(source, KernelBuilderTest.options());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "KILL"})
    void aBuildThatIsEndedLeavesNoProcessAndNothingHalfAndTheNextRecovers(String signal) throws Exception {
        Path tree = FakeTree.make(dir.resolve("linux"), "6.14.2");
        FakeTree.hook(tree, stall());
        endInTheMiddle(Build.class, signal);

        FakeTree.hook(tree, "true");
        BuiltKernel built = build(dir, new LocalSource(tree));

        assertThat(built.cached()).isTrue();
        assertThat(Files.readString(built.log())).contains("COMPILED");
        assertThat(dir.resolve("cache/tmp")).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "KILL"})
    void aCloneThatIsEndedLeavesNoProcessAndTheNextRecovers(String signal) throws Exception {
        Git.init(FakeTree.make(dir.resolve("linux"), "6.14.2"));
        // The real one, that stalls when it has fetched something.
        Path git = SampleKernels.write(
                dir.resolve("bin/git"),
                ("#!/bin/sh\ncase \"$*\" in *' fetch '*) touch half; " + stall()
                                + ";; esac\nPATH=${PATH#*:} exec git \"$@\"\n")
                        .getBytes(US_ASCII));
        Files.setPosixFilePermissions(git, PosixFilePermissions.fromString("rwxr-xr-x"));
        endInTheMiddle(BuildFromGit.class, signal);

        BuiltKernel built = build(dir, BuildFromGit.source(dir));

        assertThat(built.cached()).isTrue();
        assertThat(built.spec()).startsWith("main-git-");
        assertThat(dir.resolve("cache/tmp")).isEmptyDirectory();
        assertThat(dir.resolve("cache/builds")).isDirectoryNotContaining("glob:**/main-git-*");
    }

    private void endInTheMiddle(Class<?> program, String signal) throws Exception {
        try (OwnJvm jvm = OwnJvm.start(program, dir)) {
            List<String> pids = jvm.awaitPids(dir.resolve("pids"));

            jvm.end(signal);

            assertThat(pids).hasSize(3).allSatisfy(Processes::awaitDeath);
        }
        KernelCache cache = new KernelCache(dir.resolve("cache"));
        assertThat(cache.listing().kernels()).isEmpty();
        assertThat(cache.listing().damaged()).isEmpty();
    }

    private String stall() {
        return STALL.replace("DIR", dir.toString());
    }
}
