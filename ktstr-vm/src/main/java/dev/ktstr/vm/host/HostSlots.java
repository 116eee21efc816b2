package dev.ktstr.vm.host;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.Flock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lets virtual machines run side by side as far as the host carries them, in the order in which they asked: threads of one
 * JVM and of others alike.
 *
 * <p>In a folder that all of a user's processes share, each that waits or runs holds the lock of a file of its own, numbered
 * in order of arrival, with its demand in it. A file whose lock is free belongs to nobody any more and is removed by whoever
 * comes by; so nothing is left of a process that was killed. Files are read and written under the lock of a door, which
 * nobody holds for longer than that.
 */
public final class HostSlots {
    private static final String SUFFIX = ".slot";
    private static final Duration DOOR_LIMIT = Duration.ofSeconds(60);
    private static final long POLL_NS = Duration.ofMillis(10).toNanos();

    private final Path folder;
    private final Limits limits;
    private final IntSupplier availableMb;
    private final Supplier<HostCpus> hostCpus;

    /**
     * How much may run at once.
     *
     * @param machines most machines
     * @param cpus most host CPUs that all of them keep busy
     */
    public record Limits(int machines, int cpus) {}

    /**
     * What a machine needs of the host.
     *
     * @param cpus host CPUs that it keeps busy at most
     * @param memoryMb RAM that it takes at most
     * @param pinned a guest that wants a CPU of its own for each of its vCPUs: while it runs, no more CPUs are promised than
     *     there are, whatever the limits say
     */
    public record Demand(int cpus, int memoryMb, Optional<CpuTopology> pinned) {
        /** Of a machine whose threads run on any CPU. */
        public Demand(int cpus, int memoryMb) {
            this(cpus, memoryMb, Optional.empty());
        }
    }

    /**
     * Slots kept in a folder.
     *
     * @param folder made when it is not there
     * @param availableMb MiB of RAM that the host could give to new processes now
     */
    public HostSlots(Path folder, Limits limits, IntSupplier availableMb) {
        this(folder, limits, availableMb, HostCpus::here);
    }

    HostSlots(Path folder, Limits limits, IntSupplier availableMb, Supplier<HostCpus> hostCpus) {
        this.folder = folder;
        this.limits = limits;
        this.availableMb = availableMb;
        this.hostCpus = hostCpus;
    }

    /**
     * The slots of this user on this host.
     *
     * @param otherwise where they are kept when there is no folder in memory
     */
    public static HostSlots standard(Path otherwise, Limits limits) {
        Path root = OwnFolder.inMemory().orElse(otherwise);
        return new HostSlots(root.resolve("slots"), limits, HostMemory::availableMb);
    }

    /** The right to run one machine. */
    public static final class Slot implements AutoCloseable {
        private final Path file;
        private final Flock lock;
        private final AtomicBoolean closed = new AtomicBoolean();
        private volatile Optional<HostCpus.Choice> pinned = Optional.empty();

        private Slot(Path file, Flock lock) {
            this.file = file;
            this.lock = lock;
        }

        /** The host's CPUs that are this machine's alone; empty when it asked for none. */
        public Optional<HostCpus.Choice> pinned() {
            return pinned;
        }

