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
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Runs the agent's workers on this machine, without a guest: {@code src/test/c/driver.c}, linked with the agent's own
 * objects.
 */
final class CrewDriver {
    private static final Path TARGET = Path.of("target").toAbsolutePath();

    /** How the workers' code is compiled. */
    enum Variant {
        /** As in the agent. */
        AGENT(""),
        /** Every wake latency is also appended to the file {@link CrewDriver#rawWakes()} names. */
        RAW_WAKES("-DKTSTR_RAW_WAKES"),
        /** Looks and histograms do nothing: what work costs by itself. */
        WITHOUT_TELEMETRY("-DKTSTR_WITHOUT_TELEMETRY");

        private final String flag;

        Variant(String flag) {
            this.flag = flag;
        }
    }

    /**
     * What came of a run.
     *
     * @param status exit status; 0 when nothing failed and nothing was left over
     * @param lines what it said on standard error
     */
    record Run(int status, List<WorkerReport> reports, List<String> lines) {}

    private final Path folder;
    private final Path program;
    private final List<String> actions = new ArrayList<>();

    /** Builds the program when it is not up to date; {@code folder} takes the run's files. */
    CrewDriver(Path folder) throws IOException {
        this(folder, Variant.AGENT);
    }

    /** Likewise, of another variant. */
    CrewDriver(Path folder, Variant variant) throws IOException {
        this.folder = folder;
        this.program = build(variant);
    }

    /** Where {@link Variant#RAW_WAKES} leaves its samples: u64s, little-endian, of all workers mixed. */
    Path rawWakes() {
        return folder.resolve("raw-wakes");
    }

    private static synchronized Path build(Variant variant) throws IOException {
        Path sources = TARGET.resolveSibling("src");
        String name = "driver-" + variant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        Path program = TARGET.resolve(name);
        Path log = TARGET.resolve(name + ".log");
        // The agent's own objects where they can serve; their flags are the Makefile's default.
        Path objects = variant == Variant.AGENT ? TARGET.resolve("agent") : TARGET.resolve(name + "-objects");
        int status = await(
                new ProcessBuilder(
                                "make",
                                "-s",
                                "-f",
                                sources.resolve("main/c/Makefile").toString(),
                                "CFLAGS=-O2 " + variant.flag,
                                "GEN=" + TARGET.resolve("generated-c"),
                                "OBJ=" + objects,
                                "OUT=" + TARGET.resolve("driver-has-no-agent"),
                                "TEST=" + sources.resolve("test/c/driver.c"),
                                "DRIVER=" + program,
                                program.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start(),
                120);
        if (status != 0) {
            throw new AssertionError("the driver cannot be built:\n" + Files.readString(log));
        }
        return program;
    }

    static int await(Process process, int seconds) {
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
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(actions);
        Path out = folder.resolve("out");
        Path lines = folder.resolve("lines");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(lines.toFile());
        builder.environment().put("KTSTR_RAW_WAKES", rawWakes().toString());
        int status = await(builder.start(), 60);
        return new Run(
                status, Wire.decode(WorkersDone.class, Files.readAllBytes(out)).workers(), Files.readAllLines(lines));
    }
}
