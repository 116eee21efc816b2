package dev.ktstr;

import java.time.Duration;
import java.util.List;

/** The guest of a test, for what scenarios do not say: run a program, read and write files. Safe from any thread. */
public interface Guest {
    /** Kernel release, as {@code uname -r} says it. */
    String kernelRelease();

    /**
     * Runs a program that is in the guest.
     *
     * @param argv absolute path and arguments; no shell is involved
     * @throws IllegalStateException when it does not end in time or the guest is gone
     */
    Exec exec(List<String> argv, Duration timeout);

    /** Reads a file of at most 1 MiB as text, trailing newline removed. */
    String readText(String path);

    /** Writes a file; the folders must exist. */
    void writeText(String path, String text);

    /** How a program ended: its exit code (-1 when a signal ended it), the signal (0 when none), stdout and stderr. */
    record Exec(int exitCode, int signal, String output) {}
}
