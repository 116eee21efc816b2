package dev.ktstr.guest;

import dev.ktstr.guest.wire.Wire;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkerReport;
import dev.ktstr.guest.wire.WorkersDone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs the agent's workers on this machine, without a guest: {@code src/test/c/driver.c}, linked with the agent's own
 * objects.
 */
final class CrewDriver {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path DRIVER = TARGET.resolve("driver");

    /**
     * What came of a run.
     *
     * @param status exit status; 0 when nothing failed and nothing was left over
     * @param lines what it said on standard error
     */
    record Run(int status, List<WorkerReport> reports, List<String> lines) {}

    private final Path folder;
    private final List<String> actions = new ArrayList<>();

    /** Builds the program when it is not up to date; {@code folder} takes the run's files. */
    CrewDriver(Path folder) throws IOException {
        this.folder = folder;
        build();
    }

    private static synchronized void build() throws IOException {
        Path sources = TARGET.resolveSibling("src");
        Path log = TARGET.resolve("driver.log");
        int status = await(
                new ProcessBuilder(
                                "make",
                                "-s",
                                "-f",
                                sources.resolve("main/c/Makefile").toString(),
                                "GEN=" + TARGET.resolve("generated-c"),
                                "OBJ=" + TARGET.resolve("agent"),
                                "OUT=" + TARGET.resolve("driver-has-no-agent"),
                                "TEST=" + sources.resolve("test/c/driver.c"),
                                "DRIVER=" + DRIVER,
                                DRIVER.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start(),
                120);
        if (status != 0) {
            throw new AssertionError("the driver cannot be built:\n" + Files.readString(log));
        }
    }

    private static int await(Process process, int seconds) {
        try {
            if (process.waitFor(seconds, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new AssertionError("a program did not end in " + seconds + " s: " + process.info());
    }

    /** Adds actions as the driver takes them. */
    CrewDriver then(String... more) {
        actions.addAll(List.of(more));
        return this;
    }

    /** Adds the start of a group. */
    CrewDriver start(WorkGroup group) throws IOException {
        return then("start:" + write(group));
    }

    /** Adds a start that may fail. */
    CrewDriver attempt(WorkGroup group) throws IOException {
        return then("try:" + write(group));
    }

    private Path write(WorkGroup group) throws IOException {
        Path file = folder.resolve("group-" + actions.size());
        Files.write(file, Wire.encode(group));
        return file;
    }

    /** Does it all. */
    Run run() throws IOException {
        List<String> command = new ArrayList<>(List.of(DRIVER.toString()));
        command.addAll(actions);
        Path out = folder.resolve("out");
        Path lines = folder.resolve("lines");
        int status = await(
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(lines.toFile())
                        .start(),
                60);
        return new Run(
                status, Wire.decode(WorkersDone.class, Files.readAllBytes(out)).workers(), Files.readAllLines(lines));
    }
}
