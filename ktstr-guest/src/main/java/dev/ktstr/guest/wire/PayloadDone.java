package dev.ktstr.guest.wire;

/**
 * How a payload ended.
 *
 * @param name its name
 * @param step the step that started it; -1 for the backdrop
 * @param op index of the operation that started it
 * @param exitCode its exit code; -1 when a signal ended it
 * @param signal the signal that ended it, or 0
 * @param timedOut whether the agent killed it because its time was up
 * @param stopped whether the agent ended it for another reason: it was asked to, or the step was over
 * @param output its standard output; of a longer one the first and the last half of the bound
 * @param outputTotal bytes it wrote there in all
 * @param errors its standard error, likewise
 * @param errorsTotal bytes it wrote there in all
 * @param startedNs when it was started, {@code CLOCK_MONOTONIC}
 * @param endedNs when its end was seen
 */
public record PayloadDone(
        String name,
        int step,
        int op,
        int exitCode,
        int signal,
        boolean timedOut,
        boolean stopped,
        Blob output,
        long outputTotal,
        Blob errors,
        long errorsTotal,
        long startedNs,
        long endedNs) {}
