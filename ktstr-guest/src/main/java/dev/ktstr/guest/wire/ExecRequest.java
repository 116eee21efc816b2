package dev.ktstr.guest.wire;

import java.util.List;

/**
 * Runs a command.
 *
 * @param argv program and arguments
 * @param timeoutNs after this it is killed
 */
public record ExecRequest(List<String> argv, long timeoutNs) {
    public ExecRequest {
        argv = List.copyOf(argv);
    }
}
