package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import dev.ktstr.vm.VmException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock on a file ({@code flock(2)}): one holder at a time, threads of one process included, and the kernel drops it when
 * its holder ends, however that is.
 *
 * <p>Not Java's {@code FileLock}: that is a POSIX lock, which the process loses as soon as any of its threads closes any
 * descriptor of the file (fcntl_locking(2)).
 */
public final class Flock implements AutoCloseable {
    /** Of the file; what the user masks out (umask(2)) goes. */
    private static final int MODE = 0666;

    private static final long POLL_NS = Duration.ofMillis(5).toNanos();

    private final int fd;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Flock(int fd) {
        this.fd = fd;
    }

    /**
     * Takes the lock if nobody holds it. The file is made when it is not there, and left when the lock goes.
     *
     * @throws VmException when the file cannot be made or opened
     */
    public static Optional<Flock> tryLock(Path file) {
        int fd = open(file);
        boolean held = false;
        try {
            held = tryFlock(fd, file);
            return held ? Optional.of(new Flock(fd)) : Optional.empty();
        } finally {
            if (!held) {
                Fds.close(fd);
            }
        }
    }

    /**
     * Takes the lock, waiting for its holder.
     *
     * @return the lock, or empty when another held it for all of {@code limit}
     */
    public static Optional<Flock> lock(Path file, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        int fd = open(file);
        boolean held = false;
        try {
            held = tryFlock(fd, file);
            while (!held && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(POLL_NS);
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting for the lock " + file);
                }
                held = tryFlock(fd, file);
            }
            return held ? Optional.of(new Flock(fd)) : Optional.empty();
        } finally {
            if (!held) {
                Fds.close(fd);
            }
        }
    }

    /** In one step, for whoever holds the file may remove it at any moment. */
    private static int open(Path file) {
        try {
            return LibC.open(file.toString(), LibC.O_RDWR | LibC.O_CLOEXEC | LibC.O_CREAT, MODE);
        } catch (LastErrorException e) {
            throw LibC.failure("opening the lock file " + file, e);
        }
    }

    private static boolean tryFlock(int fd, Path file) {
        while (true) {
            try {
                FileC.flock(fd, FileC.LOCK_EX | FileC.LOCK_NB);
                return true;
            } catch (LastErrorException e) {
                if (e.getErrorCode() == FileC.EWOULDBLOCK) {
                    return false;
                }
                if (e.getErrorCode() != FileC.EINTR) {
                    throw LibC.failure("flock of " + file, e);
                }
            }
        }
    }

    /** Lets go. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Fds.close(fd);
        }
    }
}
