package dev.ktstr.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.internal.Apt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Ctrl-C and SIGKILL do: a JVM of its own, ended while apt runs. */
class TerminatedFetchTest {
    @TempDir
    Path dir;

    /** The program of that JVM. */
    static final class Fetch {
        private Fetch() {}

        public static void main(String[] args) {
            fetch(Path.of(args[0]));
        }

        static void fetch(Path dir) {
            new DebianKernelFetcher(
                            new KernelCache(dir.resolve("cache")),
                            "unstable",
                            line -> {},
                            dir.resolve("etc"),
                            dir.resolve("bin"),
                            Apt.Patience.STANDARD)
                    .fetch(false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "KILL"})
    void aFetchThatIsEndedLeavesNoProcessAndTheNextLeavesNoFile(String signal) throws Exception {
        // Three generations, one of which is in the background: what apt-get, a method of it and a helper are.
        apt("sh -c 'sleep 63 & echo $$ $PPID $! >DIR/pids.new && mv DIR/pids.new DIR/pids; wait'; true\n");
        SampleKernels.write(
                dir.resolve("etc/sources.list"), "deb http://mirror.example/debian stable main\n".getBytes(US_ASCII));
        try (OwnJvm jvm = OwnJvm.start(Fetch.class, dir)) {
            List<String> pids = jvm.awaitPids(dir.resolve("pids"));
            assertThat(KernelCacheTest.files(dir.resolve("cache/tmp"))).hasSize(1);

            jvm.end(signal);

            assertThat(pids).hasSize(3).allSatisfy(Processes::awaitDeath);
        }
        // Who is killed removes nothing; the next one does, whether it succeeds or not.
        assertThat(KernelCacheTest.files(dir.resolve("cache/tmp"))).hasSize(signal.equals("KILL") ? 1 : 0);
        apt("echo 'E: no network' >&2; exit 100\n");

        assertThatThrownBy(() -> Fetch.fetch(dir)).hasMessageContaining("(http://mirror.example/debian): no network");
        assertThat(KernelCacheTest.files(dir.resolve("cache/tmp"))).isEmpty();
        assertThat(new KernelCache(dir.resolve("cache")).listing().damaged()).isEmpty();
    }

    private void apt(String script) throws Exception {
        Path apt = SampleKernels.write(
                dir.resolve("bin/apt-get"), ("#!/bin/sh\n" + script.replace("DIR", dir.toString())).getBytes(US_ASCII));
        Files.setPosixFilePermissions(apt, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
