package dev.ktstr.maven;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the probe of a requirement found.
 *
 * @param works whether the command ran and succeeded
 * @param version the version in its output; null when it prints none
 */
record Probe(boolean works, @Nullable String version) {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern DOTTED = Pattern.compile("\\d+(\\.\\d+)+");
    private static final Pattern WHOLE = Pattern.compile("\\d+");

    /**
     * Runs a probe.
     *
     * @throws InterruptedException when we are interrupted; the command is dead by then
     */
    static Probe run(List<String> command) throws InterruptedException {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("ktstr-doctor");
            return runIn(folder, command);
        } catch (IOException e) {
            // The usual answer of a system without the program; any other reason reads the same to the user.
            return new Probe(false, null);
        } finally {
            if (folder != null) {
                remove(folder);
            }
        }
    }

    private static Probe runIn(Path folder, List<String> command) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            boolean works = process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0;
            return new Probe(works, works ? version(text(out) + "\n" + text(err)) : null);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** The first number with a dot, or else the first whole number; null when there is none. */
    static @Nullable String version(String output) {
        Matcher dotted = DOTTED.matcher(output);
        if (dotted.find()) {
            return dotted.group();
        }
        Matcher whole = WHOLE.matcher(output);
        return whole.find() ? whole.group() : null;
    }

    /** Whether a version is at least another; {@code 10.0} is above {@code 8.2}, {@code 8} equals {@code 8.0}. */
    static boolean atLeast(String version, String minimum) {
        String[] have = version.split("\\.", -1);
        String[] want = minimum.split("\\.", -1);
        for (int i = 0; i < Math.max(have.length, want.length); i++) {
            int order = Long.compare(part(have, i), part(want, i));
            if (order != 0) {
                return order > 0;
            }
        }
        return true;
    }

    private static long part(String[] parts, int i) {
        if (i >= parts.length) {
            return 0;
        }
        return parts[i].length() > 18 ? Long.MAX_VALUE : Long.parseLong(parts[i]);
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static void remove(Path folder) {
        for (Path file : List.of(folder.resolve("out"), folder.resolve("err"), folder)) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new IllegalStateException("cannot remove " + file + ": " + e.getMessage(), e);
            }
        }
    }
}
