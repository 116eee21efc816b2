package dev.ktstr.vm.internal.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the end of a log without reading all of it. */
public final class FileTail {
    private FileTail() {}

    /** The last {@code limit} bytes as text; bytes that are no UTF-8 are replaced. */
    public static String read(Path file, int limit) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long start = Math.max(0, channel.size() - limit);
            channel.position(start);
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(limit, channel.size() - start));
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // keeps reading until the buffer is full or the file ends
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        }
    }

    /** The same, or a line that says why not. For messages. */
    public static String readForMessage(Path file, int limit) {
        try {
            return read(file, limit).strip();
        } catch (IOException e) {
            return "(" + file + " could not be read: " + e.getMessage() + ")";
        }
    }
}
