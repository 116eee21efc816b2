package dev.ktstr.guest.wire;

import java.util.List;

/**
 * Starts the scheduler.
 *
 * @param argv program and arguments
 * @param attachNs how long it may take to attach
 */
public record StartScheduler(List<String> argv, long attachNs) {
    public StartScheduler {
        argv = List.copyOf(argv);
    }
}
