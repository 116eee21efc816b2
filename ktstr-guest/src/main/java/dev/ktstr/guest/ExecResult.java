package dev.ktstr.guest;

/**
 * How a command in the guest ended.
 *
 * @param exitCode its exit code; -1 when a signal ended it
 * @param signal the signal that ended it; 0 when it exited
 * @param output its standard output and error together, at most the first MiB
 */
public record ExecResult(int exitCode, int signal, String output) {}
