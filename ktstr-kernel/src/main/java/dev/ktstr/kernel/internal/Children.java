package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs other programs: arguments as a list, never a shell; bounded; gone when we are interrupted or the JVM ends. */
public final class Children {
    private static final int MAX_OUTPUT = 8 << 20;
    private static final int STDERR_LINES = 20;

    private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();

    private static boolean ending; // guarded by LIVE

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Children::killAll, "ktstr-kill-children"));
    }

    private Children() {}

    /**
     * What a program left behind.
     *
     * @param exit its exit status
     * @param out its standard output, at most 8 MiB of it
     * @param err its standard error, likewise
     */
    public record Result(int exit, String out, String err) {}

    /**
     * Runs a program to its end and returns its standard output.
     *
     * @param doing what it is run for, for the message: {@code "update the package lists"}
     * @throws KernelException when it cannot be started, fails, overruns {@code limit}, or we are interrupted; it is dead
     *     by then
     */
    public static String run(String doing, List<String> argv, Path folder, Duration limit) {
        Result r = attempt(doing, argv, folder, limit);
        if (r.exit != 0) {
            throw new KernelException("cannot " + doing + ": " + String.join(" ", argv) + " ended with status " + r.exit
                    + tail(r.err.isBlank() ? r.out : r.err));
        }
        return r.out;
    }

    /** As {@link #run}, but a status other than 0 is the caller's to judge. */
    public static Result attempt(String doing, List<String> argv, Path folder, Duration limit) {
        Path out = null;
        Path err = null;
        try {
            // Files, not pipes: no thread has to drain them, and no full pipe can stop the child.
            out = Files.createTempFile("ktstr-out", null);
            err = Files.createTempFile("ktstr-err", null);
            int exit = runTo(doing, argv, folder, limit, out, err);
            return new Result(exit, head(out), head(err));
        } catch (IOException e) {
            throw new KernelException("cannot " + doing + ": cannot run " + argv.get(0) + ": " + e.getMessage(), e);
        } finally {
            delete(out);
            delete(err);
        }
    }

    private static int runTo(String doing, List<String> argv, Path folder, Duration limit, Path out, Path err)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(argv)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
        Process process = start(builder);
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new KernelException("cannot " + doing + ": " + String.join(" ", argv) + " did not end within "
                        + limit.toSeconds() + " s and was killed" + tail(head(err)));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KernelException("cannot " + doing + ": interrupted while " + argv.get(0) + " ran", e);
        } finally {
            kill(process);
            LIVE.remove(process);
        }
    }

    /** Starting and listing are one step: the end of the JVM finds a child listed, or not yet started and never to be. */
    private static Process start(ProcessBuilder builder) throws IOException {
        synchronized (LIVE) {
            if (ending) {
                throw new IOException("the JVM is about to end");
            }
            Process process = builder.start();
            LIVE.add(process);
            return process;
        }
    }

    /** Helpers of the program first: they are no longer its descendants once it is dead. */
    private static void kill(Process process) {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Makes sure that children are killed when the JVM ends, from now on; calling it loads this class, which does it. */
    static void watch() {}

    /** Kills all that runs; for the end of the JVM, which runs no finally blocks. */
    static void killAll() {
        synchronized (LIVE) {
            ending = true;
            LIVE.forEach(Children::kill);
        }
    }

    private static String head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
        }
    }

    private static String tail(String text) {
        List<String> lines = text.lines().filter(l -> !l.isBlank()).toList();
        if (lines.isEmpty()) {
            return " and printed nothing";
        }
        List<String> last = lines.subList(Math.max(0, lines.size() - STDERR_LINES), lines.size());
        return ":\n  " + String.join("\n  ", last);
    }

    private static void delete(@Nullable Path file) {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw ImageFile.failed("remove", file, e);
            }
        }
    }
}
