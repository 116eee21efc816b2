package dev.ktstr.verify;

import dev.ktstr.run.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a sweep is compared with. */
public interface Baseline {
    /**
     * Its figures; where they are not known they are measured now.
     *
     * @param folder what its cells leave goes below it
     * @param done told of each cell as soon as it is over
     * @throws VerifyException when there are none to be had
     */
    Figures figures(Path folder, Consumer<CellResult> done);

    /**
     * The baseline that a text names: the result of another sweep; another program of the scheduler, {@code PATH} or {@code
     * NAME=PATH}; or a commit.
     *
     * @param sweep the sweep to be compared
     * @throws VerifyException when it is none of these
     */
    static Baseline of(String text, Sweep sweep, Options options, Path baseDir) {
        Path file = baseDir.resolve(text);
        if (text.endsWith(".json") && Files.isRegularFile(file)) {
            Figures known = SweepJson.read(file);
            return (folder, done) -> new Figures(text + " (" + known.source() + ")", known.programs());
        }
        if (Files.isRegularFile(file)) {
            List<String> names =
                    sweep.cells().stream().map(Cell::schedulerName).distinct().toList();
            if (names.size() != 1) {
                throw new VerifyException("-Dktstr.verifier.against=" + text + " is a program, and the sweep is of "
                        + names.size() + " schedulers (" + String.join(", ", names)
                        + "). Hint: say which one it is of, NAME=" + text
                        + ", or choose one with -Dktstr.scheduler=NAME");
            }
            return program(names.get(0), file, sweep, options, baseDir);
        }
        int equals = text.indexOf('=');
        if (equals > 0) {
            String name = text.substring(0, equals);
            Path program = baseDir.resolve(text.substring(equals + 1));
            if (sweep.cells().stream().noneMatch(cell -> cell.schedulerName().equals(name))) {
                throw new VerifyException(
                        "-Dktstr.verifier.against=" + text + ": the sweep has no scheduler '" + name + "'");
            }
            if (!Files.isRegularFile(program)) {
                throw new VerifyException("-Dktstr.verifier.against=" + text + ": there is no file " + program);
            }
            return program(name, program, sweep, options, baseDir);
        }
        CommitBaseline commit = new CommitBaseline(text, sweep, options, baseDir);
        return commit::figures;
    }

    private static Baseline program(String scheduler, Path program, Sweep sweep, Options options, Path baseDir) {
        String option = "ktstr.scheduler.bin." + scheduler;
        Options other = new Options(
                name -> name.equals(option)
                        ? program.toAbsolutePath().toString()
                        : options.property().get(name),
                options.environment());
        return (folder, done) -> measured(
                program.toString(),
                sweep.only(cell -> cell.schedulerName().equals(scheduler)).with(other, baseDir),
                folder,
                done);
    }

    /** Runs the sweep; a baseline of which a cell failed has figures all the same, those of the other cells. */
    static Figures measured(String source, Sweep sweep, Path folder, Consumer<CellResult> done) {
        List<CellResult> results = sweep.run(folder, done);
        Optional<CellResult> any =
                results.stream().filter(r -> !r.programs().isEmpty()).findFirst();
        if (any.isEmpty()) {
            throw new VerifyException("there is nothing to compare with: no cell of " + source + " was loaded");
        }
        return Figures.of(source, results);
    }
}
