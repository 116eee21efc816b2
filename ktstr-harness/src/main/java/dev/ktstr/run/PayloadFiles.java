package dev.ktstr.run;

import dev.ktstr.payload.PayloadEntry;
import java.nio.file.Path;
import java.util.Optional;

/** Gathers what a payload needs in its guest. */
final class PayloadFiles {
    private final Options options;
    private final Path baseDir;

    PayloadFiles(Options options, Path baseDir) {
        this.options = options;
        this.baseDir = baseDir;
    }

    /**
     * Adds its program, its libraries and its {@code includeFiles}; those lie in {@code /include-files} in the guest, each
     * under its own name.
     *
     * @return the program's path in the guest
     * @throws RunException when something is missing, or cannot run there; nothing has booted then
     */
    String add(PayloadEntry payload, GuestFiles files) {
        String who = "payload '" + payload.name() + "'";
        boolean path = payload.binary().contains("/");
        Path program = new ProgramFinder(who, "payload.bin." + payload.name(), "payload.path", "payloads")
                .find(
                        path ? Optional.of(payload.binary()) : Optional.empty(),
                        "binary",
                        payload.binary(),
                        options,
                        baseDir);
        for (String file : payload.includeFiles()) {
            files.include(who, baseDir.resolve(file), SchedulerArgs.INCLUDE_DIR);
        }
        return files.program(who, program);
    }

    /** Adds the program of a custom worker; answers its path in the guest. */
    String addCustom(String program, GuestFiles files) {
        String who = "the Custom worker " + program;
        String name = Path.of(program).getFileName().toString();
        boolean path = program.contains("/");
        return files.program(
                who,
                new ProgramFinder(who, "worker.bin." + name, "worker.path", "workers")
                        .find(path ? Optional.of(program) : Optional.empty(), "its path", name, options, baseDir));
    }
}
