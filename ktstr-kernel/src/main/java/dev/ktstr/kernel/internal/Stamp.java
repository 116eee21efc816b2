package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Keeps files from being hashed, and their description from being read, again while nothing has touched them.
 *
 * <p>A file {@code stamp} beside them holds what {@code metadata.json} says and, as of the last time all digests were right,
 * each file's size, modification time, change time, inode and device, those of {@code metadata.json} as well. The kernel
 * sets the change time at every write and no program can set it back (inode(7)), so a write that keeps size and
 * modification time is seen. What the kernel does not see, a disk that returns other bytes than it was given, is found by
 * the next full check: a stamp is good for {@link #GOOD_FOR}. A stamp that cannot be read, or is of another release, is none.
 */
public final class Stamp {
    /** How long a kernel may be booted without its files being hashed again. */
    static final Duration GOOD_FOR = Duration.ofDays(1);

    private static final String FILE = "stamp";
    private static final String FORMAT = "2";
    private static final long MAX_BYTES = 1 << 16;
    private static final String ATTRIBUTES = "unix:size,lastModifiedTime,ctime,ino,dev";

    /** What this process has checked itself, for folders that it may not write to. */
    private static final Map<Path, Properties> CHECKED = new ConcurrentHashMap<>();

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

    /** What the stamp remembers of a folder that is as it was when it was last checked; null when it must be read again. */
    static @Nullable Metadata recall(Path folder, Check check) {
        if (check == Check.FULL) {
            return null;
        }
        Properties checked = CHECKED.get(folder);
        Metadata known = checked == null ? null : unchanged(folder, checked);
        if (known != null) {
            return known;
        }
        Properties stamp = read(folder, check);
        return stamp == null ? null : unchanged(folder, stamp);
    }

    /**
     * Checks the files of a folder against their recorded digests.
     *
     * @throws KernelException naming the first file that is not what was recorded
     */
    static void verify(Path folder, Metadata metadata) {
        Properties now = describe(folder, metadata);
        hash(folder, metadata);
        CHECKED.put(folder, now);
        write(folder, now);
    }

    /** Stamps a folder whose files have just been hashed. */
    static void set(Path folder, Metadata metadata) {
        write(folder, describe(folder, metadata));
    }

    private static @Nullable Properties read(Path folder, Check check) {
        Path stamp = folder.resolve(FILE);
        try {
            if (check == Check.USE) {
                Instant made = Files.getLastModifiedTime(stamp).toInstant();
                Instant clock = Instant.now();
                if (made.isBefore(clock.minus(GOOD_FOR)) || made.isAfter(clock)) {
                    return null;
                }
            }
            if (Files.size(stamp) > MAX_BYTES) {
                return null;
            }
            Properties read = new Properties();
            try (Reader in = Files.newBufferedReader(stamp)) {
                read.load(in);
            }
            return FORMAT.equals(read.getProperty("format")) ? read : null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException | IllegalArgumentException e) {
            LoggerFactory.getLogger(Stamp.class).debug("cannot read {}: {}; hashing instead", stamp, e.toString());
            return null;
        }
    }

    /** The metadata in a stamp, if every file is as the stamp says. */
    private static @Nullable Metadata unchanged(Path folder, Properties stamp) {
        try {
            if (!state(folder.resolve(Metadata.FILE)).equals(stamp.getProperty("metadata.state"))) {
                return null;
            }
            Map<String, Metadata.Item> files = new LinkedHashMap<>();
            for (String role : Metadata.ROLES) {
                String name = stamp.getProperty(role.concat(".file"));
                if (name == null) {
                    continue;
                }
                if (!state(folder.resolve(name)).equals(stamp.getProperty(role.concat(".state")))) {
                    return null;
                }
                long size = Long.parseLong(stamp.getProperty(role.concat(".size"), ""));
                files.put(role, new Metadata.Item(name, size, stamp.getProperty(role.concat(".sha256"))));
            }
            return metadata(stamp, files);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            return null; // something is gone, or the stamp was meddled with: whoever reads it all again says what it is
        }
    }

    private static @Nullable Metadata metadata(Properties stamp, Map<String, Metadata.Item> files) {
        String version = stamp.getProperty("version");
        String digest = stamp.getProperty("sha256");
        String origin = stamp.getProperty("origin");
        if (version == null
                || digest == null
                || origin == null
                || !files.containsKey("image")
                || !files.containsKey("vmlinux")) {
            return null;
        }
        return new Metadata(
                Integer.parseInt(stamp.getProperty("schema", "")),
                version,
                files,
                digest,
                origin,
                stamp.getProperty("source"),
                stamp.getProperty("compiler"),
                stamp.getProperty("configHash"),
                stamp.getProperty("commit"),
                Instant.ofEpochSecond(
                        Long.parseLong(stamp.getProperty("created.seconds", "")),
                        Long.parseLong(stamp.getProperty("created.nanos", ""))));
    }

    private static Properties describe(Path folder, Metadata m) {
        Properties stamp = new Properties();
        stamp.setProperty("format", FORMAT);
        stamp.setProperty("schema", Integer.toString(m.schema()));
        stamp.setProperty("version", m.version());
        stamp.setProperty("sha256", m.sha256());
        stamp.setProperty("origin", m.origin());
        putIfKnown(stamp, "source", m.source());
        putIfKnown(stamp, "compiler", m.compiler());
        putIfKnown(stamp, "configHash", m.configHash());
        putIfKnown(stamp, "commit", m.commit());
        Instant created = m.created();
        stamp.setProperty("created.seconds", Long.toString(created.getEpochSecond()));
        stamp.setProperty("created.nanos", Integer.toString(created.getNano()));
        stamp.setProperty("metadata.state", stateOf(folder.resolve(Metadata.FILE)));
        for (Map.Entry<String, Metadata.Item> file : m.files().entrySet()) {
            Metadata.Item item = file.getValue();
            stamp.setProperty(file.getKey() + ".file", item.file());
            stamp.setProperty(file.getKey() + ".size", Long.toString(item.size()));
            putIfKnown(stamp, file.getKey() + ".sha256", item.sha256());
            stamp.setProperty(file.getKey() + ".state", stateOf(folder.resolve(item.file())));
        }
        return stamp;
    }

    private static void putIfKnown(Properties stamp, String name, @Nullable String value) {
        if (value != null) {
            stamp.setProperty(name, value);
        }
    }

    private static String stateOf(Path file) {
        try {
            return state(file);
        } catch (IOException e) {
            throw ImageFile.failed("look at", file, e);
        }
    }

    private static String state(Path file) throws IOException {
        Map<String, Object> a = Files.readAttributes(file, ATTRIBUTES);
        // Not by +, which is linked at run time: 3 ms of the first hit.
        return String.join(
                " ",
                a.get("size").toString(),
                nanos(a.get("lastModifiedTime")),
                nanos(a.get("ctime")),
                a.get("ino").toString(),
                a.get("dev").toString());
    }

    private static String nanos(Object time) {
        return Long.toString(((FileTime) time).to(TimeUnit.NANOSECONDS));
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

    /** A cache that may not be written to, or has no room, is good for reading all the same. */
    private static void write(Path folder, Properties stamp) {
        Path file = folder.resolve(FILE);
        try {
            Folders.replace(file, FILE, aside -> {
                try (OutputStream out = Files.newOutputStream(aside)) {
                    stamp.store(out, null);
                }
            });
        } catch (IOException e) {
            LoggerFactory.getLogger(Stamp.class)
                    .debug("cannot write {}: {}; the files will be hashed again", file, e.toString());
        }
    }
}
