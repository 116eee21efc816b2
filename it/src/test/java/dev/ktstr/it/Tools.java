package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.Guest;
import dev.ktstr.guest.ElfClosure;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.run.BootedGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Programs that a guest is given as witnesses: those of {@code src/test/c}, compiled here, and the distribution's bpftool. Where there
 * is no compiler, as in the lab, {@code -Dit.tools} names the folder that they lie in.
 */
public final class Tools {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Tools() {}

    /** The compiled program of that name. */
    public static Path compiled(String name) throws IOException {
        Optional<Path> ready = ready(name);
        return ready.isPresent() ? ready.get() : compile(name, Path.of("target/tools"));
    }

    /** As {@code compiled}, into a folder. */
    public static Path compile(String name, Path folder) throws IOException {
        Path program = Files.createDirectories(folder).resolve(name).toAbsolutePath();
        Path log = folder.resolve(name + ".log");
        Process gcc = new ProcessBuilder(
                        "gcc",
                        "-O2",
                        "-static",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-o",
                        program.toString(),
                        source(name + ".c"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(gcc.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) && gcc.exitValue() == 0)
                    .as(Files.readString(log))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + name + " was compiled", e);
        } finally {
            gcc.destroyForcibly();
        }
        return program;
    }

    /** A C source of this module, from its folder or, for a benchmark, from the project's. */
    static String source(String name) {
        Path here = Path.of("src/test/c", name);
        return (Files.exists(here) ? here : Path.of("it").resolve(here))
                .toAbsolutePath()
                .toString();
    }

    private static Optional<Path> ready(String name) {
        return Optional.ofNullable(System.getProperty("it.tools"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable);
    }

    /** bpftool on this host. */
    public static Path bpftool() {
        return Stream.concat(
                        ready("bpftool").stream(),
                        Stream.of("/usr/sbin/bpftool", "/usr/bin/bpftool").map(Path::of))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no bpftool; build/requirements --install --tests"));
    }

    /** Sends a program with its libraries; its path in the guest. */
    public static String send(BootedGuest guest, Path program) throws IOException {
        List<GuestFile> files = new ArrayList<>();
        for (ElfClosure.Entry entry : ElfClosure.of(program, List.of())) {
            files.add(GuestFile.of(entry.guestPath(), 0755, entry.hostPath()));
        }
        guest.session().send(files, LIMIT);
        return files.get(0).path();
    }

    /** Runs a program of the guest, which has to end well; what it printed. */
    public static String run(Guest guest, String... argv) {
        Guest.Exec ended = guest.exec(List.of(argv), LIMIT);
        assertThat(ended.exitCode())
                .as("%s: %s", String.join(" ", argv), ended.output())
                .isZero();
        return ended.output();
    }
}
