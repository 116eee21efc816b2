package dev.ktstr.kernel.internal;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Starts programs in process groups of their own, and ends each group as one.
 *
 * <p>A shell leads the group and waits for the program; beside it, a reader waits for the end of a pipe whose other end only
 * this JVM holds, and kills the whole group then. So the group ends with us however we end: close, Ctrl-C, SIGKILL. Killing
 * descendants one by one would race with a make that goes on starting more.
 */
final class Supervisor {
    private static final String SCRIPT = """
            exec 3<&0 </dev/null
            (cd /; cat <&3 >/dev/null; kill -KILL 0) >/dev/null 2>&1 &
            "$@" 3<&- &
            wait $!
            """;
    /** How long a killed group may take; one that is in the kernel, on a disk that hangs, dies when it is out of there. */
    private static final Duration DYING = Duration.ofSeconds(10);

    private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();

    private static boolean ending; // guarded by LIVE

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Supervisor::endAll, "ktstr-end-process-groups"));
    }

    private Supervisor() {}

    /** Makes sure that programs end before this JVM does; calling it loads this class, which does it. */
    static void watch() {}

    /**
     * Starts a program. Its standard input is empty; {@link #end} must follow.
     *
     * @param builder its command, folder and environment, and where its output goes; the command is replaced
     * @throws IOException when there is no such program, or it cannot be started
     */
    static Process start(ProcessBuilder builder) throws IOException {
        requireProgram(builder);
        List<String> command = new ArrayList<>(List.of("setsid", "sh", "-c", SCRIPT, "ktstr-supervisor"));
        command.addAll(builder.command());
        builder.command(command).redirectInput(ProcessBuilder.Redirect.PIPE);
        // Starting and listing are one step: the end of the JVM finds a program listed, or never to be started.
        synchronized (LIVE) {
            if (ending) {
                throw new IOException("the JVM is about to end");
            }
            Process process = builder.start();
            LIVE.add(process);
            return process;
        }
    }

    /** The shell would start, find nothing, and fail with a status that is hard to tell from the program's own. */
    private static void requireProgram(ProcessBuilder builder) throws IOException {
        String name = builder.command().get(0);
        if (name.contains("/")) {
            if (!Files.isExecutable(folder(builder).resolve(name))) {
                throw new IOException("there is no such program");
            }
            return;
        }
        String path = builder.environment().getOrDefault("PATH", "");
        for (String folder : path.split(File.pathSeparator, -1)) {
            Path program = folder(builder).resolve(folder).resolve(name);
            if (Files.isRegularFile(program) && Files.isExecutable(program)) {
                return;
            }
        }
        throw new IOException("there is no such program in the folders of PATH");
    }

    private static Path folder(ProcessBuilder builder) {
        return Optional.ofNullable(builder.directory())
                .orElse(new File(""))
                .toPath()
                .toAbsolutePath();
    }

    /** Kills what is left of a program's group; it is dead, or was sent SIGKILL and cannot die yet, when this returns. */
    static void end(Process process) {
        boolean running = process.isAlive();
        // A program may have left the group, by setsid; found now or never, since it is no longer a descendant
        // afterwards.
        List<ProcessHandle> family = running ? process.descendants().toList() : List.of();
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The pipe is broken when the watcher is gone; then all we can do is kill what we know of.
            process.destroyForcibly();
        }
        if (running) {
            process.onExit()
                    .completeOnTimeout(process, DYING.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            family.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        LIVE.remove(process);
    }

    /** Ends all that runs, and lets nothing more start; for the end of the JVM, which runs no finally blocks. */
    static void endAll() {
        synchronized (LIVE) {
            ending = true;
            LIVE.forEach(Supervisor::end);
        }
    }
}
