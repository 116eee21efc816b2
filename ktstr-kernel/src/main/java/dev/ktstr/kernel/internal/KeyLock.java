package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The right to write one key of a cache, held by one thread of one process at a time.
 *
 * <p>The lock file is left in place: removing it would let a third process lock a new file of the same name while a second
 * still waits on the old one. The operating system drops the lock when its holder dies.
 */
public final class KeyLock {
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
        KeyLock lock = take(locks, key, limit);
        try {
            action.run();
        } finally {
            lock.release();
        }
    }

    private static KeyLock take(Path locks, String key, Duration limit) {
        Path file = Folders.make(locks).resolve(key + ".lock").toAbsolutePath().normalize();
        long deadline = System.nanoTime() + limit.toNanos();
        Semaphore threads = IN_PROCESS.computeIfAbsent(file, f -> new Semaphore(1));
        try {
            if (!threads.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw busy(file, limit);
            }
            boolean held = false;
            try {
                KeyLock lock = new KeyLock(lockFile(file, deadline, limit), threads);
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

    private static FileChannel lockFile(Path file, long deadline, Duration limit) throws InterruptedException {
        FileChannel channel = null;
        boolean held = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            while (true) {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    held = true;
                    return channel;
                }
                if (System.nanoTime() > deadline) {
                    throw busy(file, limit);
                }
                Thread.sleep(POLL_MS);
            }
        } catch (IOException e) {
            throw ImageFile.failed("lock", file, e);
        } finally {
            if (!held && channel != null) {
                closeFile(channel, file);
            }
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
