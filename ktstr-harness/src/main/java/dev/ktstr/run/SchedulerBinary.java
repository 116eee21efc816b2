package dev.ktstr.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds a scheduler's program on the host. */
public final class SchedulerBinary {
    private SchedulerBinary() {}

    /**
     * Finds the program: the option {@code scheduler.bin.<name>}; {@code binaryPath}; or {@code binary} by name in the
     * folders of {@code scheduler.path}, in {@code target} and {@code target/schedulers}, and on {@code PATH}.
     *
     * @throws RunException when there is none, or it is not executable; names every place that was looked at
     */
    public static Path find(SchedulerEntry scheduler, Options options, Path baseDir) {
        Optional<String> forced = options.get("scheduler.bin." + scheduler.name());
        if (forced.isPresent()) {
            return executable(scheduler, baseDir.resolve(forced.get()), "-Dktstr.scheduler.bin." + scheduler.name());
        }
        if (scheduler.binaryPath().isPresent()) {
            return executable(scheduler, baseDir.resolve(scheduler.binaryPath().get()), "binaryPath");
        }
        String binary = scheduler.binary().orElse(scheduler.name());
        List<Path> folders = new ArrayList<>();
        options.get("scheduler.path").ifPresent(path -> split(path, baseDir, folders));
        folders.add(baseDir.resolve("target"));
        folders.add(baseDir.resolve("target/schedulers"));
        Optional.ofNullable(options.environment().get("PATH")).ifPresent(path -> split(path, baseDir, folders));
        for (Path folder : folders) {
            Path candidate = folder.resolve(binary);
            if (Files.isRegularFile(candidate)) {
                return executable(scheduler, candidate, "found by name");
            }
        }
        throw RunException.setup(
                "prepare",
                "scheduler '" + scheduler.name() + "': no program '" + binary + "' in "
                        + String.join(", ", folders.stream().map(Path::toString).toList())
                        + ". Hint: build it, or name its folder with -Dktstr.scheduler.path=DIR.");
    }

    private static Path executable(SchedulerEntry scheduler, Path path, String origin) {
        String who = "scheduler '" + scheduler.name() + "' (" + origin + "): ";
        if (!Files.isRegularFile(path)) {
            throw RunException.setup(
                    "prepare", who + "there is no file " + path + ". Hint: build it, or correct the path.");
        }
        if (!Files.isExecutable(path)) {
            throw RunException.setup("prepare", who + path + " is not executable. Hint: chmod +x " + path);
        }
        return path.toAbsolutePath().normalize();
    }

    private static void split(String path, Path baseDir, List<Path> into) {
        for (String folder : path.split(":", -1)) {
            if (!folder.isBlank()) {
                into.add(baseDir.resolve(folder));
            }
        }
    }
}
