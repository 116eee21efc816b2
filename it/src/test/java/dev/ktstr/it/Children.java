package dev.ktstr.it;

import dev.ktstr.Guest;
import dev.ktstr.run.BootedGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The processes that this one started, virtual machines above all. */
final class Children {
    /**
     * Begins the command line of a child that is to be interrupted: whoever runs in the background of a shell ignores SIGINT, its
     * children inherit that, and a JVM that finds it ignored leaves it so.
     */
    static final List<String> INTERRUPTIBLE = List.of("env", "--default-signal=INT");

    private Children() {}

    static List<ProcessHandle> qemu() {
        return ProcessHandle.current().descendants().filter(Children::isQemu).toList();
    }

    /** Whether a virtual machine took a saved guest over. */
    static boolean isFork(ProcessHandle qemu) {
        return qemu.info()
                .arguments()
                .map(a -> List.of(a).contains("-incoming"))
                .orElse(false);
    }

    /**
     * Waits for a fork beside a guest that has taken no CPU time for so long, at most two minutes: one that was made ready and
     * stopped takes none. The guest itself is no candidate: while its agent only looks for mail, it takes little.
     */
    static ProcessHandle awaitStillFork(Guest beside, Duration still) {
        String vcpu = "task/" + ((BootedGuest) beside).machine().vcpuThreads().get(0);
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        Map<ProcessHandle, Duration> last = new HashMap<>();
        Map<ProcessHandle, Long> since = new HashMap<>();
        while (System.nanoTime() < deadline) {
            for (ProcessHandle fork : qemu().stream().filter(Children::isFork).toList()) {
                if (Files.exists(Path.of("/proc", Long.toString(fork.pid()), vcpu))) {
                    continue;
                }
                Duration now = fork.info().totalCpuDuration().orElse(Duration.ZERO);
                if (!now.equals(last.put(fork, now))) {
                    since.put(fork, System.nanoTime());
                } else if (System.nanoTime() - since.get(fork) > still.toNanos()) {
                    return fork;
                }
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        throw new AssertionError("no fork stands still; there are " + qemu());
    }

    /**
     * Waits until a process runs no more, at most 10 s. A zombie is dead: when it is reaped is the business of the system's
     * process 1.
     */
    static void awaitDeath(ProcessHandle process) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        String last = "";
        while (System.nanoTime() < deadline) {
            try {
                last = Files.readString(stat);
            } catch (IOException e) {
                return;
            }
            if (last.substring(last.lastIndexOf(')')).startsWith(") Z")) {
                return;
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        throw new AssertionError("process " + process.pid() + " lives on: " + last);
    }

    /** Whether a process is a virtual machine; QEMU asked for its version is none. */
    static boolean isQemu(ProcessHandle process) {
        ProcessHandle.Info info = process.info();
        return info.command().map(c -> c.contains("qemu-system")).orElse(false)
                && info.arguments()
                        .map(a -> List.of(a).contains("-initrd") || List.of(a).contains("-incoming"))
                        .orElse(false);
    }
}
