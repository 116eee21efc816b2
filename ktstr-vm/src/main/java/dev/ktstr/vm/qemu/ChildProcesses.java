package dev.ktstr.vm.qemu;

import dev.ktstr.vm.VmException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts child processes that do not outlive this JVM, however it ends.
 *
 * <p>Two nets. {@code setpriv --pdeathsig KILL} (util-linux) makes the kernel kill the child when the thread that forked
 * it ends (prctl(2), PR_SET_PDEATHSIG: the thread, not the process), so all are forked from one thread that never ends;
 * that holds even for SIGKILL. And a shutdown hook kills what is alive and removes what was left with it.
 */
final class ChildProcesses {
    private static final Logger LOG = LoggerFactory.getLogger(ChildProcesses.class);
    private static final int SPAWN_TIMEOUT_S = 30;

    private static final ExecutorService SPAWNER = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "ktstr-spawner");
        thread.setDaemon(true);
        return thread;
    });
    private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();
    private static final Set<SocketFolder> FOLDERS = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ChildProcesses::killAll, "ktstr-shutdown"));
    }

    private ChildProcesses() {}

    /**
     * Starts a program with an empty standard input, its output and errors in a file. Does not wait until it is started, which
     * takes some milliseconds.
     */
    static Starting start(List<String> command, Path log) {
        List<String> whole = new ArrayList<>();
        Path setpriv = QemuBinary.onPath("setpriv", System.getenv("PATH")).orElse(null);
        if (setpriv == null) {
            LOG.warn("no setpriv (util-linux) on the PATH: should this JVM be killed, {} will stay", command.get(0));
        } else {
            whole.addAll(List.of(setpriv.toString(), "--pdeathsig", "KILL", "--"));
        }
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        CompletableFuture<Process> started = new CompletableFuture<>();
        SPAWNER.execute(() -> {
            try {
                Process process = builder.start();
                LIVE.add(process);
                started.complete(process);
            } catch (IOException | RuntimeException e) {
                started.completeExceptionally(e);
            }
        });
        return new Starting(command.get(0), started);
    }

    /** A program that is being started. */
    record Starting(String program, CompletableFuture<Process> started) {
        /**
         * Waits until it runs.
         *
         * @throws VmException when it cannot be started
         */
        Process await() {
            try {
                return started.get(SPAWN_TIMEOUT_S, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new VmException(
                        program + " could not be started: " + e.getCause().getMessage(), e.getCause());
            } catch (TimeoutException e) {
                throw new VmException(program + " was not started within " + SPAWN_TIMEOUT_S + " s", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new VmException("interrupted while starting " + program, e);
            }
        }
    }

    /** Takes a process that has ended off the list of what a shutdown kills. */
    static void forget(Process process) {
        LIVE.remove(process);
    }

    /** Puts a folder on the list of what a shutdown removes. */
    static void remember(SocketFolder folder) {
        FOLDERS.add(folder);
    }

    static void forget(SocketFolder folder) {
        FOLDERS.remove(folder);
    }

    private static void killAll() {
        LIVE.forEach(Process::destroyForcibly);
        for (SocketFolder folder : FOLDERS) {
            try {
                folder.remove();
            } catch (IOException e) {
                LOG.warn("{} stays: {}", folder.path(), e.toString());
            }
        }
    }
}
