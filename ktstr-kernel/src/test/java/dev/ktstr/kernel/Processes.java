package dev.ktstr.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Looks after processes that tests start. */
public final class Processes {
    private Processes() {}

    /** Waits until a process is gone. A zombie is: when it is reaped is the business of the system's process 1. */
    public static void awaitDeath(String pid) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        Path stat = Path.of("/proc", pid, "stat");
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
        throw new AssertionError("process " + pid + " lives on: " + last);
    }
}
