package dev.ktstr.payload;

import java.time.Duration;
import java.util.List;

/**
 * How a payload's process ended, as the guest saw it.
 *
 * @param handle what it was started under
 * @param argv how it was called
 * @param exitCode -1 when a signal ended it
 * @param signal 0 when none did
 * @param timedOut its time was up
 * @param stopped it was told to end
 * @param ran from its start to its end
 * @param output standard output, as much as was kept
 * @param errors standard error, as much as was kept
 * @param outputBytes all that it wrote
 */
public record PayloadEnd(
        String handle,
        List<String> argv,
        int exitCode,
        int signal,
        boolean timedOut,
        boolean stopped,
        Duration ran,
        String output,
        String errors,
        long outputBytes) {}
