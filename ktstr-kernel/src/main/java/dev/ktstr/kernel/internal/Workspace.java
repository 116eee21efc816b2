package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Temporary folders on the file system of a cache, one at a time per key, across processes. */
public final class Workspace {
    /** The names that {@link Folders#makeTemporary} and a UUID give, with the key first. */
    private static final Pattern TEMPORARY =
            Pattern.compile("(.+?)-([0-9]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");

    private final Path root;

    /** A workspace below the root of a cache. */
    public Workspace(Path root) {
        this.root = root;
    }

    /** As {@link #use(String, Duration, Consumer, Consumer)}, waiting silently. */
    public void use(String key, Duration wait, Consumer<Path> work) {
        use(key, wait, work, holder -> {});
    }

    /**
     * Works in a temporary folder; it is removed afterwards, and so is what killed processes left of earlier ones.
     *
     * @param wait how long to wait for another process that is at it
     * @param waiting gets who that is, once, if there is one
     * @throws KernelException when it does not end in time, or there is no room for a folder
     */
    public void use(String key, Duration wait, Consumer<Path> work, Consumer<String> waiting) {
        KeyLock.whileHeld(
                locks(),
                key,
                wait,
                () -> {
                    removeLeftovers(key);
                    Path folder = Folders.makeTemporary(temporary(), key);
                    try {
                        work.accept(folder);
                    } finally {
                        Folders.remove(folder);
                    }
                },
                waiting);
    }

    /**
     * Removes what killed processes left: for this key, whose lock we hold, so nobody is at work on it, and for every key
     * that nobody has locked.
     */
    private void removeLeftovers(String key) {
        for (Path entry : Folders.list(temporary())) {
            Matcher name = TEMPORARY.matcher(entry.getFileName().toString());
            if (!name.matches()) {
                continue;
            }
            if (name.group(1).equals(key)) {
                Folders.remove(entry);
            } else {
                KeyLock.ifFree(locks(), name.group(1), () -> Folders.remove(entry));
            }
        }
    }

    /** Does something if nobody works for a key now; tells whether it did. */
    public boolean ifFree(String key, Runnable action) {
        return KeyLock.ifFree(locks(), key, action);
    }

    private Path temporary() {
        return root.resolve("tmp");
    }

    private Path locks() {
        return root.resolve("locks");
    }
}
