package dev.ktstr.vm.template;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.Flock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of templates under a budget. A template is there as a whole or not at all: it is written aside and renamed. Files
 * are removed under their readers' feet without harm, because a reader holds its file open.
 */
final class TemplateStore {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateStore.class);
    private static final String SUFFIX = ".template";
    private static final String PART = ".part";

    private final String kind;
    private final Path folder;
    private final Path locks;
    private final long budgetBytes;

    /**
     * A store.
     *
     * @param kind {@code memory} or {@code disk}, for messages
     * @param folder made when something is saved
     * @param locks folder with a lock for each key
     * @param budgetBytes most bytes of all its templates
     */
    TemplateStore(String kind, Path folder, Path locks, long budgetBytes) {
        this.kind = kind;
        this.folder = folder;
        this.locks = locks;
        this.budgetBytes = budgetBytes;
    }

    String kind() {
        return kind;
    }

    Path folder() {
        return folder;
    }

    /**
     * Opens the template of a key.
     *
     * @return empty when there is none that may be used; one that is damaged is removed
     */
    Optional<Template> find(TemplateKey key) {
        Path file = file(key);
        try {
            Template found = Template.open(file);
            if (found.key().equals(key)) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
                return Optional.of(found);
            }
            found.close();
            LOG.warn("template {} was made of something else than its name says; it is removed", file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            LOG.warn("{}; it is removed, and will be made anew", e.getMessage());
        }
        remove(file);
        return Optional.empty();
    }

    /** Whether there is a file for that key. */
    boolean isThere(TemplateKey key) {
        return Files.exists(file(key));
    }

    /** Writes a guest down. */
    @FunctionalInterface
    interface Content {
        void writeTo(TemplateWriter writer) throws IOException;
    }

    /**
     * Puts a template in. The caller holds the key's lock.
     *
     * @throws IOException when it cannot be written or is larger than the budget; nothing is left then
     */
    void save(TemplateKey key, Content content) throws IOException {
        Files.createDirectories(folder);
        removeLeftovers(key);
        Path aside = folder.resolve(key.name() + "." + UUID.randomUUID() + PART);
        try {
            try (TemplateWriter writer = new TemplateWriter(aside, key, budgetBytes)) {
                content.writeTo(writer);
                writer.finish(System.currentTimeMillis());
            }
            makeRoom(Files.size(aside), file(key));
            Files.move(aside, file(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    /** Removes those used longest ago until the new one fits. */
    private void makeRoom(long size, Path except) throws IOException {
        List<Entry> entries = new ArrayList<>(entries());
        entries.removeIf(entry -> entry.path().equals(except));
        long used = entries.stream().mapToLong(Entry::bytes).sum();
        for (Entry entry : entries) {
            if (used + size <= budgetBytes) {
                return;
            }
            LOG.debug("template {} makes room for another", entry.path());
            remove(entry.path());
            used -= entry.bytes();
        }
    }

    /**
     * A template in the folder.
     *
     * @param bytes of the file
     * @param usedAt when it was made or last forked
     */
    record Entry(Path path, long bytes, Instant usedAt) {}

    /** All templates, the one used longest ago first. */
    List<Entry> entries() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
                try {
                    entries.add(new Entry(
                            file,
                            Files.size(file),
                            Files.getLastModifiedTime(file).toInstant()));
                } catch (NoSuchFileException e) {
                    LOG.debug("{} was removed meanwhile", file);
                }
            }
        }
        entries.sort(Comparator.comparing(Entry::usedAt));
        return entries;
    }

    /** Removes the template of a key, if it is there. */
    void discard(TemplateKey key) {
        remove(file(key));
    }

    /**
     * Removes everything that nobody is writing.
     *
     * @return what was removed
     */
    List<Path> clear() throws IOException {
        List<Path> removed = new ArrayList<>();
        for (Entry entry : entries()) {
            remove(entry.path());
            removed.add(entry.path());
        }
        removed.addAll(removeLeftovers(null));
        return removed;
    }

    /** Removes what killed processes left half written: no process holds the key's lock, or we do. */
    List<Path> removeLeftovers(@Nullable TemplateKey held) throws IOException {
        List<Path> removed = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return removed;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path part : files.filter(f -> f.toString().endsWith(PART)).toList()) {
                String name = part.getFileName().toString();
                String key = name.substring(0, Math.max(0, name.indexOf('.')));
                if (held != null && key.equals(held.name())) {
                    remove(part);
                    removed.add(part);
                } else {
                    Optional<Flock> lock = Flock.tryLock(lockFile(locks, key));
                    if (lock.isPresent()) {
                        remove(part);
                        removed.add(part);
                        lock.get().close();
                    }
                }
            }
        }
        return removed;
    }

    static Path lockFile(Path locks, String name) {
        try {
            return Files.createDirectories(locks).resolve(name + ".lock");
        } catch (IOException e) {
            throw new VmException("the folder " + locks + " cannot be made: " + e, e);
        }
    }

    private Path file(TemplateKey key) {
        return folder.resolve(key.name() + SUFFIX);
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", file, e.toString());
        }
    }
}
