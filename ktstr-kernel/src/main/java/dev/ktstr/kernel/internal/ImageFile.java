package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A kernel file opened for reading with bounds: every read names what it is for, and one that leaves the file says the
 * file is truncated. Read, not mapped: a mapping of a file that someone truncates kills the JVM.
 */
public final class ImageFile implements Closeable {
    /** What to do about a disk without room; all that is large is in the cache. */
    private static final String FULL_DISK =
            "That file system is full: make room there, or, where it is the cache's, move the cache with KTSTR_CACHE_DIR.";

    /** How the kernel, git and apt say that. */
    private static final List<String> DISK_IS_FULL =
            List.of("No space left on device", "Out of diskspace", "enough free space");

    private final Path path;
    private final FileChannel channel;
    private final long size;

    private ImageFile(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /**
     * Opens a regular file; the caller closes it.
     *
     * @throws KernelException when it does not exist, is no regular file, or may not be read
     */
    public static ImageFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new KernelException(
                    Files.exists(path) ? path + " is not a file, so no kernel image" : path + " does not exist");
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return new ImageFile(path, channel, channel.size());
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (AccessDeniedException e) {
            throw new KernelException(path + " may not be read by this user; make it readable or run as root", e);
        } catch (IOException e) {
            throw failed("read", path, e);
        }
    }

    /** An exception that says which operation on which file failed, why, and of a full disk what to do. */
    public static KernelException failed(String operation, Path path, IOException e) {
        String why = why(e, path);
        return new KernelException("cannot " + operation + " " + path + ": " + why + ifDiskIsFull(why), e);
    }

    /** A line to go below words that say that a disk is full, with what to do; nothing below others. */
    public static String ifDiskIsFull(String words) {
        return DISK_IS_FULL.stream().anyMatch(words::contains) ? "\n" + FULL_DISK : "";
    }

    /** The messages of file system exceptions begin with the file, and of the commonest that is all. */
    private static String why(IOException e, Path path) {
        if (e instanceof FileSystemException failure) {
            String file = path.toString().equals(failure.getFile()) ? "" : " (" + failure.getFile() + ")";
            if (failure instanceof NoSuchFileException) {
                return "there is no such file" + file;
            }
            if (failure instanceof AccessDeniedException) {
                return "permission denied" + file;
            }
            if (failure.getReason() != null && file.isEmpty()) {
                return failure.getReason();
            }
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    public Path path() {
        return path;
    }

    /** Size in bytes when the file was opened. */
    public long size() {
        return size;
    }

    /**
     * Reads a range, little-endian.
     *
     * @param what what the range holds, for the message
     * @throws KernelException when the range is not inside the file
     */
    public ByteBuffer read(long offset, int length, String what) {
        checkRange(offset, length, what);
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset + bytes.position()) < 0) {
                    throw new EOFException("the file shrank while it was read");
                }
            }
        } catch (IOException e) {
            throw failed("read the " + what + " of", path, e);
        }
        return bytes.flip();
    }

    /** A stream of a range, to be read before this file is closed; the caller need not close it. */
    public InputStream stream(long offset, long length, String what) {
        checkRange(offset, length, what);
        try {
            channel.position(offset);
        } catch (IOException e) {
            throw failed("read the " + what + " of", path, e);
        }
        return new Limited(Channels.newInputStream(channel), length);
    }

    private void checkRange(long offset, long length, String what) {
        if (offset < 0 || length < 0 || offset > size || length > size - offset) {
            throw new KernelException(path + " is truncated or corrupt: its " + what + " (" + length
                    + " bytes at offset " + offset + ") is not inside the file of " + size + " bytes");
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed("close", path, e);
        }
    }

    /** Ends after a number of bytes. */
    private static final class Limited extends InputStream {
        private final InputStream in;
        private long left;

        Limited(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            if (left == 0) {
                return -1;
            }
            int b = in.read();
            if (b >= 0) {
                left--;
            }
            return b;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (left == 0) {
                return -1;
            }
            int n = in.read(to, offset, (int) Math.min(length, left));
            if (n > 0) {
                left -= n;
            }
            return n;
        }
    }
}
