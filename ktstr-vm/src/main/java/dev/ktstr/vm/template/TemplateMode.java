package dev.ktstr.vm.template;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.host.OwnFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Where templates are kept: the values of {@code -Dktstr.template}. */
public enum TemplateMode {
    /** Nowhere; every guest boots. */
    OFF,
    /** In memory while the budget there lasts, else on disk. */
    ON,
    /** In memory only. */
    MEMORY,
    /** On disk only. */
    DISK;

    /** Folders in which this process has looked for what killed ones left. */
    private static final Set<Path> COLLECTED = ConcurrentHashMap.newKeySet();

    private static final Path SHM = OwnFolder.SHM;
    private static final Path MEMINFO = Path.of("/proc/meminfo");

    /** Share of the host's RAM that templates may take: a template of a small guest is 50 to 120 MiB. */
    private static final int MEMORY_SHARE = 16;

    private static final long DISK_BUDGET = 8L << 30;
    /** Share of what is free on disk. */
    private static final int DISK_SHARE = 4;

    /**
     * Parses.
     *
     * @throws VmException naming the values there are
     */
    public static TemplateMode parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "off", "false" -> OFF;
            case "on", "true" -> ON;
            case "memory" -> MEMORY;
            case "disk" -> DISK;
            default ->
                throw new VmException(
                        "-Dktstr.template=" + text + " is none of on, off, memory, disk; leave it out for on");
        };
    }

    /**
     * Opens the templates of this user.
     *
     * @param cache the user's cache, for locks and for templates on disk
     * @param budgetMb budget of each place in MiB, or empty for the default
     * @return empty when the mode is {@link #OFF}
     */
    public Optional<Templates> open(Path cache, Optional<Integer> budgetMb) {
        Path root = cache.resolve("templates");
        Path locks = root.resolve("locks");
        Optional<Long> budget = budgetMb.map(mb -> (long) mb << 20);
        List<TemplateStore> stores = new ArrayList<>();
        if (this == ON || this == MEMORY) {
            OwnFolder.inMemory()
                    .ifPresent(folder -> stores.add(new TemplateStore(
                            "memory",
                            folder.resolve("templates"),
                            locks,
                            budget.orElseGet(TemplateMode::memoryBudget))));
        }
        if (this == ON || this == DISK) {
            stores.add(new TemplateStore("disk", root, locks, budget.orElseGet(() -> diskBudget(cache))));
        }
        if (this == OFF) {
            return Optional.empty();
        }
        Templates templates = new Templates(locks, stores);
        if (COLLECTED.add(root)) {
            templates.collect();
        }
        return Optional.of(templates);
    }

    private static long memoryBudget() {
        try {
            for (String line : Files.readAllLines(MEMINFO)) {
                if (line.startsWith("MemTotal:")) {
                    long kb = Long.parseLong(line.replaceAll("\\D", ""));
                    return Math.min(
                            kb * 1024 / MEMORY_SHARE, Files.getFileStore(SHM).getTotalSpace() / 2);
                }
            }
            throw new VmException(MEMINFO + " has no MemTotal line; is /proc mounted?");
        } catch (IOException e) {
            throw new VmException("the host's memory cannot be read from " + MEMINFO + " and " + SHM + ": " + e, e);
        }
    }

    private static long diskBudget(Path cache) {
        try {
            Files.createDirectories(cache);
            return Math.min(DISK_BUDGET, Files.getFileStore(cache).getUsableSpace() / DISK_SHARE);
        } catch (IOException e) {
            throw new VmException("the cache folder " + cache + " cannot be used: " + e, e);
        }
    }
}
