package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write one key of a cache, held by one thread of one process at a time.
 *
 * <p>The lock file is left in place: removing it would let a third process lock a new file of the same name while a second
 * still waits on the old one. The operating system drops the lock when its holder dies.
 */
public final class KeyLock {
    private static final Logger LOG = LoggerFactory.getLogger(KeyLock.class);
    private static final long POLL_MS = 50;
    /** File locks are per process; threads of this one need their own. */
    private static final ConcurrentHashMap<Path, Semaphore> IN_PROCESS = new ConcurrentHashMap<>();

    private final FileChannel channel;
    private final Semaphore threads;

    private KeyLock(FileChannel channel, Semaphore threads) {
        this.channel = channel;
        this.threads = threads;
    }

    /**
     * Does something while holding the lock of {@code key}.
     *
     * @param locks folder of the lock files, made when missing
     * @param limit how long to wait for the lock
     * @throws KernelException when another holds it for all of {@code limit}, or we are interrupted
     */
    public static void whileHeld(Path locks, String key, Duration limit, Runnable action) {
        whileHeld(locks, key, limit, action, holder -> {});
    }

    /**
     * As {@link #whileHeld(Path, String, Duration, Runnable)}, and tells when there is something to wait for.
     *
     * @param waiting gets who holds the lock, once, if it is not free at once: {@code process 123 since 12:00:01}
     */
    public static void whileHeld(Path locks, String key, Duration limit, Runnable action, Consumer<String> waiting) {
        KeyLock lock = take(locks, key, limit, waiting);
        try {
            lock.sign();
            action.run();
        } finally {
            lock.release();
        }
    }

    /** Does something if the lock of {@code key} is free now; tells whether it was. */
    public static boolean ifFree(Path locks, String key, Runnable action) {
        Path file = file(locks, key);
        Semaphore threads = threads(file);
        if (!threads.tryAcquire()) {
            return false;
        }
        boolean held = false;
        KeyLock lock;
        try {
            FileChannel channel = tryFile(file);
            if (channel == null) {
                return false;
            }
            lock = new KeyLock(channel, threads);
            held = true;
        } finally {
            if (!held) {
                threads.release();
            }
        }
        try {
            action.run();
        } finally {
            lock.release();
        }
        return true;
    }

    private static Path file(Path locks, String key) {
        return Folders.make(locks).resolve(key + ".lock").toAbsolutePath().normalize();
    }

    private static Semaphore threads(Path file) {
        return IN_PROCESS.computeIfAbsent(file, f -> new Semaphore(1));
    }

    private static KeyLock take(Path locks, String key, Duration limit, Consumer<String> waiting) {
        Path file = file(locks, key);
        long deadline = System.nanoTime() + limit.toNanos();
        Semaphore threads = threads(file);
        try {
            if (!threads.tryAcquire()) {
                waiting.accept("another thread of this process");
                if (!threads.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw busy(file, limit);
                }
            }
            boolean held = false;
            try {
                KeyLock lock = new KeyLock(lockFile(file, deadline, limit, waiting), threads);
                held = true;
                return lock;
            } finally {
                if (!held) {
                    threads.release();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KernelException("interrupted while waiting for the lock " + file, e);
        }
    }

    private static FileChannel lockFile(Path file, long deadline, Duration limit, Consumer<String> waiting)
            throws InterruptedException {
        boolean told = false;
        while (true) {
            FileChannel channel = tryFile(file);
            if (channel != null) {
                return channel;
            }
            if (!told) {
                waiting.accept(holder(file));
                told = true;
            }
            if (System.nanoTime() > deadline) {
                throw busy(file, limit);
            }
            Thread.sleep(POLL_MS);
        }
    }

    /** The locked file; null when another process has it. */
    private static @Nullable FileChannel tryFile(Path file) {
        FileChannel channel = null;
        boolean held = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            held = channel.tryLock() != null;
            return held ? channel : null;
        } catch (IOException e) {
            throw ImageFile.failed("lock", file, e);
        } finally {
            if (!held && channel != null) {
                closeFile(channel, file);
            }
        }
    }

    /** Writes who we are, for those who wait; a full disk does not stop us here. */
    private void sign() {
        String text = "process " + ProcessHandle.current().pid() + " since "
                + LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS);
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            LOG.debug("cannot write to a lock file: {}", e.toString());
        }
    }

    private static String holder(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(200), StandardCharsets.US_ASCII).replaceAll("[^ -~]", "?");
            return text.isBlank() ? "another process" : text;
        } catch (IOException e) {
            LOG.debug("cannot read {}: {}", file, e.toString());
            return "another process";
        }
    }

    private static void closeFile(FileChannel channel, Path file) {
        try {
            channel.close();
        } catch (IOException e) {
            throw ImageFile.failed("close", file, e);
        }
    }

    private static KernelException busy(Path file, Duration limit) {
        return new KernelException("another process has held the lock " + file + " for " + limit.toSeconds()
                + " s; wait for it or end it (fuser " + file + " names it)");
    }

    private void release() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new KernelException("cannot release a cache lock: " + e.getMessage(), e);
        } finally {
            threads.release();
        }
    }
}
