package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps files from being hashed again while nothing has touched them.
 *
 * <p>A file {@code stamp} beside them holds, as of the last time their digests were right, each one's size, modification
 * time, change time, inode and device. The kernel sets the change time at every write and no program can set it back
 * (inode(7)), so a write that keeps size and modification time is seen. What the kernel does not see, a disk that returns
 * other bytes than it was given, is found by the next full check: a stamp is good for {@link #GOOD_FOR}.
 */
public final class Stamp {
    /** How long a kernel may be booted without its files being hashed again. */
    static final Duration GOOD_FOR = Duration.ofDays(1);

    private static final String FILE = "stamp";
    private static final String ATTRIBUTES = "unix:size,lastModifiedTime,ctime,ino,dev";
    private static final Logger LOG = LoggerFactory.getLogger(Stamp.class);

    /** What this process has checked itself, for folders that it may not write to. */
    private static final Map<Path, String> CHECKED = new ConcurrentHashMap<>();

    private Stamp() {}

    /** How much a caller asks for. */
    public enum Check {
        /** No hashing of what looks untouched; for lists. */
        TOUCHED,
        /** As {@link #TOUCHED}, and the last full check is not long ago; before a kernel is booted. */
        USE,
        /** Everything is hashed. */
        FULL
    }

    /**
     * Checks the files of a folder against their recorded digests, as far as needed.
     *
     * @throws KernelException naming the first file that is not what was recorded
     */
    static void verify(Path folder, Metadata metadata, Check check) {
        String now = state(folder, metadata);
        if (check != Check.FULL && (now.equals(CHECKED.get(folder)) || stamped(folder, now, check))) {
            return;
        }
        hash(folder, metadata);
        CHECKED.put(folder, now);
        write(folder, now);
    }

    /** Stamps a folder whose files have just been hashed. */
    static void set(Path folder, Metadata metadata) {
        write(folder, state(folder, metadata));
    }

    private static boolean stamped(Path folder, String now, Check check) {
        Path stamp = folder.resolve(FILE);
        try {
            if (!now.equals(Files.readString(stamp))) {
                return false;
            }
            Instant made = Files.getLastModifiedTime(stamp).toInstant();
            Instant clock = Instant.now();
            return check == Check.TOUCHED || (made.isAfter(clock.minus(GOOD_FOR)) && !made.isAfter(clock));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            LOG.debug("cannot read {}: {}; hashing instead", stamp, e.toString());
            return false;
        }
    }

    private static void hash(Path folder, Metadata metadata) {
        metadata.files().forEach((role, item) -> {
            String digest =
                    role.equals("image") && !Path.of(item.file()).isAbsolute() ? metadata.sha256() : item.sha256();
            if (digest == null) {
                return;
            }
            Path file = folder.resolve(item.file());
            String actual;
            try {
                actual = Sha256.of(file);
            } catch (IOException e) {
                throw ImageFile.failed("check", file, e);
            }
            if (!actual.equals(digest)) {
                throw new KernelException(
                        file + " is damaged: its SHA-256 is " + actual + " and " + Metadata.FILE + " says " + digest);
            }
        });
    }

    private static String state(Path folder, Metadata metadata) {
        StringBuilder text = new StringBuilder("1\n");
        append(text, folder, Metadata.FILE);
        new TreeMap<>(metadata.files()).values().forEach(item -> append(text, folder, item.file()));
        return text.toString();
    }

    private static void append(StringBuilder text, Path folder, String name) {
        Path file = folder.resolve(name);
        try {
            Map<String, Object> a = Files.readAttributes(file, ATTRIBUTES);
            text.append(name).append(' ').append(new TreeMap<>(a)).append('\n');
        } catch (IOException e) {
            throw ImageFile.failed("look at", file, e);
        }
    }

    /** A cache that may not be written to, or has no room, is good for reading all the same. */
    private static void write(Path folder, String state) {
        Path stamp = folder.resolve(FILE);
        try {
            Folders.replace(stamp, FILE, aside -> Files.writeString(aside, state));
        } catch (IOException e) {
            LOG.debug("cannot write {}: {}; the files will be hashed again", stamp, e.toString());
        }
    }
}