        /** Gives the right back. Idempotent. */
        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw new VmException("the slot " + file + " cannot be removed: " + e, e);
                } finally {
                    lock.close();
                }
            }
        }
    }

    /**
     * Waits until the host carries one more. A machine that is alone may always run; whether the host has RAM enough for it
     * is found out when it starts.
     *
     * @throws VmException when its turn did not come within {@code limit}, naming who runs; or the folder cannot be used
     */
    public Slot acquire(Demand demand, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Slot slot = arrive(demand);
        boolean admitted = false;
        try {
            while (true) {
                List<Entry> others = enter(slot, demand);
                if (others.isEmpty()) {
                    admitted = true;
                    return slot;
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new VmException("the host did not have room for one more virtual machine (" + demand.cpus()
                            + " CPUs, " + demand.memoryMb() + " MiB) within " + limit.toSeconds() + " s. It has: "
                            + String.join(
                                    "; ", others.stream().map(Entry::toString).toList()));
                }
                LockSupport.parkNanos(POLL_NS);
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting for room on the host");
                }
            }
        } finally {
            if (!admitted) {
                slot.close();
            }
        }
    }

    /**
     * Goes in at once or not at all, and only beside others: for work that can wait, and is not to be in the way of what
     * cannot. So not when nothing runs, for whoever comes next is to have the host; not before anybody who waits; and not while a
     * machine has CPUs of its own.
     *
     * @throws VmException when the folder cannot be used
     */
    public Optional<Slot> beside(Demand demand) throws InterruptedException {
        Flock door = door();
        try {
            List<Entry> others = entries(null);
            boolean all =
                    others.stream().allMatch(e -> e.running() && e.pinned().isEmpty());
            return all && !others.isEmpty() && fits(others, demand)
                    ? Optional.of(last(others, Entry.text(true, demand, List.of())))
                    : Optional.empty();
        } finally {
            door.close();
        }
    }

    /** Takes the last place in the queue. */
    private Slot arrive(Demand demand) throws InterruptedException {
        Flock door = door();
        try {
            return last(entries(null), Entry.text(false, demand, List.of()));
        } finally {
            door.close();
        }
    }

    /** A slot behind all others. */
    private Slot last(List<Entry> others, String text) {
        long last = others.stream().mapToLong(Entry::number).max().orElse(0);
        Path file = folder.resolve(String.format("%019d", last + 1) + SUFFIX);
        Flock lock = Flock.tryLock(file)
                .orElseThrow(() -> new VmException("the slot " + file + " is new and already locked by another"));
        Slot slot = new Slot(file, lock);
        write(slot, text);
        return slot;
    }

    /** Goes in if it is our turn and there is room; otherwise tells who is in the way. */
    private List<Entry> enter(Slot slot, Demand demand) throws InterruptedException {
        Flock door = door();
        try {
            List<Entry> others = entries(slot.file);
            long own = number(slot.file);
            List<Entry> running = others.stream().filter(Entry::running).toList();
            boolean first = others.stream().noneMatch(e -> !e.running() && e.number() < own);
            if (first && (running.isEmpty() || fits(running, demand)) && pin(slot, demand, running)) {
                write(
                        slot,
                        Entry.text(
                                true,
                                demand,
                                slot.pinned.map(HostCpus.Choice::cpus).orElse(List.of())));
                return List.of();
            }
            return others.stream().filter(e -> e.running() || e.number() < own).toList();
        } finally {
            door.close();
        }
    }

    /** Chooses the CPUs that are to be the machine's own, if it wants some; false when too few are free. */
    private boolean pin(Slot slot, Demand demand, List<Entry> running) {
        if (demand.pinned().isEmpty()) {
            return true;
        }
        Set<Integer> taken = running.stream().flatMap(e -> e.pinned().stream()).collect(Collectors.toUnmodifiableSet());
        slot.pinned = hostCpus.get().choose(demand.pinned().get(), taken);
        if (slot.pinned.isEmpty() && running.isEmpty()) {
            throw new VmException("a guest of "
                    + demand.pinned().get().cpus()
                    + " vCPUs cannot have a host CPU for each: this process may use "
                    + hostCpus.get().cpus().size());
        }
        return slot.pinned.isPresent();
    }

    private boolean fits(List<Entry> running, Demand demand) {
        boolean pinned = demand.pinned().isPresent()
                || running.stream().anyMatch(e -> !e.pinned().isEmpty());
        int most = pinned ? Math.min(limits.cpus(), hostCpus.get().cpus().size()) : limits.cpus();
        int cpus = running.stream().mapToInt(e -> e.demand().cpus()).sum();
        // What they have touched is gone from what is available, and counted here once more: rather wait than swap.
        long promisedMb = running.stream().mapToLong(e -> e.demand().memoryMb()).sum();
        return running.size() < limits.machines()
                && cpus + demand.cpus() <= most
                && promisedMb + demand.memoryMb() <= availableMb.getAsInt();
    }

    private Flock door() throws InterruptedException {
        try {
            Path door = Files.createDirectories(folder).resolve("door");
            return Flock.lock(door, DOOR_LIMIT)
                    .orElseThrow(() -> new VmException("another process holds " + door + " for longer than "
                            + DOOR_LIMIT.toSeconds() + " s; end it (fuser " + door + " names it)"));
        } catch (IOException e) {
            throw new VmException("the folder " + folder + " cannot be used: " + e, e);
        }
    }

    /** One who waits or runs. */
    private record Entry(long number, boolean running, Demand demand, long pid, List<Integer> pinned) {
        static String text(boolean running, Demand demand, List<Integer> pinned) {
            String own = pinned.stream().map(String::valueOf).collect(Collectors.joining(","));
            return (running ? "running " : "waiting ") + demand.cpus() + " " + demand.memoryMb() + " "
                    + ProcessHandle.current().pid() + (own.isEmpty() ? "" : " " + own);
        }

        static Optional<Entry> parse(long number, String text) {
            String[] words = text.strip().split(" ", -1);
            try {
                return words.length < 4 || words.length > 5
                        ? Optional.empty()
                        : Optional.of(new Entry(
                                number,
                                words[0].equals("running"),
                                new Demand(Integer.parseInt(words[1]), Integer.parseInt(words[2])),
                                Long.parseLong(words[3]),
                                words.length == 4 ? List.of() : HostCpus.list(words[4])));
            } catch (NumberFormatException | VmException e) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return (running ? "running" : "waiting before it") + ": " + demand.cpus() + " CPUs, " + demand.memoryMb()
                    + " MiB, process " + pid + (pinned.isEmpty() ? "" : ", alone on the CPUs " + pinned);
        }
    }

    /** All that live but {@code own}, in order of arrival; the files of the others are removed. */
    private List<Entry> entries(@Nullable Path own) {
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
                if (!file.equals(own)) {
                    living(file).ifPresent(entries::add);
                }
            }
        } catch (IOException e) {
            throw new VmException("the folder " + folder + " cannot be read: " + e, e);
        }
        entries.sort(Comparator.comparingLong(Entry::number));
        return entries;
    }

    private static Optional<Entry> living(Path file) throws IOException {
        Optional<Flock> lock = Flock.tryLock(file);
        if (lock.isPresent()) {
            Files.deleteIfExists(file);
            lock.get().close();
            return Optional.empty();
        }
        try {
            return Entry.parse(number(file), Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static long number(Path file) {
        String name = file.getFileName().toString();
        try {
            return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static void write(Slot slot, String text) {
        try {
            Files.writeString(slot.file, text);
        } catch (IOException e) {
            slot.close();
            throw new VmException("the slot " + slot.file + " cannot be written: " + e, e);
        }
    }
}
