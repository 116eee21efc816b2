package dev.ktstr.vm.qemu;

import dev.ktstr.vm.VmExit;
import dev.ktstr.vm.VmExit.Kind;
import dev.ktstr.vm.internal.machine.FileTail;
import dev.ktstr.vm.internal.machine.PanicLine;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides how a guest ended, from what QEMU said, its exit status and the console. */
final class ExitReason {
    private static final int CONSOLE_TAIL = 64 << 10;
    private static final int LOG_TAIL = 2 << 10;

    /** Added to the number of the signal in {@link Process#exitValue()}. */
    private static final int SIGNALLED = 0x80;

    private ExitReason() {}

    /**
     * Decides.
     *
     * @param killed whether the host asked for the end
     * @param reason of QEMU's last SHUTDOWN event (ShutdownCause in qapi/run-state.json), or null when there was none
     */
    static VmExit decide(boolean killed, @Nullable String reason, Process process, Path console, Path log) {
        if ("guest-shutdown".equals(reason)) {
            return new VmExit(Kind.CLEAN, "the guest powered itself off");
        }
        if ("guest-reset".equals(reason) || "guest-panic".equals(reason)) {
            // The kernel resets after a panic (panic=-1), so that a panic looks like any reboot but for its console.
            Optional<String> panic = PanicLine.in(FileTail.readForMessage(console, CONSOLE_TAIL));
            return panic.map(line -> new VmExit(Kind.PANIC, line))
                    .orElseGet(() -> new VmExit(Kind.RESET, "the guest asked for a reset (reboot or triple fault)"));
        }
        if (killed) {
            return new VmExit(Kind.KILLED, "killed by the host");
        }
        String said = FileTail.readForMessage(log, LOG_TAIL);
        return new VmExit(
                Kind.BACKEND_ERROR,
                "QEMU " + how(reason, process)
                        + (said.isEmpty() ? " without a message" : ": " + said.replace("\n", " | ")));
    }

    /** How the process ended, in words. */
    static String how(@Nullable String reason, Process process) {
        if (process.isAlive()) {
            return "closed its monitor and did not end";
        }
        if (reason != null) {
            return "was ended from outside (" + reason + ")";
        }
        int status = process.exitValue();
        return status > SIGNALLED ? "was killed by signal " + (status - SIGNALLED) : "ended with exit status " + status;
    }
}
