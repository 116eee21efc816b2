package dev.ktstr.vm.template;

import dev.ktstr.vm.SavedGuest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

/**
 * A saved guest in a file. Every byte is checked against its checksum whenever it is read; what is read was thus what was
 * written. Once open it can be read also when the file is removed. The owner closes it. Not thread-safe.
 *
 * <p>Read, not mapped: a mapped file that is cut off under its reader is a fault of the process, not an exception.
 */
public final class Template implements SavedGuest, AutoCloseable {
    /** Largest part of RAM that {@code GuestRam} makes; larger ones are read in one go, too. */
    private static final int BUFFER = 256 << 10;

    private static final int MAX_INDEX = 256 << 20;

    private final Path path;
    private final FileChannel file;
    private final TemplateIndex index;

    private Template(Path path, FileChannel file, TemplateIndex index) {
        this.path = path;
        this.file = file;
        this.index = index;
    }

    /**
     * Opens a template and checks its index.
     *
     * @throws IOException when it is not there, no template, or damaged
     */
    static Template open(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        boolean good = false;
        try {
            Template template = new Template(path, file, readIndex(file));
            good = true;
            return template;
        } catch (IOException e) {
            throw new IOException("template " + path + ": " + e.getMessage(), e);
        } finally {
            if (!good) {
                file.close();
            }
        }
    }

    private static TemplateIndex readIndex(FileChannel file) throws IOException {
        ByteBuffer head =
                read(file, 0, ByteBuffer.allocate(TemplateWriter.HEAD)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer checked = head.duplicate().limit(TemplateWriter.HEAD - Integer.BYTES);
        if (head.getLong(0) != TemplateWriter.MAGIC
                || head.getInt(TemplateWriter.HEAD - Integer.BYTES) != TemplateWriter.crc(checked)) {
            throw new IOException("it has no head; it is damaged or another kind of file");
        }
        if (head.getInt(8) != TemplateWriter.FORM) {
            throw new IOException(
                    "it is of form " + head.getInt(8) + ", and this version reads form " + TemplateWriter.FORM);
        }
        int length = head.getInt(12);
        long at = head.getLong(16);
        if (length < 0 || length > MAX_INDEX || at < TemplateIndex.PAGE || file.size() != at + length) {
            throw new IOException("it has " + file.size() + " bytes, and its index is said to be " + length
                    + " bytes at " + at + "; it is cut off or damaged");
        }
        ByteBuffer index = read(file, at, ByteBuffer.allocate(length));
        if (TemplateWriter.crc(index.duplicate()) != head.getInt(24)) {
            throw new IOException("its index has a wrong checksum");
        }
        return TemplateIndex.decode(index.array(), at);
    }

    /** Fills the buffer, and flips it. */
    private static ByteBuffer read(FileChannel file, long from, ByteBuffer into) throws IOException {
        long at = from;
        while (into.hasRemaining()) {
            int n = file.read(into, at);
            if (n < 0) {
                throw new IOException("it is cut off at byte " + at);
            }
            at += n;
        }
        return into.flip();
    }

    /** What it was made of. */
    public TemplateKey key() {
        return index.key();
    }

    /** Where it lies. */
    public Path path() {
        return path;
    }

    /** When it was saved. */
    public Instant createdAt() {
        return Instant.ofEpochMilli(index.createdAtMs());
    }

    /** Bytes of guest RAM in it. */
    public long ramBytes() {
        return index.ramBytes();
    }

    /** The index: it names every part with its checksum, when it was made, and of what. */
    @Override
    public Optional<Object> identity() {
        return Optional.of(index);
    }

    @Override
    public byte[] console() throws IOException {
        return bytes(TemplateIndex.CONSOLE);
    }

    @Override
    public byte[] devices() throws IOException {
        return bytes(TemplateIndex.DEVICES);
    }

    private byte[] bytes(int i) throws IOException {
        TemplateIndex.Part part = index.parts().get(i);
        return checked(part, ByteBuffer.allocate(part.length())).array();
    }

    private ByteBuffer checked(TemplateIndex.Part part, ByteBuffer into) throws IOException {
        ByteBuffer bytes = read(file, part.at(), into.limit(part.length()));
        if (TemplateWriter.crc(bytes) != part.crc()) {
            throw new IOException("template " + path + ": " + part.length() + " bytes at " + part.at()
                    + " have a wrong checksum; the file is damaged");
        }
        return bytes;
    }

    @Override
    public void ram(RamSink sink) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        for (TemplateIndex.Part part :
                index.parts().subList(TemplateIndex.FIRST_RAM, index.parts().size())) {
            if (part.length() > buffer.capacity()) {
                buffer = ByteBuffer.allocateDirect(part.length());
            }
            sink.put(part.ramOffset(), checked(part, buffer.clear()));
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
