package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program that starts many others, such as make, in a process group of its own, and ends the group as one.
 *
 * <p>A shell leads the group and waits for the program; beside it, a reader waits for the end of a pipe whose other end only
 * this JVM holds, and kills the whole group then. So the group ends with us however we end: close, Ctrl-C, SIGKILL. Killing
 * descendants one by one, as {@link Children} does, would race with a make that goes on starting more.
 */
public final class ProcessGroup {
    private static final String SUPERVISOR = """
            exec 3<&0 </dev/null
            (cat <&3 >/dev/null; kill -KILL 0) >/dev/null 2>&1 &
            "$@" 3<&- &
            wait $!
            """;
    private static final Duration DYING = Duration.ofSeconds(10);

    private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ProcessGroup::endAll, "ktstr-end-process-groups"));
    }

    private ProcessGroup() {}

    /**
     * Runs a program to its end.
     *
     * @param doing what it is run for, for messages: {@code "build linux-6.14.2"}
     * @param environment set on top of this process's; a null value unsets
     * @param output hears each line of its output and error output, on a thread of its own, which is over when this returns
     * @return its exit status
     * @throws KernelException when it cannot be started, overruns {@code limit}, or we are interrupted; the group is dead by
     *     then
     */
    public static int run(
            String doing,
            List<String> argv,
            Path folder,
            Map<String, @Nullable String> environment,
            Duration limit,
            Consumer<String> output) {
        List<String> command = new ArrayList<>(List.of("setsid", "sh", "-c", SUPERVISOR, "ktstr-supervisor"));
        command.addAll(argv);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        environment.forEach((name, value) -> {
            if (value == null) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new KernelException("cannot " + doing + ": cannot run " + argv.get(0) + ": " + e.getMessage(), e);
        }
        LIVE.add(process);
        try {
            return await(doing, process, limit, output);
        } finally {
            end(process);
            LIVE.remove(process);
        }
    }

    private static int await(String doing, Process process, Duration limit, Consumer<String> output) {
        Thread reader = new Thread(() -> read(process, output), "ktstr-output");
        reader.setDaemon(true);
        reader.start();
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new KernelException(
                        "cannot " + doing + ": it did not end within " + limit.toMinutes() + " min and was killed");
            }
            end(process);
            reader.join(DYING.toMillis());
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KernelException("cannot " + doing + ": interrupted", e);
        }
    }

    private static void read(Process process, Consumer<String> output) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.accept(line);
            }
        } catch (IOException e) {
            output.accept("ktstr: the output ends here: " + e.getMessage());
        }
    }

    /** Closes the pipe: what is left of the group is killed by its own watcher. */
    private static void end(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The pipe is broken when the watcher is gone; then so is the group, or all we can do is kill its leader.
            process.destroyForcibly();
        }
    }

    private static void endAll() {
        LIVE.forEach(ProcessGroup::end);
    }
}
