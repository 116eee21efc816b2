package dev.ktstr.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalLong;

/**
 * Who runs on this host: for each process that has a cgroup {@code ktstr-PID}, when it was started, in a file of the cache. A
 * process number alone may be another's by now.
 *
 * @param folder where the files lie
 */
public record OwnerRecords(Path folder) {
    /** Field 22 of proc_pid_stat(5), counted behind the command's closing bracket, which is field 2's end. */
    private static final int START_TIME = 22 - 3;

    /** Writes down this process. */
    void own(long pid) {
        OptionalLong start = startOfLive(pid);
        if (start.isEmpty()) {
            return;
        }
        try {
            Files.createDirectories(folder);
            Path aside = folder.resolve("." + pid + ".tmp");
            Files.writeString(aside, Long.toString(start.getAsLong()));
            Files.move(aside, file(pid), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new HostException("Writing " + file(pid) + " failed: " + e.getMessage(), e);
        }
    }

    /** Removes what was written about a process. */
    void forget(long pid) {
        try {
            Files.deleteIfExists(file(pid));
        } catch (IOException e) {
            throw new HostException("Removing " + file(pid) + " failed: " + e.getMessage(), e);
        }
    }

    /** When the owner of that number was started, in clock ticks since boot; empty when nothing was written. */
    OptionalLong startOf(long pid) {
        try {
            String text =
                    Files.isReadable(file(pid)) ? Files.readString(file(pid)).strip() : "";
            return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty(); // being written, or removed
        }
    }

    /** When the process that has the number now was started. */
    static OptionalLong startOfLive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
            return OptionalLong.of(Long.parseLong(fields[START_TIME]));
        } catch (IOException | RuntimeException e) {
            return OptionalLong.empty(); // gone
        }
    }

    private Path file(long pid) {
        return folder.resolve(pid + ".owner");
    }
}
