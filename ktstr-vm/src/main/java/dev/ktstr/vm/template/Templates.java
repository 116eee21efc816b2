package dev.ktstr.vm.template;

import dev.ktstr.vm.Forking;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.Flock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The templates of a user: first those in memory, then those on disk. All that goes wrong here costs time and nothing else:
 * a template that cannot be used or kept is a guest that boots.
 */
public final class Templates {
    private static final Logger LOG = LoggerFactory.getLogger(Templates.class);

    private final Path locks;
    private final List<TemplateStore> stores;

    Templates(Path locks, List<TemplateStore> stores) {
        this.locks = locks;
        this.stores = List.copyOf(stores);
    }

    /** Opens the template of a key; the caller closes it. Empty when there is none that may be used. */
    public Optional<Template> find(TemplateKey key) {
        for (TemplateStore store : stores) {
            Optional<Template> found = store.find(key);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Whether a template of that key lies in one of the places; {@link #find} tells whether it can be used. */
    public boolean isThere(TemplateKey key) {
        return stores.stream().anyMatch(store -> store.isThere(key));
    }

    /** The right to make the template of a key. */
    public static final class Making implements AutoCloseable {
        private final Flock lock;

        private Making(Flock lock) {
            this.lock = lock;
        }

        @Override
        public void close() {
            lock.close();
        }
    }

    /**
     * Waits for whoever makes the template of a key, and takes their place. Whoever gets it looks again before making.
     *
     * @return empty when another was at it for all of {@code limit}
     * @throws VmException when locks cannot be had here
     */
    public Optional<Making> make(TemplateKey key, Duration limit) throws InterruptedException {
        return Flock.lock(TemplateStore.lockFile(locks, key.name()), limit).map(Making::new);
    }

    /**
     * Saves a frozen guest in the first store that takes it.
     *
     * @return whether one did
     * @throws VmException when the backend cannot save it
     */
    public boolean save(TemplateKey key, Forking forking, VirtualMachine frozen) {
        for (TemplateStore store : stores) {
            try {
                store.save(key, writer -> forking.save(frozen, writer));
                return true;
            } catch (IOException e) {
                LOG.info("no template in {} ({}): {}", store.kind(), store.folder(), e.getMessage());
            }
        }
        return false;
    }

    /** Removes the template of a key wherever it is. */
    public void discard(TemplateKey key) {
        stores.forEach(store -> store.discard(key));
    }

    /**
     * A template, for a list.
     *
     * @param kind {@code memory} or {@code disk}
     * @param bytes of the file
     * @param usedAt when it was made or last forked
     * @param key what it was made of, or empty when it is damaged
     * @param problem what is wrong with it, empty when nothing is
     */
    public record Listed(
            String kind, Path path, long bytes, Instant usedAt, Optional<TemplateKey> key, Optional<String> problem) {}

    /**
     * All templates.
     *
     * @throws IOException when a folder cannot be read
     */
    public List<Listed> list() throws IOException {
        List<Listed> all = new ArrayList<>();
        for (TemplateStore store : stores) {
            for (TemplateStore.Entry entry : store.entries()) {
                all.add(listed(store.kind(), entry));
            }
        }
        return all;
    }

    private static Listed listed(String kind, TemplateStore.Entry entry) {
        try (Template template = Template.open(entry.path())) {
            return new Listed(
                    kind, entry.path(), entry.bytes(), entry.usedAt(), Optional.of(template.key()), Optional.empty());
        } catch (IOException e) {
            return new Listed(
                    kind,
                    entry.path(),
                    entry.bytes(),
                    entry.usedAt(),
                    Optional.empty(),
                    Optional.of(String.valueOf(e.getMessage())));
        }
    }

    /** Removes what killed processes left half written. */
    void collect() {
        for (TemplateStore store : stores) {
            try {
                store.removeLeftovers(null)
                        .forEach(file ->
                                LOG.info("{} was left half written by a process that was killed; removed", file));
            } catch (IOException | VmException e) {
                LOG.info("{} cannot be searched for what killed processes left: {}", store.folder(), e.toString());
            }
        }
    }

    /**
     * Removes all templates, and what was left half written.
     *
     * @return the files removed
     * @throws IOException when a folder cannot be read
     */
    public List<Path> clear() throws IOException {
        List<Path> removed = new ArrayList<>();
        for (TemplateStore store : stores) {
            removed.addAll(store.clear());
        }
        return removed;
    }
}
