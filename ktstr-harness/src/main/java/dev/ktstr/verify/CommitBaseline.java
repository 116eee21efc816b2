package dev.ktstr.verify;

import dev.ktstr.run.Options;
import dev.ktstr.run.SchedulerBinary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The schedulers as they were at a commit: it is checked out into a work tree of its own, which goes away afterwards, and built
 * there by a command of the user's.
 */
final class CommitBaseline {
    private static final Duration GIT_LIMIT = Duration.ofMinutes(5);
    private static final Duration BUILD_LIMIT = Duration.ofMinutes(30);
    private static final int TAIL_LINES = 20;

    private final String commit;
    private final Sweep sweep;
    private final Options options;
    private final Path baseDir;
    private final String build;
    private final String hash;

    CommitBaseline(String commit, Sweep sweep, Options options, Path baseDir) {
        this.commit = commit;
        this.sweep = sweep;
        this.options = options;
        this.baseDir = baseDir.toAbsolutePath().normalize();
        this.build = options.get("verifier.build")
                .orElseThrow(() -> new VerifyException("-Dktstr.verifier.against=" + commit
                        + " is no file, so it is taken for a commit, and how to build its schedulers is not known. Hint: say it with"
                        + " -Dktstr.verifier.build='make -C sched', or name a program or a verifier.json"));
        this.hash = hash();
    }

    /** In short; asked for before anything runs, for a text may name anything. */
    private String hash() {
        Path work = temporary();
        try {
            // Nothing that git would take for an option.
            String revision = commit.replaceFirst("^-+", "") + "^{commit}";
            return run(
                    List.of("git", "rev-parse", "--verify", "--short", revision),
                    baseDir,
                    work.resolve("log"),
                    GIT_LIMIT);
        } catch (IOException | VerifyException e) {
            throw new VerifyException(
                    "-Dktstr.verifier.against=" + commit + " is no file, and no commit of the repository that "
                            + baseDir + " is in: " + e.getMessage(),
                    e);
        } finally {
            remove(work);
        }
    }

    Figures figures(Path folder, Consumer<CellResult> done) {
        Path work = temporary();
        try {
            Path log = work.resolve("log");
            Path root = Path.of(run(List.of("git", "rev-parse", "--show-toplevel"), baseDir, log, GIT_LIMIT));
            Path tree = work.resolve("tree");
            run(List.of("git", "worktree", "add", "--detach", tree.toString(), hash), baseDir, log, GIT_LIMIT);
            try {
                Path module = tree.resolve(root.toRealPath().relativize(baseDir.toRealPath()));
                run(List.of("sh", "-c", build), module, log, BUILD_LIMIT);
                Options there = within(root, tree);
                requireOwnPrograms(there, module, tree);
                return Baseline.measured("commit " + hash, sweep.with(there, module), folder, done);
            } finally {
                run(List.of("git", "worktree", "remove", "--force", tree.toString()), baseDir, log, GIT_LIMIT);
            }
        } catch (IOException e) {
            throw new VerifyException("building commit " + commit + " failed: " + e, e);
        } finally {
            remove(work);
        }
    }

    /** Folders that the options name lie in the work tree then, and not in the project. */
    private Options within(Path root, Path tree) {
        return new Options(
                name -> {
                    String value = options.property().get(name);
                    boolean path = name.equals("ktstr.scheduler.path") || name.startsWith("ktstr.scheduler.bin.");
                    return value != null && path ? value.replace(root.toString(), tree.toString()) : value;
                },
                options.environment());
    }

    /** A program that was found elsewhere is not the commit's, and would be compared with itself. */
    private void requireOwnPrograms(Options there, Path module, Path tree) {
        for (Cell cell : sweep.cells()) {
            Path program = SchedulerBinary.find(cell.scheduler().entry(), there, module);
            if (!program.startsWith(tree)) {
                throw new VerifyException(
                        "commit " + commit + " was built with '" + build + "', and the program of '"
                                + cell.schedulerName() + "' is still " + program
                                + ", outside of its work tree. Hint: name its folder by a path inside the repository, -Dktstr.scheduler.path=DIR");
            }
        }
    }

    /** Runs a command to its end; answers the last line that it printed. */
    private static String run(List<String> argv, Path folder, Path log, Duration limit) throws IOException {
        String what = String.join(" ", argv);
        if (!Files.isDirectory(folder)) {
            throw new VerifyException("cannot run '" + what + "': there is no folder " + folder);
        }
        Process process = new ProcessBuilder(argv)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        try {
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                throw new VerifyException(
                        "'" + what + "' in " + folder + " did not end within " + limit.toMinutes() + " minutes");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VerifyException("interrupted while '" + what + "' ran", e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(log);
        if (process.exitValue() != 0) {
            throw new VerifyException("'" + what + "' in " + folder + " ended with status " + process.exitValue()
                    + ":\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())));
        }
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("ktstr-verify");
        } catch (IOException e) {
            throw new VerifyException("cannot make a temporary folder: " + e.getMessage(), e);
        }
    }

    private static void remove(Path folder) {
        try (var all = Files.walk(folder)) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new VerifyException("cannot remove " + folder + ": " + e.getMessage(), e);
        }
    }
}
