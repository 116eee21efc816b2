package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Folders that appear whole, and go whole. */
public final class Folders {
    /** Temporary folders in use; a JVM that is told to end (Ctrl-C) runs no finally blocks, so a hook removes them. */
    private static final Set<Path> TEMPORARY = ConcurrentHashMap.newKeySet();

    static {
        // Registers its own hook now: during shutdown, when removeTemporary calls it, it could not any more.
        Supervisor.watch();
        Runtime.getRuntime().addShutdownHook(new Thread(Folders::removeTemporary, "ktstr-remove-temporary"));
    }

    private static final Duration EXIT_LIMIT = Duration.ofSeconds(3);
    private static final Duration RETRY = Duration.ofMillis(10);

    private Folders() {}

    /** Makes a folder and its parents. */
    public static Path make(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (FileAlreadyExistsException e) {
            throw ImageFile.failed("make the folder", folder, new IOException("a file is in its place", e));
        } catch (IOException e) {
            throw ImageFile.failed("make the folder", folder, e);
        }
    }

    /**
     * Makes a new empty folder, {@code PREFIX-random}, under {@code parent}; it is removed by {@link #remove}, or when the JVM
     * ends before.
     */
    public static Path makeTemporary(Path parent, String prefix) {
        try {
            Path folder = Files.createTempDirectory(make(parent), prefix + "-");
            TEMPORARY.add(folder);
            return folder;
        } catch (IOException e) {
            throw ImageFile.failed("make a temporary folder in", parent, e);
        }
    }

    /** The entries of a folder by name; none when it does not exist. */
    public static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(all::add);
        } catch (IOException e) {
            throw ImageFile.failed("list", folder, e);
        }
        all.sort(null);
        return all;
    }

    /**
     * Puts {@code made} where {@code target} is or shall be, in one rename; what was there is moved to {@code aside} (on the
     * same file system) first and removed after, so files that others hold open stay readable.
     */
    public static void swapIn(Path made, Path target, Path aside) {
        boolean replaced = false;
        try {
            Files.createDirectories(target.getParent());
            if (Files.exists(target)) {
                Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
                replaced = true;
            }
            Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            KernelException failed = ImageFile.failed("put in place", target, e);
            if (replaced) {
                putBack(aside, target, failed);
            }
            throw failed;
        }
        remove(aside);
    }

    /** Fills a file. */
    @FunctionalInterface
    public interface Filling {
        /** Writes into the file, which is there and empty. */
        void fill(Path file) throws IOException;
    }

    /**
     * Writes a file beside its place and renames it in, so that it is there as a whole or as it was.
     *
     * @param prefix of the name it has meanwhile
     */
    public static void replace(Path target, String prefix, Filling filling) throws IOException {
        Path aside = Files.createTempFile(target.toAbsolutePath().getParent(), prefix, null);
        try {
            filling.fill(aside);
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private static void putBack(Path aside, Path target, KernelException failed) {
        try {
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            failed.addSuppressed(e);
        }
    }

    /** Removes a folder with everything in it; follows no links; fine when it is not there. */
    public static void remove(Path folder) {
        try {
            removeTree(folder);
            TEMPORARY.remove(folder);
        } catch (IOException e) {
            throw ImageFile.failed("remove", folder, e);
        }
    }

    /**
     * Removes what is left when the JVM ends. Other threads still run then: one may be adding files, one may be removing the
     * same tree; so this goes on until a folder is gone, within a limit.
     */
    private static void removeTemporary() {
        Supervisor.endAll();
        long deadline = System.nanoTime() + EXIT_LIMIT.toNanos();
        for (Path folder : TEMPORARY) {
            IOException last = null;
            while (Files.exists(folder) && System.nanoTime() < deadline) {
                try {
                    removeTree(folder);
                } catch (IOException e) {
                    last = e;
                    LockSupport.parkNanos(RETRY.toNanos());
                }
            }
            if (last != null && Files.exists(folder)) {
                throw ImageFile.failed("remove", folder, last);
            }
        }
    }

    private static void removeTree(Path folder) throws IOException {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e) throws IOException {
                    if (e != null) {
                        throw e;
                    }
                    Files.deleteIfExists(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            return; // not there, or another thread was faster
        }
    }
}
