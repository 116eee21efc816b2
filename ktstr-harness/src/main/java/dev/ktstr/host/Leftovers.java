package dev.ktstr.host;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Cgroups {@code ktstr-PID} that a run left behind: its JVM and its agent were both killed before either could clean up. One whose
 * owner lives is never touched: the process with that number, if it is as old as what the owner wrote down of itself.
 */
public final class Leftovers {
    private static final Pattern NAME = Pattern.compile("ktstr-([1-9]\\d{0,8})");
    private static final int MAX_DEPTH = 8;
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    private static final long LOOK_NS = 10_000_000;

    private final Path mount;
    private final OwnerRecords records;

    /**
     * Those of a hierarchy.
     *
     * @param mount where it is mounted
     * @param records what owners wrote down
     */
    public Leftovers(Path mount, OwnerRecords records) {
        this.mount = mount;
        this.records = records;
    }

    /**
     * A cgroup of a run.
     *
     * @param cgroup its folder
     * @param live why it is left alone, empty when its owner is gone
     */
    public record Found(Path cgroup, Optional<String> live) {}

    /** Looks for them. */
    public List<Found> find() {
        List<Found> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(mount, MAX_DEPTH)) {
            for (Path folder : (Iterable<Path>) all.filter(Files::isDirectory)::iterator) {
                Matcher m = NAME.matcher(folder.getFileName().toString());
                if (m.matches()) {
                    found.add(new Found(folder, owner(folder, Long.parseLong(m.group(1)))));
                }
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new HostException("Looking for cgroups below " + mount + " failed: " + e.getMessage(), e);
        }
        return found;
    }

    /** Says who owns it, if somebody does who lives. */
    private Optional<String> owner(Path cgroup, long pid) {
        Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        if (process.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong recorded = records.startOf(pid);
        OptionalLong actual = OwnerRecords.startOfLive(pid);
        if (recorded.isPresent() && actual.isPresent()) {
            return recorded.getAsLong() == actual.getAsLong()
                    ? Optional.of("process " + pid + " runs")
                    : Optional.empty();
        }
        // No record, so of another user's cache folder perhaps: a process younger than the cgroup did not make it.
        Optional<Instant> born = process.get().info().startInstant();
        boolean younger = born.isPresent() && born.get().isAfter(changed(cgroup).plusSeconds(1));
        return younger
                ? Optional.empty()
                : Optional.of("process " + pid + " runs, and may be its owner: there is no record of it");
    }

    private static Instant changed(Path cgroup) {
        try {
            return Files.getLastModifiedTime(cgroup).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH;
        }
    }

    /**
     * Ends all that runs in a cgroup and removes it with those below.
     *
     * @throws HostException when something in it cannot be ended in ten seconds, or a folder not be removed
     */
    public void remove(Path cgroup) {
        long deadline = System.nanoTime() + KILL_LIMIT.toNanos();
        try {
            removeTree(cgroup, deadline);
        } catch (IOException e) {
            throw new HostException("Removing the cgroup " + cgroup + " failed: " + e.getMessage(), e);
        }
        Matcher m = NAME.matcher(cgroup.getFileName().toString());
        if (m.matches()) {
            records.forget(Long.parseLong(m.group(1)));
        }
    }

    private static void removeTree(Path cgroup, long deadline) throws IOException {
        for (Path child : children(cgroup)) {
            removeTree(child, deadline);
        }
        while (true) {
            kill(cgroup);
            try {
                Files.deleteIfExists(cgroup);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw new IOException(
                            e.getMessage() + "; processes in it: " + CgroupMount.words(cgroup.resolve("cgroup.procs")),
                            e);
                }
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private static List<Path> children(Path cgroup) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(cgroup, Files::isDirectory)) {
            all.forEach(children::add);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return children;
    }

    /** By the kernel, which misses none that forks meanwhile; one by one on kernels before 5.14, which cannot. */
    private static void kill(Path cgroup) {
        thaw(cgroup);
        Path kill = cgroup.resolve("cgroup.kill");
        if (Files.exists(kill)) {
            try {
                Files.writeString(kill, "1");
                return;
            } catch (IOException e) {
                // Tried once more by the caller, who also says when it was in vain.
            }
        }
        for (String pid : CgroupMount.words(cgroup.resolve("cgroup.procs"))) {
            if (pid.matches("[1-9]\\d{0,8}")) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    /** What is frozen dies only when it is thawed, on kernels without cgroup.kill. */
    private static void thaw(Path cgroup) {
        Path freeze = cgroup.resolve("cgroup.freeze");
        if (Files.exists(freeze)) {
            try {
                Files.writeString(freeze, "0");
            } catch (IOException e) {
                // As above.
            }
        }
    }
}
