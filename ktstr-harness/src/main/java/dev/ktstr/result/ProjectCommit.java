package dev.ktstr.result;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The commit of the project under test: 7 hex digits, {@code -dirty} when the tree differs, {@code unknown} outside git. */
public final class ProjectCommit {
    private static final Map<Path, String> KNOWN = new ConcurrentHashMap<>();
    private static final long LIMIT_S = 10;

    private ProjectCommit() {}

    /** The commit at that folder; asked once per process. */
    public static String of(Path folder) {
        return KNOWN.computeIfAbsent(folder.toAbsolutePath().normalize(), ProjectCommit::ask);
    }

    private static String ask(Path folder) {
        Optional<String> head = git(folder, "rev-parse", "--short=7", "HEAD");
        if (head.isEmpty() || head.get().isBlank()) {
            return "unknown";
        }
        Optional<String> changes = git(folder, "status", "--porcelain", "--untracked-files=no");
        boolean clean = changes.isPresent() && changes.get().isBlank();
        return head.get().strip() + (clean ? "" : "-dirty");
    }

    /** Git's output, or empty when git is missing, fails or does not answer in time: then the commit is not known. */
    private static Optional<String> git(Path folder, String... args) {
        List<String> command = new java.util.ArrayList<>(List.of("git", "-C", folder.toString()));
        command.addAll(List.of(args));
        try {
            Process git = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            try {
                String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return git.waitFor(LIMIT_S, TimeUnit.SECONDS) && git.exitValue() == 0
                        ? Optional.of(output)
                        : Optional.empty();
            } finally {
                git.destroyForcibly();
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
