package dev.ktstr.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Finds a program on the host that a test needs in its guest.
 *
 * @param who who needs it, as errors name it: {@code scheduler 'scx-a'}
 * @param option the option that names the program's file, without {@code ktstr.}
 * @param pathOption the option that names folders to look in first, without {@code ktstr.}
 * @param folder the folder below {@code target} that such programs are built into
 */
record ProgramFinder(String who, String option, String pathOption, String folder) {
    /**
     * Finds it: the option; {@code path}; or {@code name} in the folders of the path option, in {@code target} and its
     * folder, and on {@code PATH}.
     *
     * @throws RunException when there is none, or it is not executable; names the folders that were looked at before {@code PATH}
     */
    Path find(Optional<String> path, String pathAttribute, String name, Options options, Path baseDir) {
        Optional<String> forced = options.get(option);
        if (forced.isPresent()) {
            return executable(baseDir.resolve(forced.get()), "-Dktstr." + option);
        }
        if (path.isPresent()) {
            return executable(baseDir.resolve(path.get()), pathAttribute);
        }
        Set<Path> own = new LinkedHashSet<>();
        options.get(pathOption).ifPresent(more -> split(more, baseDir, own));
        own.add(baseDir.resolve("target"));
        own.add(baseDir.resolve("target").resolve(folder));
        Set<Path> folders = new LinkedHashSet<>(own);
        Optional.ofNullable(options.environment().get("PATH")).ifPresent(more -> split(more, baseDir, folders));
        for (Path candidate : folders) {
            if (Files.isRegularFile(candidate.resolve(name))) {
                return executable(candidate.resolve(name), "found by name");
            }
        }
        throw RunException.setup(
                "prepare",
                who + ": no program '" + name + "' in "
                        + String.join(", ", own.stream().map(Path::toString).toList())
                        + ", nor on PATH. Hint: build or install it, or name its folder with -Dktstr." + pathOption
                        + "=DIR.");
    }

    private Path executable(Path path, String origin) {
        String where = who + " (" + origin + "): ";
        if (!Files.isRegularFile(path)) {
            throw RunException.setup(
                    "prepare", where + "there is no file " + path + ". Hint: build it, or correct the path.");
        }
        if (!Files.isExecutable(path)) {
            throw RunException.setup("prepare", where + path + " is not executable. Hint: chmod +x " + path);
        }
        return path.toAbsolutePath().normalize();
    }

    private static void split(String path, Path baseDir, Set<Path> into) {
        for (String folder : path.split(":", -1)) {
            if (!folder.isBlank()) {
                into.add(baseDir.resolve(folder));
            }
        }
    }
}
