package dev.ktstr.run;

import java.nio.file.Path;

/** Finds a scheduler's program on the host. */
public final class SchedulerBinary {
    private SchedulerBinary() {}

    /**
     * Finds the program: the option {@code scheduler.bin.<name>}; {@code binaryPath}; or {@code binary} by name in the
     * folders of {@code scheduler.path}, in {@code target} and {@code target/schedulers}, and on {@code PATH}.
     *
     * @throws RunException when there is none, or it is not executable; names the folders that were looked at before {@code PATH}
     */
    public static Path find(SchedulerEntry scheduler, Options options, Path baseDir) {
        return new ProgramFinder(
                        "scheduler '" + scheduler.name() + "'",
                        "scheduler.bin." + scheduler.name(),
                        "scheduler.path",
                        "schedulers")
                .find(
                        scheduler.binaryPath(),
                        "binaryPath",
                        scheduler.binary().orElse(scheduler.name()),
                        options,
                        baseDir);
    }
}
