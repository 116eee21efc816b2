package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs a program that starts many others, such as make, and hears each line that they print. */
public final class ProcessGroup {
    /** How long the last lines may take once the program has ended. */
    private static final Duration DYING = Duration.ofSeconds(10);

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
        ProcessBuilder builder =
                new ProcessBuilder(argv).directory(folder.toFile()).redirectErrorStream(true);
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
            process = Supervisor.start(builder);
        } catch (IOException e) {
            throw new KernelException("cannot " + doing + ": cannot run " + argv.get(0) + ": " + e.getMessage(), e);
        }
        try {
            return await(doing, process, limit, output);
        } finally {
            Supervisor.end(process);
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
            Supervisor.end(process); // what it left in the background would keep the reader waiting
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
}
