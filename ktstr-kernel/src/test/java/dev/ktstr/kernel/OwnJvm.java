package dev.ktstr.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A JVM of a test's own, to be ended in the middle of what it does. */
public final class OwnJvm implements AutoCloseable {
    private static final Path BIN = Path.of(System.getProperty("java.home"), "bin");

    private final Process process;
    private final Path output;

    private OwnJvm(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Starts it.
     *
     * @param main its program, whose only argument is {@code folder}
     * @param folder a folder of the test's; programs in its {@code bin} come before the machine's
     */
    public static OwnJvm start(Class<?> main, Path folder) throws IOException {
        Path output = folder.resolve("output");
        // What runs in the background of a shell ignores SIGINT, and so do its children; a JVM that finds it ignored
        // leaves it so.
        ProcessBuilder builder = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        BIN.resolve("java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().merge("PATH", "", (path, none) -> folder.resolve("bin") + ":" + path);
        return new OwnJvm(builder.start(), output);
    }

    /** Waits until it, or what it started, has written process ids into a file, and returns them. */
    public List<String> awaitPids(Path file) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!Files.exists(file)) {
            assertThat(process.isAlive() && System.nanoTime() < deadline)
                    .as(Files.readString(output))
                    .isTrue();
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        return List.of(Files.readString(file).strip().split(" ", -1));
    }

    /** Sends a signal, {@code TERM}, and waits for the end. */
    public void end(String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).start();
        assertThat(kill.waitFor()).isZero();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new AssertionError("the JVM does not end:\n" + threads());
        }
    }

    private String threads() throws IOException, InterruptedException {
        Process jstack = new ProcessBuilder(BIN.resolve("jstack").toString(), Long.toString(process.pid()))
                .redirectErrorStream(true)
                .start();
        try (InputStream text = jstack.getInputStream()) {
            return new String(text.readAllBytes(), StandardCharsets.US_ASCII);
        } finally {
            jstack.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
