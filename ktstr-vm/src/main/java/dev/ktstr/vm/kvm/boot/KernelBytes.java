package dev.ktstr.vm.kvm.boot;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The bytes of a kernel file, read where they are needed: a vmlinux with debug information has 400 MB. */
public interface KernelBytes extends AutoCloseable {
    /** Bytes in all. */
    long size();

    /**
     * Fills the rest of {@code target}.
     *
     * @throws EOFException when the file ends before
     */
    void read(long offset, ByteBuffer target) throws IOException;

    @Override
    void close() throws IOException;

    /** Reads {@code length} bytes into a little-endian buffer. */
    default ByteBuffer read(long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        read(offset, buffer);
        return buffer.flip();
    }

    /** Opens a file. */
    static KernelBytes of(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        return new KernelBytes() {
            @Override
            public long size() {
                try {
                    return channel.size();
                } catch (IOException e) {
                    return 0; // every read will say why
                }
            }

            @Override
            public void read(long offset, ByteBuffer target) throws IOException {
                for (long at = offset; target.hasRemaining(); ) {
                    int n = channel.read(target, at);
                    if (n < 0) {
                        throw new EOFException(file + " ends at byte " + at);
                    }
                    at += n;
                }
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    /** Wraps an array. */
    static KernelBytes of(byte[] bytes) {
        return new KernelBytes() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public void read(long offset, ByteBuffer target) throws IOException {
                if (offset < 0 || offset > bytes.length - target.remaining()) {
                    throw new EOFException("bytes " + offset + " +" + target.remaining() + " are not in a file of "
                            + bytes.length + " bytes");
                }
                target.put(bytes, (int) offset, target.remaining());
            }

            @Override
            public void close() {}
        };
    }
}
