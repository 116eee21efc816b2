package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;

/** Calls on plain descriptors. */
final class Fds {
    private Fds() {}

    /** Closes; a descriptor is gone even where close(2) reports an error, so there is nothing a caller could do. */
    static void close(int fd) {
        try {
            LibC.close(fd);
        } catch (LastErrorException e) {
            throw LibC.failure("close(" + fd + ")", e);
        }
    }
}
