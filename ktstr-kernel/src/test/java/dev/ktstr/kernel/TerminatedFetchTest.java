package dev.ktstr.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Ctrl-C does: a JVM of its own, told to end while apt runs. */
class TerminatedFetchTest {
    @TempDir
    Path dir;

    /** The program of that JVM. */
    static final class Fetch {
        private Fetch() {}

        public static void main(String[] args) {
            Path dir = Path.of(args[0]);
            new DebianKernelFetcher(
                            new KernelCache(dir.resolve("cache")),
                            "unstable",
                            line -> {},
                            dir.resolve("etc"),
                            dir.resolve("bin"))
                    .fetch(false);
        }
    }

    @Test
    void aFetchThatIsTerminatedLeavesNoProcessAndNoFile() throws Exception {
        Path apt = SampleKernels.write(
                dir.resolve("bin/apt-get"), """
                #!/bin/sh
                sleep 63 &
                echo $$ $! >DIR/pids.new && mv DIR/pids.new DIR/pids
                wait
                """.replace("DIR", dir.toString()).getBytes(US_ASCII));
        Files.setPosixFilePermissions(apt, PosixFilePermissions.fromString("rwxr-xr-x"));
        SampleKernels.write(
                dir.resolve("etc/sources.list"), "deb http://mirror.example/debian stable main\n".getBytes(US_ASCII));
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Fetch.class.getName(),
                        dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log").toFile())
                .start();
        try {
            List<String> pids =
                    List.of(awaitText(dir.resolve("pids"), jvm).strip().split(" ", -1));
            assertThat(KernelCacheTest.files(dir.resolve("cache/tmp"))).hasSize(1);

            jvm.destroy();

            if (!jvm.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("the JVM does not end:\n" + threads(jvm));
            }
            assertThat(KernelCacheTest.files(dir.resolve("cache/tmp"))).isEmpty();
            assertThat(pids).hasSize(2).allSatisfy(Processes::awaitDeath);
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** What every thread of a JVM is doing, for the message of a failure. */
    private static String threads(Process jvm) throws IOException, InterruptedException {
        Process jstack = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jstack")
                                .toString(),
                        Long.toString(jvm.pid()))
                .redirectErrorStream(true)
                .start();
        try (InputStream output = jstack.getInputStream()) {
            return new String(output.readAllBytes(), US_ASCII);
        } finally {
            jstack.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private String awaitText(Path file, Process jvm) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!Files.exists(file)) {
            assertThat(jvm.isAlive() && System.nanoTime() < deadline)
                    .as(Files.readString(dir.resolve("log")))
                    .isTrue();
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        return Files.readString(file);
    }
}
